//! The body of a request.

use serde::Serialize;
use tidegate_guest::Result;
use tidegate_guest::types::{ChatRequest, Label};

use super::extra::Extra;
use super::input::Input;
use super::item::Item;
use super::options::{Include, Reasoning, TextOptions, include};
use super::thinking::Thinking;
use super::tools::{Choice, Tool, tools};
use crate::profile::Profile;
use crate::request::as_object;
use crate::warnings::Warnings;

/// <https://platform.openai.com/docs/api-reference/responses/create>
#[derive(Debug, Serialize)]
pub struct Body<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    instructions: Option<&'a str>,
    input: Vec<Item<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<TextOptions<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Reasoning<'a>>,
    #[serde(flatten)]
    rest: Option<Rest<'a>>,
}

/// What only matters when an answer is made.
#[derive(Debug, Serialize)]
struct Rest<'a> {
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
    /// What the caller says of it in `extra` stands.
    #[serde(skip_serializing_if = "Option::is_none")]
    store: Option<bool>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    include: Vec<Include<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(
        skip_serializing_if = "<[Label]>::is_empty",
        serialize_with = "as_object"
    )]
    metadata: &'a [Label],
}

impl<'a> Body<'a> {
    /// Translates a request. `thinking` says whether its model reasons.
    pub fn new(
        request: &'a ChatRequest,
        extra: &'a Extra<'a>,
        thinking: Thinking,
        profile: &Profile,
        warnings: &mut Warnings,
    ) -> Result<Self> {
        lacking(request, profile, warnings);
        let sampling = &request.sampling;
        let input = Input::read(request, profile, warnings)?;
        let encrypted = thinking.wants_back(request.reasoning.is_some() || input.has_reasoning);
        Ok(Body {
            model: &request.model,
            instructions: input.instructions,
            input: input.items,
            tools: tools(&request.tools, warnings)?,
            tool_choice: request
                .tool_choice
                .as_ref()
                .map(|choice| Choice::new(choice, &request.tools)),
            parallel_tool_calls: request.parallel_tool_calls,
            text: TextOptions::new(request.response_format.as_ref(), extra)?,
            reasoning: Reasoning::new(request.reasoning.as_ref(), extra, warnings),
            rest: Some(Rest {
                stream: request.stream,
                store: (!extra.says_store).then_some(false),
                include: include(encrypted, sampling.logprobs.is_some(), extra),
                temperature: sampling.temperature,
                top_p: sampling.top_p,
                top_k: sampling.top_k.filter(|_| profile.top_k),
                // 0 is the chosen token alone, which is what comes without it.
                top_logprobs: sampling.logprobs.filter(|&alternatives| alternatives > 0),
                max_output_tokens: sampling.max_output_tokens,
                service_tier: request.service_tier.as_deref(),
                prompt_cache_key: request.prompt_cache_key.as_deref(),
                user: request.user.as_deref(),
                metadata: &request.metadata,
            }),
        })
    }

    /// Without what counting tokens does not take.
    pub fn for_counting(self) -> Self {
        Body { rest: None, ..self }
    }
}

/// Warns of what the API has no member for.
fn lacking(request: &ChatRequest, profile: &Profile, warnings: &mut Warnings) {
    let sampling = &request.sampling;
    let several = request.choices.is_some_and(|choices| choices > 1);
    for (is_asked, subject, message) in [
        (several, "choices", "this API gives one answer per request"),
        (
            sampling.top_k.is_some() && !profile.top_k,
            "sampling.top-k",
            "this API has no `top_k`; use `top-p`",
        ),
        (
            sampling.frequency_penalty.is_some(),
            "sampling.frequency-penalty",
            "this API has no penalties",
        ),
        (
            sampling.presence_penalty.is_some(),
            "sampling.presence-penalty",
            "this API has no penalties",
        ),
        (
            sampling.seed.is_some(),
            "sampling.seed",
            "this API takes no seed",
        ),
        (
            !sampling.stop.is_empty(),
            "sampling.stop",
            "this API has no stop texts; the answer does not end at them",
        ),
    ] {
        if is_asked {
            warnings.add(subject, message);
        }
    }
}
