//! Tokens used. `tokens` is what the model read and wrote, `billed_units` less: the vendor's own
//! template is not charged.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Usage {
    tokens: Option<Tokens>,
    cached_tokens: Option<f64>,
}

/// The API writes them as numbers of any form.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Tokens {
    input_tokens: Option<f64>,
    output_tokens: Option<f64>,
    reasoning_tokens: Option<f64>,
}

/// In the contract's terms; `None` for what is no object.
pub fn read(raw: &RawValue) -> Option<types::Usage> {
    let usage: Usage = serde_json::from_str(raw.get()).ok()?;
    let tokens = usage.tokens.unwrap_or_default();
    Some(types::Usage {
        input: tokens.input_tokens.map(count),
        cache_read: usage.cached_tokens.map(count),
        cache_write: None,
        output: tokens.output_tokens.map(count),
        reasoning: tokens.reasoning_tokens.map(count),
        raw: Some(raw.get().into()),
    })
}

/// `as` saturates, and turns what is no number into 0.
pub fn count(tokens: f64) -> u32 {
    tokens as u32
}
