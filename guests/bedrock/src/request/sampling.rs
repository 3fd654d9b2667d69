//! How tokens are chosen and when to stop: `inferenceConfig`, and for some models a `top_k` of their
//! own.

use serde::Serialize;
use serde_json::json;
use tidegate_guest::{Result, types};

use super::additional::Additional;
use super::thinking::Plan;
use crate::model::Model;
use tidegate_guest::Warnings;

/// The fields that all models have.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InferenceConfig<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    stop_sequences: Vec<&'a str>,
}

impl InferenceConfig<'_> {
    /// Whether there is nothing to say.
    pub fn is_empty(&self) -> bool {
        self.max_tokens.is_none()
            && self.temperature.is_none()
            && self.top_p.is_none()
            && self.stop_sequences.is_empty()
    }
}

/// Translates the options. What the model would refuse the whole request for is left out.
pub fn read<'a>(
    sampling: &'a types::Sampling,
    model: Model,
    thoughts: &Plan,
    additional: &mut Additional,
    warnings: &mut Warnings,
) -> Result<InferenceConfig<'a>> {
    let mut max_tokens = sampling.max_output_tokens;
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
    if thoughts.unbounded {
        let reason = "Nova takes none at its highest effort";
        for (subject, given) in [
            ("sampling.max-output-tokens", max_tokens.take().is_some()),
            ("sampling.temperature", temperature.take().is_some()),
            ("sampling.top-p", top_p.take().is_some()),
            ("sampling.top-k", top_k.take().is_some()),
        ] {
            if given {
                warnings.add(subject, reason);
            }
        }
    }
    // 1 is the default of both, which is accepted everywhere.
    let fixed = match (model.takes_sampling(), thoughts.thinks) {
        (false, _) => Some("this model chooses tokens its own way"),
        (true, true) => Some("it cannot be changed while the model thinks"),
        (true, false) => None,
    };
    if let (Some(reason), Model::Claude(..)) = (fixed, model) {
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
    match (top_k, model) {
        (None, _) => {}
        (Some(top_k), Model::Claude(..) | Model::Mistral) => additional.set("top_k", &top_k)?,
        (Some(top_k), Model::Nova | Model::Nova2) => {
            additional.set("inferenceConfig", &json!({ "topK": top_k }))?;
        }
        (Some(_), _) => warnings.add(
            "sampling.top-k",
            "not known of this model; `extra.additionalModelRequestFields` holds what it has in its own words",
        ),
    }
    unsupported(sampling, warnings);
    Ok(InferenceConfig {
        max_tokens,
        temperature,
        top_p,
        stop_sequences: stop_sequences(&sampling.stop, model, warnings),
    })
}

fn stop_sequences<'a>(stops: &'a [String], model: Model, warnings: &mut Warnings) -> Vec<&'a str> {
    let mut sequences = Vec::with_capacity(stops.len());
    for stop in stops {
        let is_blank = match model {
            Model::Claude(..) => stop.trim().is_empty(),
            _ => stop.is_empty(),
        };
        match is_blank {
            true => warnings.add(
                "sampling.stop",
                "this model does not stop at white space alone",
            ),
            false => sequences.push(stop.as_str()),
        }
    }
    sequences
}

fn unsupported(sampling: &types::Sampling, warnings: &mut Warnings) {
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
            warnings.add(
                subject,
                "the vendor has no field for it; `extra.additionalModelRequestFields` holds what a model has in its own words",
            );
        }
    }
}
