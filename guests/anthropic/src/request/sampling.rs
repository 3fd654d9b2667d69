//! How tokens are chosen and when to stop.

use serde::Serialize;
use tidegate_guest::types;

use crate::model::Model;
use tidegate_guest::Warnings;

/// The fields of the body.
#[derive(Serialize)]
pub struct Sampling<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop_sequences: Vec<&'a str>,
}

/// Translates the options. What the model would refuse the whole request for is left out.
pub fn read<'a>(
    sampling: &'a types::Sampling,
    model: Model,
    thinks: bool,
    warnings: &mut Warnings,
) -> Sampling<'a> {
    let mut temperature = sampling.temperature;
    let mut top_p = sampling.top_p;
    let mut top_k = sampling.top_k;

    if temperature.is_some_and(|it| it > 1.0) {
        warnings.add(
            "sampling.temperature",
            "1 is the most that the vendor takes",
        );
        temperature = Some(1.0);
    }
    // 1 is the default of both, which is accepted everywhere.
    let fixed = match (model.takes_sampling(), thinks) {
        (false, _) => Some("this model chooses tokens its own way"),
        (true, true) => Some("it cannot be changed while the model thinks"),
        (true, false) => None,
    };
    if let Some(reason) = fixed {
        if temperature.take_if(|it| *it != 1.0).is_some() {
            warnings.add("sampling.temperature", reason);
        }
        // While thinking, a model that samples takes a `top_p` of 0.95 and more.
        let least = if model.takes_sampling() { 0.95 } else { 1.0 };
        if top_p.take_if(|it| *it < least).is_some() {
            warnings.add("sampling.top-p", reason);
        }
        if top_k.take().is_some() {
            warnings.add("sampling.top-k", reason);
        }
    }
    if top_p.is_some() && !model.takes_temperature_with_top_p() {
        if temperature == Some(1.0) {
            temperature = None;
        }
        if temperature.is_some() {
            top_p = None;
            warnings.add(
                "sampling.top-p",
                "this model takes no `top_p` beside a temperature",
            );
        }
    }

    let mut stop_sequences = Vec::with_capacity(sampling.stop.len());
    for stop in &sampling.stop {
        match stop.trim().is_empty() {
            true => warnings.add(
                "sampling.stop",
                "the vendor does not stop at white space alone",
            ),
            false => stop_sequences.push(stop.as_str()),
        }
    }

    for (subject, given) in [
        (
            "sampling.frequency-penalty",
            sampling.frequency_penalty.is_some(),
        ),
        (
            "sampling.presence-penalty",
            sampling.presence_penalty.is_some(),
        ),
        ("sampling.seed", sampling.seed.is_some()),
        ("sampling.logprobs", sampling.logprobs.is_some()),
    ] {
        if given {
            warnings.add(subject, "the vendor has nothing like it");
        }
    }
    Sampling {
        temperature,
        top_p,
        top_k,
        stop_sequences,
    }
}
