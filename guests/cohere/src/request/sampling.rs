//! How tokens are chosen and when to stop.

use serde::Serialize;
use tidegate_guest::types;

use crate::warnings::Warnings;

#[derive(Serialize)]
pub struct Sampling<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop_sequences: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
}

pub fn sampling<'a>(sampling: &'a types::Sampling, warnings: &mut Warnings) -> Sampling<'a> {
    if sampling
        .logprobs
        .is_some_and(|alternatives| alternatives > 0)
    {
        warnings.add(
            "sampling.logprobs",
            "Cohere reports the chosen tokens, and no alternatives to them",
        );
    }
    Sampling {
        temperature: sampling.temperature,
        p: sampling.top_p,
        k: sampling.top_k,
        frequency_penalty: sampling.frequency_penalty,
        presence_penalty: sampling.presence_penalty,
        seed: sampling.seed,
        stop_sequences: &sampling.stop,
        max_tokens: sampling.max_output_tokens,
        logprobs: sampling.logprobs.map(|_| true),
    }
}
