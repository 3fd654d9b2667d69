//! `chat`: a conversation as the input of a prediction.

use tidegate_guest::types::*;
use tidegate_guest::{Io, Result};

use crate::api::Order;
use crate::family::Family;
use crate::input::Input;
use crate::run::{self, Run};
use crate::{input, prompt};

pub async fn chat(request: &ChatRequest, io: &Io) -> Result<()> {
    warn_of_the_rest(request, io);
    let family = Family::of(&request.model);
    let mut input = Input::new();
    prompt::conversation(&mut input, &request.messages, family, io)?;
    input::sampling(&mut input, &request.sampling, family, io);
    if let Some(reasoning) = &request.reasoning {
        input::reasoning(&mut input, reasoning, family, io);
    }
    run::run(
        &Run {
            order: Order {
                model: &request.model,
                input,
                stream: request.stream,
                extra: request.extra.as_deref(),
            },
            choice: 0,
            before: "",
        },
        Usage::default(),
        io,
    )
    .await?;
    Ok(())
}

/// What a prediction has no place for.
fn warn_of_the_rest(request: &ChatRequest, io: &Io) {
    let wants_json = match &request.response_format {
        None | Some(ResponseFormat::Text) => false,
        Some(ResponseFormat::Json | ResponseFormat::JsonSchema(_)) => true,
    };
    let wants_tool = match &request.tool_choice {
        None | Some(ToolChoice::Auto | ToolChoice::None) => false,
        Some(ToolChoice::Required | ToolChoice::Named(_)) => true,
    };
    let no_tools = "models on Replicate call no tools";
    for (subject, given, message) in [
        (
            "choices",
            request.choices.is_some_and(|choices| choices > 1),
            "a prediction makes one answer",
        ),
        ("tools", !request.tools.is_empty(), no_tools),
        ("tool-choice", wants_tool, no_tools),
        (
            "parallel-tool-calls",
            request.parallel_tool_calls.is_some(),
            no_tools,
        ),
        (
            "response-format",
            wants_json,
            "Replicate holds no answer to a shape; ask for it in a message",
        ),
        (
            "service-tier",
            request.service_tier.is_some(),
            "Replicate has no service tiers",
        ),
        (
            "prompt-cache-key",
            request.prompt_cache_key.is_some(),
            "Replicate caches no prompts",
        ),
        (
            "user",
            request.user.is_some(),
            "Replicate knows no end users",
        ),
        (
            "metadata",
            !request.metadata.is_empty(),
            "Replicate stores no labels",
        ),
    ] {
        if given {
            io.warn(subject, message);
        }
    }
}
