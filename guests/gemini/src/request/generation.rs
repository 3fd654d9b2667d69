//! [`generationConfig`](https://ai.google.dev/api/generate-content#generationconfig): how tokens are
//! chosen, when to stop, the shape of the answer. `extra` may hold it too (`responseModalities`,
//! `imageConfig`, `speechConfig`), and its members join these.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tidegate_guest::Result;
use tidegate_guest::types::*;

use super::media;
use super::thinking::{self, Thinking};
use crate::model::Model;
use tidegate_guest::Warnings;

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Generation<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    presence_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i32>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop_sequences: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    candidate_count: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_mime_type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_json_schema: Option<Cow<'a, RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    thinking_config: Option<Thinking>,
    #[serde(skip_serializing_if = "Option::is_none")]
    media_resolution: Option<&'static str>,
}

/// Everything that was asked for; `None` where that is nothing.
pub fn read(
    request: &ChatRequest,
    model: Model,
    warnings: &mut Warnings,
) -> Result<Option<Box<RawValue>>> {
    let sampling = &request.sampling;
    let (response_mime_type, response_json_schema) = format(request.response_format.as_ref())?;
    let generation = Generation {
        temperature: sampling.temperature,
        top_p: sampling.top_p,
        top_k: sampling.top_k,
        presence_penalty: sampling.presence_penalty,
        frequency_penalty: sampling.frequency_penalty,
        seed: seed(sampling.seed, warnings),
        stop_sequences: &sampling.stop,
        max_output_tokens: sampling.max_output_tokens,
        candidate_count: request.choices.filter(|&choices| choices > 1),
        response_logprobs: sampling.logprobs.map(|_| true),
        logprobs: sampling.logprobs.filter(|&alternatives| alternatives > 0),
        response_mime_type,
        response_json_schema,
        thinking_config: thinking::plan(request.reasoning.as_ref(), model, warnings),
        media_resolution: media::resolution(&request.messages, warnings),
    };
    let generation = to_raw_value(&generation)
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?;
    Ok((generation.get() != "{}").then_some(generation))
}

fn seed(seed: Option<i64>, warnings: &mut Warnings) -> Option<i32> {
    let fits = i32::try_from(seed?).ok();
    if fits.is_none() {
        warnings.add("sampling.seed", "the vendor's seeds have 32 bits");
    }
    fits
}

/// [Structured outputs](https://ai.google.dev/gemini-api/docs/structured-output).
fn format(
    format: Option<&ResponseFormat>,
) -> Result<(Option<&'static str>, Option<Cow<'_, RawValue>>)> {
    const JSON: Option<&str> = Some("application/json");
    match format {
        None | Some(ResponseFormat::Text) => Ok((None, None)),
        Some(ResponseFormat::Json) => Ok((JSON, None)),
        Some(ResponseFormat::JsonSchema(wanted)) => Ok((JSON, Some(schema(wanted)?))),
    }
}

/// The schema as it is written, because the order of its members is that of the answer's; with the
/// description, where it has none of its own.
fn schema(wanted: &JsonSchema) -> Result<Cow<'_, RawValue>> {
    let invalid = |error: serde_json::Error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("`response-format.json-schema.schema` is not valid JSON: {error}"),
        )
    };
    let schema: &RawValue = serde_json::from_str(&wanted.schema).map_err(invalid)?;
    let Some(description) = &wanted.description else {
        return Ok(Cow::Borrowed(schema));
    };
    // `true` is a schema, too, and has no place for a description.
    let Ok(mut members) = serde_json::from_str::<BTreeMap<String, &RawValue>>(schema.get()) else {
        return Ok(Cow::Borrowed(schema));
    };
    let description = to_raw_value(description).map_err(invalid)?;
    members.entry("description".into()).or_insert(&description);
    Ok(Cow::Owned(to_raw_value(&members).map_err(invalid)?))
}
