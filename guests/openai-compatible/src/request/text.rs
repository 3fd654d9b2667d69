//! The body of a request to the older completion endpoint.

use serde::Serialize;
use tidegate_guest::types::TextRequest;

use super::sampling::{Sampling, StreamOptions};
use crate::profile::{MaxTokens, Profile};
use crate::warnings::Warnings;

/// <https://platform.openai.com/docs/api-reference/completions/create>
#[derive(Debug, Serialize)]
pub struct TextBody<'a> {
    model: &'a str,
    prompt: Prompt<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(flatten)]
    sampling: Sampling<'a>,
    /// A number here, not a boolean as in chat requests.
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    echo: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
}

/// Few services take a list.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Prompt<'a> {
    One(&'a str),
    Several(&'a [String]),
}

impl<'a> TextBody<'a> {
    pub fn new(request: &'a TextRequest, profile: &Profile, warnings: &mut Warnings) -> Self {
        // This endpoint is older than `max_completion_tokens`.
        let profile = Profile {
            max_tokens: MaxTokens::MaxTokens,
            ..*profile
        };
        TextBody {
            model: &request.model,
            prompt: match request.prompts.as_slice() {
                [prompt] => Prompt::One(prompt),
                prompts => Prompt::Several(prompts),
            },
            suffix: request.suffix.as_deref(),
            stream: request.stream,
            stream_options: StreamOptions::for_stream(request.stream, &profile),
            sampling: Sampling::new(&request.sampling, &profile, warnings),
            logprobs: request.sampling.logprobs,
            n: request.choices,
            echo: request.echo,
            user: request.user.as_deref(),
        }
    }
}
