//! From a chat request to the body of
//! [`Converse`](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html).

mod turns;

mod blocks;
mod media;
mod names;
mod block;
mod cache;

mod format;
mod sampling;
mod thinking;
mod tools;
mod additional;

use std::collections::BTreeMap;

use serde::Serialize;
use tidegate_guest::Result;
use tidegate_guest::types::*;

use self::additional::Additional;
use self::block::Block;
use self::format::OutputConfig;
use self::sampling::InferenceConfig;
use self::tools::ToolConfig;
use self::turns::{Conversation, Turn};
use crate::model::Model;
use tidegate_guest::Warnings;

/// The member of the body that holds what a model takes beyond what all do; that of `extra` is joined
/// to it.
pub const ADDITIONAL: &str = "additionalModelRequestFields";

/// The most labels that a request may carry.
const MOST_LABELS: usize = 16;

/// The body of a request.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Body<'a> {
    #[serde(flatten)]
    prompt: Prompt<'a>,
    #[serde(skip_serializing_if = "InferenceConfig::is_empty")]
    inference_config: InferenceConfig<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_config: Option<OutputConfig<'a>>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    request_metadata: BTreeMap<&'a str, &'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<ServiceTier<'a>>,
}

/// What tokens are counted of.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Prompt<'a> {
    messages: Vec<Turn<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    system: Vec<Block<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_config: Option<ToolConfig<'a>>,
    #[serde(skip_serializing_if = "Additional::is_empty")]
    additional_model_request_fields: Additional,
}

#[derive(Serialize)]
struct ServiceTier<'a> {
    r#type: &'a str,
}

/// The body of a request that
/// [counts tokens](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_CountTokens.html).
#[derive(Serialize)]
pub struct Counting<'a> {
    input: Input<'a>,
}

#[derive(Serialize)]
struct Input<'a> {
    converse: Prompt<'a>,
}

impl<'a> Body<'a> {
    /// Without what counting tokens does not take.
    pub fn for_counting(self) -> Counting<'a> {
        Counting {
            input: Input {
                converse: self.prompt,
            },
        }
    }
}

/// Translates a request. `warnings` gets what the API has no field for, or the model no use.
pub fn body<'a>(request: &'a ChatRequest, warnings: &mut Warnings) -> Result<Body<'a>> {
    let model = Model::named(&request.model);
    let mut additional = Additional::default();

    let mut conversation = Conversation::read(&request.messages, model, warnings)?;
    let output = format::output(request.response_format.as_ref(), model, warnings)?;
    conversation.system.extend(output.instruction);
    let thoughts = thinking::plan(request, model, &mut additional, warnings)?;
    let inference_config = sampling::read(
        &request.sampling,
        model,
        &thoughts,
        &mut additional,
        warnings,
    )?;
    let tool_config = tools::read(
        request,
        model,
        &conversation.called,
        &mut additional,
        warnings,
    )?;
    unsupported(request, warnings);

    Ok(Body {
        prompt: Prompt {
            messages: conversation.turns,
            system: conversation.system,
            tool_config,
            additional_model_request_fields: additional,
        },
        inference_config,
        output_config: OutputConfig::new(thoughts.effort, output.format),
        request_metadata: labels(&request.metadata, warnings),
        service_tier: service_tier(request.service_tier.as_deref(), warnings),
    })
}

/// [`requestMetadata`](https://docs.aws.amazon.com/bedrock/latest/userguide/cost-mgmt-request-metadata.html),
/// which the vendor writes into its own log of requests.
fn labels<'a>(labels: &'a [Label], warnings: &mut Warnings) -> BTreeMap<&'a str, &'a str> {
    if labels.len() > MOST_LABELS {
        warnings.add(
            "metadata",
            format!("the vendor stores {MOST_LABELS} labels: those after them are left out"),
        );
    }
    let labels = labels.iter().take(MOST_LABELS);
    labels
        .map(|label| (label.name.as_str(), label.value.as_str()))
        .collect()
}

/// [Tiers](https://docs.aws.amazon.com/bedrock/latest/userguide/service-tiers-inference.html) are
/// `priority`, `default`, `flex` and `reserved`.
fn service_tier<'a>(tier: Option<&'a str>, warnings: &mut Warnings) -> Option<ServiceTier<'a>> {
    let r#type = match tier? {
        "auto" => return None,
        "standard" | "standard_only" => "default",
        "scale" => {
            warnings.add("service-tier", "the vendor has no tier `scale`");
            return None;
        }
        tier => tier,
    };
    Some(ServiceTier { r#type })
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
    if request.user.is_some() {
        warnings.add(
            "user",
            "the vendor knows no end users; `metadata` stores labels with a request",
        );
    }
}
