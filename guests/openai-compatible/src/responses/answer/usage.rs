//! Token counts.

use serde::Deserialize;
use tidegate_guest::types;

use crate::wire::Count;

/// <https://platform.openai.com/docs/api-reference/responses/object#responses-object-usage>
#[derive(Default, Deserialize)]
#[serde(default)]
struct Usage {
    input_tokens: Count,
    input_tokens_details: Option<Input>,
    output_tokens: Count,
    output_tokens_details: Option<Output>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Input {
    cached_tokens: Count,
    cache_write_tokens: Count,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Output {
    reasoning_tokens: Count,
}

/// The figures of a `usage` object; `None` where it is none or says nothing.
pub fn read(json: &str) -> Option<types::Usage> {
    let usage: Usage = serde_json::from_str(json).ok()?;
    let input = usage.input_tokens_details.unwrap_or_default();
    let output = usage.output_tokens_details.unwrap_or_default();
    let usage = types::Usage {
        input: usage.input_tokens.0,
        cache_read: input.cached_tokens.0,
        cache_write: input.cache_write_tokens.0,
        output: usage.output_tokens.0,
        reasoning: output.reasoning_tokens.0,
        raw: None,
    };
    (usage != types::Usage::default()).then(|| types::Usage {
        raw: Some(json.into()),
        ..usage
    })
}
