//! What an answer repeats of its request: official clients' types require it.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

/// Members of an answer that were settled by the request. What the client left to the provider is
/// null, since the gateway does not know what the provider takes instead.
#[derive(Debug, Serialize)]
pub struct Settings {
    pub instructions: Option<String>,
    pub max_output_tokens: Option<u32>,
    pub max_tool_calls: Option<u32>,
    pub metadata: BTreeMap<String, String>,
    pub parallel_tool_calls: bool,
    pub prompt_cache_key: Option<String>,
    pub reasoning: Reasoning,
    pub safety_identifier: Option<String>,
    pub service_tier: Option<String>,
    pub temperature: Option<f64>,
    pub text: TextSettings,
    pub tool_choice: Box<RawValue>,
    pub tools: Box<RawValue>,
    pub top_logprobs: Option<u32>,
    pub top_p: Option<f64>,
    pub truncation: &'static str,
    pub user: Option<String>,
    pub background: bool,
    pub store: bool,
    pub previous_response_id: Option<String>,
    /// Log probabilities come with the text they are of.
    #[serde(skip)]
    pub logprobs: bool,
}

#[derive(Debug, Serialize)]
pub struct Reasoning {
    pub effort: Option<String>,
    pub summary: Option<String>,
}

#[derive(Debug, Serialize)]
pub struct TextSettings {
    pub format: Box<RawValue>,
    pub verbosity: Option<String>,
}

/// A value as JSON that is written once and copied afterwards.
pub fn raw<T: Serialize + ?Sized>(value: &T) -> Box<RawValue> {
    // All that is repeated here has a JSON form.
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}
