//! Token counts.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_host::types;

/// `usage`. What the provider does not say is counted as none.
#[derive(Debug, Serialize)]
pub struct Usage<'a> {
    /// Without what a cache had to do with.
    input_tokens: u32,
    cache_creation_input_tokens: u32,
    cache_read_input_tokens: u32,
    output_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_tokens_details: Option<Details>,
    #[serde(flatten)]
    more: More<'a>,
}

#[derive(Debug, Serialize)]
struct Details {
    thinking_tokens: u32,
}

/// Figures that the vendor gives and the contract has no place for.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(default)]
struct More<'a> {
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    cache_creation: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    server_tool_use: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a RawValue>,
    #[serde(borrow, skip_serializing_if = "Option::is_none")]
    inference_geo: Option<&'a RawValue>,
}

impl<'a> Usage<'a> {
    pub fn new(usage: Option<&'a types::Usage>) -> Self {
        let count = |figure: fn(&types::Usage) -> Option<u32>| usage.and_then(figure);
        let read = count(|usage| usage.cache_read).unwrap_or_default();
        let written = count(|usage| usage.cache_write).unwrap_or_default();
        let raw = usage.and_then(|usage| usage.raw.as_deref());
        Usage {
            input_tokens: count(|usage| usage.input)
                .unwrap_or_default()
                .saturating_sub(read)
                .saturating_sub(written),
            cache_creation_input_tokens: written,
            cache_read_input_tokens: read,
            output_tokens: count(|usage| usage.output).unwrap_or_default(),
            output_tokens_details: count(|usage| usage.reasoning)
                .map(|thinking_tokens| Details { thinking_tokens }),
            more: raw
                .and_then(|raw| serde_json::from_str(raw).ok())
                .unwrap_or_default(),
        }
    }
}
