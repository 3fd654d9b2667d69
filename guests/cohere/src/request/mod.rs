//! The body of a chat request (<https://docs.cohere.com/reference/chat>).
//!
//! `documents`, `citation_options`, `safety_mode` and `priority` are the vendor's own and come with
//! `extra`.

mod messages;
mod message;
mod part;

mod tools;
mod thinking;
mod format;
mod sampling;

use serde::Serialize;
use tidegate_guest::Result;
use tidegate_guest::types::ChatRequest;

pub use part::{Part, image_url, unsupported};

use crate::warnings::Warnings;

#[derive(Serialize)]
pub struct Body<'a> {
    model: &'a str,
    messages: Vec<message::Message<'a>>,
    stream: bool,
    #[serde(flatten)]
    sampling: sampling::Sampling<'a>,
    #[serde(flatten)]
    tools: tools::Tools<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<thinking::Thinking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<format::ResponseFormat<'a>>,
}

pub fn body<'a>(request: &'a ChatRequest, warnings: &mut Warnings) -> Result<Body<'a>> {
    warn_of_the_rest(request, warnings);
    Ok(Body {
        model: &request.model,
        messages: messages::messages(&request.messages, warnings)?,
        stream: request.stream,
        sampling: sampling::sampling(&request.sampling, warnings),
        tools: tools::tools(request, warnings)?,
        thinking: request
            .reasoning
            .as_ref()
            .and_then(|options| thinking::thinking(options, warnings)),
        response_format: format::format(request.response_format.as_ref(), warnings)?,
    })
}

/// What Cohere has no place for.
fn warn_of_the_rest(request: &ChatRequest, warnings: &mut Warnings) {
    let choices = request.choices.is_some_and(|choices| choices > 1);
    for (subject, given, message) in [
        ("choices", choices, "Cohere makes one answer"),
        (
            "service-tier",
            request.service_tier.is_some(),
            "Cohere has no tiers; `extra` may hold its `priority`, a number",
        ),
        (
            "prompt-cache-key",
            request.prompt_cache_key.is_some(),
            "Cohere finds shared prefixes by itself",
        ),
        ("user", request.user.is_some(), "Cohere knows no end users"),
        (
            "metadata",
            !request.metadata.is_empty(),
            "Cohere stores no labels",
        ),
    ] {
        if given {
            warnings.add(subject, message);
        }
    }
}
