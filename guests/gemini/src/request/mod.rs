//! From a chat request to a request for
//! [`generateContent`](https://ai.google.dev/api/generate-content), `streamGenerateContent` or
//! [`countTokens`](https://ai.google.dev/api/tokens).

mod turns;

mod parts;
mod results;

mod tools;
mod generation;
mod thinking;

mod media;
mod part;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Result, json};

use self::part::Part;
use self::parts::Reader;
use self::turns::Conversation;
use crate::model::Model;
use crate::upstream::Upstream;
use tidegate_guest::Warnings;

pub use self::media::read as read_media;
pub use self::part::Part as SentPart;
pub use tidegate_guest::Place;

/// The body of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    contents: Vec<turns::Content<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    system_instruction: Option<Instruction<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<tools::Tool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_config: Option<tools::Config<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    generation_config: Option<Box<RawValue>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a str>,
}

#[derive(Serialize)]
struct Instruction<'a> {
    parts: Vec<Part<'a>>,
}

/// A request for an answer.
pub fn generate(
    request: &ChatRequest,
    upstream: &Upstream,
    warnings: &mut Warnings,
) -> Result<HttpRequest> {
    let method = match request.stream {
        true => "streamGenerateContent",
        false => "generateContent",
    };
    let mut url = upstream.method(&request.model, method)?;
    if request.stream {
        url.push_str("?alt=sse");
    }
    let body = body(request, upstream, warnings)?;
    let mut fetch = post(&url, &body, request.extra.as_deref())?;
    if request.stream {
        fetch.delivery = Delivery::ServerSentEvents;
    }
    let tier = request.service_tier.as_deref().map(tier);
    if let Some(tier @ ("flex" | "priority")) = tier
        && upstream.is_vertex()
    {
        fetch.headers.push(Header {
            name: "x-vertex-ai-llm-shared-request-type".into(),
            value: tier.into(),
        });
    }
    Ok(upstream.authenticated(fetch))
}

/// A request for the number of tokens of the same.
pub fn count(
    request: &ChatRequest,
    upstream: &Upstream,
    warnings: &mut Warnings,
) -> Result<HttpRequest> {
    let url = upstream.method(&request.model, "countTokens")?;
    let body = Body {
        labels: BTreeMap::new(),
        service_tier: None,
        ..body(request, upstream, warnings)?
    };
    if upstream.is_vertex() {
        // Nothing but what makes tokens is taken here, so `extra` stays out.
        let body = Body {
            tool_config: None,
            ..body
        };
        return Ok(upstream.authenticated(json::post(&url, &body)?));
    }
    let fetch = post(&url, &body, request.extra.as_deref())?;
    // The Gemini API counts instructions and tools only where the whole request is named as one.
    let Some(Content::Text(text)) = &fetch.body else {
        return Ok(upstream.authenticated(fetch));
    };
    let mut whole: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(text).map_err(internal)?;
    let model = serde_json::value::to_raw_value(&Upstream::resource(&request.model));
    whole.insert("model".into(), model.map_err(internal)?);
    let whole = BTreeMap::from([("generateContentRequest", whole)]);
    Ok(upstream.authenticated(json::post(&url, &whole)?))
}

fn post(url: &str, body: &Body, extra: Option<&str>) -> Result<HttpRequest> {
    /// What `extra` must not decide: see `json::post_with_extra`.
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Steering {
        generation_config: Option<BTreeMap<String, serde::de::IgnoredAny>>,
    }
    let steering = extra.and_then(|extra| serde_json::from_str::<Steering>(extra).ok());
    let generation = steering.and_then(|it| it.generation_config);
    if generation.is_some_and(|it| it.contains_key("candidateCount")) {
        return Err(Error::new(
            ErrorKind::InvalidRequest,
            "`generationConfig.candidateCount` cannot be set by `extra`\nhint: the request has a field for it",
        ));
    }
    json::post_with_extra_in(url, body, extra, "generationConfig")
}

fn body<'a>(
    request: &'a ChatRequest,
    upstream: &Upstream,
    warnings: &mut Warnings,
) -> Result<Body<'a>> {
    let model = Model::named(&request.model);
    let mut reader = Reader {
        model,
        upstream,
        warnings,
    };
    let conversation = Conversation::read(&request.messages, &mut reader)?;
    let instructions = conversation.instructions;
    let tools = tools::read(&request.tools, warnings)?;
    let tool_config = tools::config(request, warnings);
    let generation_config = generation::read(request, model, warnings)?;
    unsupported(request, warnings);
    Ok(Body {
        contents: conversation.contents,
        system_instruction: (!instructions.is_empty()).then_some(Instruction {
            parts: instructions,
        }),
        tools,
        tool_config,
        generation_config,
        labels: labels(request, upstream, warnings),
        service_tier: service_tier(request, upstream, warnings),
    })
}

/// [Labels](https://docs.cloud.google.com/vertex-ai/generative-ai/docs/deploy/labels) are stored by
/// Vertex AI alone.
fn labels<'a>(
    request: &'a ChatRequest,
    upstream: &Upstream,
    warnings: &mut Warnings,
) -> BTreeMap<&'a str, &'a str> {
    if !upstream.is_vertex() && !request.metadata.is_empty() {
        warnings.add("metadata", "the Gemini API stores no labels");
        return BTreeMap::new();
    }
    let labels = request.metadata.iter();
    labels
        .map(|label| (label.name.as_str(), label.value.as_str()))
        .collect()
}

/// [Service tiers](https://ai.google.dev/gemini-api/docs/optimization). On Vertex AI a header has
/// them.
fn service_tier<'a>(
    request: &'a ChatRequest,
    upstream: &Upstream,
    warnings: &mut Warnings,
) -> Option<&'a str> {
    let tier = tier(request.service_tier.as_deref()?);
    match (tier, upstream.is_vertex()) {
        ("auto", _) => None,
        (tier, false) => Some(tier),
        ("flex" | "priority" | "standard", true) => None,
        (tier, true) => {
            warnings.add("service-tier", format!("Vertex AI has no tier `{tier}`"));
            None
        }
    }
}

/// The vendor's word for a tier.
fn tier(tier: &str) -> &str {
    match tier {
        "default" => "standard",
        tier => tier,
    }
}

fn unsupported(request: &ChatRequest, warnings: &mut Warnings) {
    if request.prompt_cache_key.is_some() {
        warnings.add(
            "prompt-cache-key",
            "the vendor finds a cached prompt by its content alone",
        );
    }
    if request.user.is_some() {
        warnings.add("user", "the vendor knows no end users");
    }
}

fn internal(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, error.to_string())
}
