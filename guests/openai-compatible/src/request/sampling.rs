//! How tokens are chosen: the members that chat and completion requests share.

use serde::Serialize;
use tidegate_guest::types;

use crate::profile::{MaxTokens, Profile, Seed};
use crate::warnings::Warnings;

/// <https://platform.openai.com/docs/api-reference/chat/create>
#[derive(Debug, Serialize)]
pub struct Sampling<'a> {
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
    #[serde(skip_serializing_if = "Option::is_none")]
    random_seed: Option<i64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_completion_tokens: Option<u32>,
}

/// `stream_options`: makes the last chunk of a stream carry the usage.
#[derive(Debug, Serialize)]
pub struct StreamOptions {
    include_usage: bool,
}

impl<'a> Sampling<'a> {
    pub fn new(sampling: &'a types::Sampling, profile: &Profile, warnings: &mut Warnings) -> Self {
        if sampling.top_k.is_some() && !profile.top_k {
            warnings.add("sampling.top-k", "this API has no `top_k`; use `top-p`");
        }
        let limit = sampling.max_output_tokens;
        Sampling {
            temperature: sampling.temperature,
            top_p: sampling.top_p,
            top_k: sampling.top_k.filter(|_| profile.top_k),
            frequency_penalty: sampling.frequency_penalty,
            presence_penalty: sampling.presence_penalty,
            seed: sampling.seed.filter(|_| profile.seed == Seed::Seed),
            random_seed: sampling.seed.filter(|_| profile.seed == Seed::RandomSeed),
            stop: &sampling.stop,
            max_tokens: limit.filter(|_| profile.max_tokens == MaxTokens::MaxTokens),
            max_completion_tokens: limit
                .filter(|_| profile.max_tokens == MaxTokens::MaxCompletionTokens),
        }
    }
}

impl Sampling<'_> {
    /// For endpoints that know no penalties.
    pub fn drop_penalties(&mut self) {
        self.frequency_penalty = None;
        self.presence_penalty = None;
    }
}

impl StreamOptions {
    pub fn for_stream(stream: bool, profile: &Profile) -> Option<Self> {
        (stream && profile.stream_usage).then_some(StreamOptions {
            include_usage: true,
        })
    }
}
