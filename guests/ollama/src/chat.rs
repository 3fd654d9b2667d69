//! `chat`: `POST /api/chat` (<https://docs.ollama.com/api/chat>).

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::answer::Answer;
use crate::sampling::{self, Options};
use crate::{endpoint, lines, messages, tools};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    messages: Vec<messages::Message<'a>>,
    stream: bool,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<tools::Tool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    think: Option<Think<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format<'a>>,
    #[serde(skip_serializing_if = "Options::is_empty")]
    options: Options<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
}

/// Whether to think, or how much, for models that know levels.
#[derive(Serialize)]
#[serde(untagged)]
enum Think<'a> {
    Switch(bool),
    Level(&'a str),
}

/// The shape of the answer. The schema stays as it is written: Ollama makes the model write the
/// members in the schema's order.
#[derive(Serialize)]
#[serde(untagged)]
enum Format<'a> {
    Named(&'static str),
    Schema(&'a RawValue),
}

pub async fn chat(request: &ChatRequest, io: &Io) -> Result<()> {
    warn_of_the_rest(request, io);
    let (logprobs, top_logprobs) = sampling::logprobs(&request.sampling);
    let body = Body {
        model: &request.model,
        messages: messages::messages(&request.messages, io)?,
        stream: request.stream,
        tools: tools::tools(request, io)?,
        think: request
            .reasoning
            .as_ref()
            .and_then(|options| think(options, io)),
        format: format(request.response_format.as_ref(), io)?,
        options: sampling::options(&request.sampling),
        logprobs,
        top_logprobs,
    };
    let extra = request.extra.as_deref();
    let request = json::post_with_extra_in(&endpoint(io, "/api/chat"), &body, extra, "options")?;
    let mut answer = Answer::new(io, 0);
    lines::read(request, body.stream, &mut answer, io).await
}

fn think<'a>(options: &'a ReasoningOptions, io: &Io) -> Option<Think<'a>> {
    if let Some(summary) = &options.summary
        && summary != "auto"
    {
        io.warn(
            "reasoning.summary",
            format!("Ollama shows all reasoning, it knows no `{summary}` summary"),
        );
    }
    let budget = options.budget_tokens;
    if budget.is_some_and(|tokens| tokens > 0) {
        io.warn("reasoning.budget-tokens", "Ollama knows no token budget");
    }
    match options.effort.as_deref() {
        Some("none") => Some(Think::Switch(false)),
        Some(effort) => Some(Think::Level(level(effort, io))),
        None => budget.map(|tokens| Think::Switch(tokens > 0)),
    }
}

/// Models name their own levels; `low`, `medium` and `high` are those that all with levels know.
fn level<'a>(effort: &'a str, io: &Io) -> &'a str {
    let nearest = match effort {
        "minimal" => "low",
        "xhigh" => "high",
        effort => return effort,
    };
    io.warn(
        "reasoning.effort",
        format!("Ollama knows no `{effort}`, `{nearest}` was asked for"),
    );
    nearest
}

fn format<'a>(format: Option<&'a ResponseFormat>, io: &Io) -> Result<Option<Format<'a>>> {
    Ok(match format {
        None | Some(ResponseFormat::Text) => None,
        Some(ResponseFormat::Json) => Some(Format::Named("json")),
        Some(ResponseFormat::JsonSchema(schema)) => {
            if schema.description.is_some() {
                io.warn(
                    "response-format.json-schema.description",
                    "Ollama takes the schema alone; describe it in a message",
                );
            }
            let schema = tools::raw("response-format.json-schema.schema", &schema.schema)?;
            Some(Format::Schema(schema))
        }
    })
}

/// What Ollama has no place for.
fn warn_of_the_rest(request: &ChatRequest, io: &Io) {
    let choices = request.choices.is_some_and(|choices| choices > 1);
    for (subject, given, message) in [
        ("choices", choices, "Ollama makes one answer"),
        (
            "service-tier",
            request.service_tier.is_some(),
            "Ollama has no service tiers",
        ),
        (
            "prompt-cache-key",
            request.prompt_cache_key.is_some(),
            "Ollama finds shared prefixes by itself",
        ),
        ("user", request.user.is_some(), "Ollama knows no end users"),
        (
            "metadata",
            !request.metadata.is_empty(),
            "Ollama stores no labels",
        ),
    ] {
        if given {
            io.warn(subject, message);
        }
    }
}
