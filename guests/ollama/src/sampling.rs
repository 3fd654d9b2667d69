//! Sampling as Ollama's `options` (<https://docs.ollama.com/modelfile#parameter>). `extra` may hold
//! `options` too (`num_ctx` for example), which join these.

use serde::Serialize;
use tidegate_guest::types::Sampling;

#[derive(Serialize, Default, PartialEq)]
pub struct Options<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    num_predict: Option<u32>,
}

impl Options<'_> {
    pub fn is_empty(&self) -> bool {
        *self == Options::default()
    }
}

pub fn options(sampling: &Sampling) -> Options<'_> {
    Options {
        temperature: sampling.temperature,
        top_p: sampling.top_p,
        top_k: sampling.top_k,
        frequency_penalty: sampling.frequency_penalty,
        presence_penalty: sampling.presence_penalty,
        seed: sampling.seed,
        stop: &sampling.stop,
        num_predict: sampling.max_output_tokens,
    }
}

/// `logprobs` and `top_logprobs`, which stand beside the options.
pub fn logprobs(sampling: &Sampling) -> (Option<bool>, Option<u32>) {
    match sampling.logprobs {
        None => (None, None),
        Some(0) => (Some(true), None),
        Some(alternatives) => (Some(true), Some(alternatives)),
    }
}
