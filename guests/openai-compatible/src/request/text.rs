//! The body of a request to the older completion endpoint.

use serde::Serialize;
use tidegate_guest::Result;
use tidegate_guest::types::{Error, ErrorKind, TextRequest};

use super::members;
use super::sampling::{Sampling, StreamOptions};
use crate::profile::{Completions, MaxTokens, Profile};
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
    /// Several texts for an endpoint that takes one are an error: leaving one out would shift the
    /// answers.
    pub fn new(
        request: &'a TextRequest,
        profile: &Profile,
        warnings: &mut Warnings,
    ) -> Result<Self> {
        let fills_in = profile.completions == Completions::FillInTheMiddle;
        if fills_in {
            check_one(request)?;
            warn_of_the_rest(request, warnings);
        }
        // This endpoint is older than `max_completion_tokens`.
        let profile = Profile {
            max_tokens: MaxTokens::MaxTokens,
            ..*profile
        };
        let mut sampling = Sampling::new(&request.sampling, &profile, warnings);
        if fills_in {
            sampling.drop_penalties();
        }
        Ok(TextBody {
            model: &request.model,
            prompt: match request.prompts.as_slice() {
                [prompt] => Prompt::One(prompt),
                prompts => Prompt::Several(prompts),
            },
            suffix: request.suffix.as_deref(),
            stream: request.stream,
            stream_options: StreamOptions::for_stream(request.stream, &profile),
            sampling,
            logprobs: members::logprobs(&request.sampling, &profile, warnings),
            n: request.choices.filter(|_| !fills_in),
            echo: request.echo.filter(|_| !fills_in),
            user: members::user(request.user.as_deref(), &profile, warnings),
        })
    }
}

fn check_one(request: &TextRequest) -> Result<()> {
    match request.prompts.len() {
        1 => Ok(()),
        _ => Err(Error::new(
            ErrorKind::Unsupported,
            "this API continues one text at a time\nhint: send a request for each",
        )),
    }
}

/// What an endpoint that fills gaps has no place for.
fn warn_of_the_rest(request: &TextRequest, warnings: &mut Warnings) {
    let sampling = &request.sampling;
    let choices = request.choices.is_some_and(|choices| choices > 1);
    for (subject, given) in [
        ("choices", choices),
        ("echo", request.echo == Some(true)),
        (
            "sampling.frequency-penalty",
            sampling.frequency_penalty.is_some(),
        ),
        (
            "sampling.presence-penalty",
            sampling.presence_penalty.is_some(),
        ),
    ] {
        if given {
            warnings.add(subject, "this API has no such thing where it fills gaps");
        }
    }
}
