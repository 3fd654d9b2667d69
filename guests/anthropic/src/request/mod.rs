//! From a chat request to the body of
//! [`POST /v1/messages`](https://platform.claude.com/docs/en/api/messages/create).

mod turns;

mod blocks;
mod media;
mod block;
mod cache;

mod format;
mod sampling;
mod schema;
mod thinking;
mod tools;

use serde::Serialize;
use tidegate_guest::Result;
use tidegate_guest::types::*;

use self::block::Block;
use self::format::OutputConfig;
use self::thinking::Thinking;
use self::turns::{Conversation, Turn};
use crate::info::setting;
use crate::model::Model;
use tidegate_guest::Warnings;

/// The most that an answer to a thinking budget gets on top when the caller set no limit.
const ANSWER_BESIDE_BUDGET: u32 = 8_192;

/// The body of a request.
#[derive(Serialize)]
pub struct Body<'a> {
    model: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<Block<'a>>,
    messages: Vec<Turn<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<tools::Tool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<tools::Choice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking: Option<Thinking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<OutputConfig>,
    #[serde(flatten)]
    rest: Option<Rest<'a>>,
}

/// What only matters when an answer is made.
#[derive(Serialize)]
struct Rest<'a> {
    #[serde(flatten)]
    sampling: sampling::Sampling<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<Metadata<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<String>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
}

#[derive(Serialize)]
struct Metadata<'a> {
    user_id: &'a str,
}

impl Body<'_> {
    /// Without what counting tokens does not take.
    pub fn for_counting(self) -> Self {
        Body {
            max_tokens: None,
            rest: None,
            ..self
        }
    }
}

/// Translates a request. `warnings` gets what the API has no field for, or the model no use.
pub fn body<'a>(
    request: &'a ChatRequest,
    context: &Context,
    warnings: &mut Warnings,
) -> Result<Body<'a>> {
    let model = Model::named(&request.model);
    let max_tokens = max_tokens(request, context, model);
    let forced = matches!(
        request.tool_choice,
        Some(ToolChoice::Required | ToolChoice::Named(_))
    );

    let mut conversation = Conversation::read(&request.messages, model, context, warnings)?;
    let output = format::output(request.response_format.as_ref(), model, warnings)?;
    conversation.system.extend(output.instruction);
    let thoughts = thinking::plan(
        request.reasoning.as_ref(),
        model,
        max_tokens,
        forced,
        warnings,
    );
    let sampling = sampling::read(
        &request.sampling,
        model,
        thoughts.thinking.is_some(),
        warnings,
    );
    let vendor_tools = request
        .tools
        .iter()
        .any(|tool| matches!(tool, Tool::Other(_)));
    unsupported(request, warnings);

    Ok(Body {
        model: &request.model,
        max_tokens: Some(max_tokens),
        system: conversation.system,
        messages: conversation.turns,
        tools: tools::read(&request.tools, model, warnings)?,
        tool_choice: tools::choice(request),
        thinking: thoughts.thinking,
        output_config: OutputConfig::new(thoughts.effort, output.format),
        rest: Some(Rest {
            sampling,
            metadata: metadata(request, warnings),
            service_tier: service_tier(request.service_tier.as_deref(), warnings),
            // Without a tool that runs in it, naming a container is refused.
            container: conversation.container.filter(|_| vendor_tools),
            stream: request.stream,
        }),
    })
}

/// Whether a part is an uploaded file.
pub fn names_files(request: &ChatRequest) -> bool {
    let uploaded = |media: &Media| matches!(media.source, MediaSource::Id(_));
    let parts = request.messages.iter().flat_map(|message| &message.parts);
    parts.into_iter().any(|part| match &part.content {
        PartContent::Image(media) | PartContent::File(media) => uploaded(media),
        PartContent::ToolResult(result) => result.parts.iter().any(|part| match part {
            ResultPart::Image(media) | ResultPart::File(media) => uploaded(media),
            _ => false,
        }),
        _ => false,
    })
}

fn max_tokens(request: &ChatRequest, context: &Context, model: Model) -> u32 {
    if let Some(limit) = request.sampling.max_output_tokens {
        return limit;
    }
    let settings = &context.settings;
    let set = settings
        .iter()
        .find(|setting| setting.name == setting::MAX_OUTPUT_TOKENS)
        .and_then(|setting| setting.value.parse().ok());
    let limit = set.unwrap_or_else(|| model.default_max_tokens());
    // The budget counts towards the limit and must be below it.
    match request.reasoning.as_ref().and_then(|it| it.budget_tokens) {
        Some(budget) if model.takes_budget() && budget >= limit => {
            budget.saturating_add(ANSWER_BESIDE_BUDGET)
        }
        _ => limit,
    }
}

fn metadata<'a>(request: &'a ChatRequest, warnings: &mut Warnings) -> Option<Metadata<'a>> {
    let mut user_id = request.user.as_deref();
    for label in &request.metadata {
        match (label.name.as_str(), user_id) {
            ("user_id", None) => user_id = Some(&label.value),
            _ => warnings.add(
                "metadata",
                format!(
                    "the vendor stores no label but `user_id`: not `{}`",
                    label.name
                ),
            ),
        }
    }
    user_id.map(|user_id| Metadata { user_id })
}

/// [Service tiers](https://platform.claude.com/docs/en/api/service-tiers): `auto` uses priority
/// capacity where the account has some, `standard_only` never does.
fn service_tier<'a>(tier: Option<&'a str>, warnings: &mut Warnings) -> Option<&'a str> {
    match tier? {
        "priority" => Some("auto"),
        "default" | "standard" => Some("standard_only"),
        tier @ ("flex" | "scale") => {
            warnings.add("service-tier", format!("the vendor has no tier `{tier}`"));
            None
        }
        tier => Some(tier),
    }
}

fn unsupported(request: &ChatRequest, warnings: &mut Warnings) {
    if request.choices.is_some_and(|choices| choices > 1) {
        warnings.add("choices", "the vendor gives one answer per request");
    }
    if request.prompt_cache_key.is_some() {
        warnings.add(
            "prompt-cache-key",
            "the vendor finds a cached prompt by its content alone",
        );
    }
}
