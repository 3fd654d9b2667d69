//! Tokens used. What `message_delta` says of them replaces what `message_start` said, field by field.

use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tidegate_guest::types::Usage;

/// The vendor's figures so far.
#[derive(Default)]
pub struct Tokens {
    figures: Map<String, Value>,
}

impl Tokens {
    /// Takes newer figures. One that is `null` is not known yet and replaces nothing.
    pub fn update(&mut self, usage: &RawValue) {
        let newer: Map<String, Value> = serde_json::from_str(usage.get()).unwrap_or_default();
        self.figures
            .extend(newer.into_iter().filter(|(_, value)| !value.is_null()));
    }

    /// In the contract's terms: `input_tokens` of the API leaves out what a cache had to do with.
    pub fn usage(&self) -> Usage {
        let cache_read = self.figure("cache_read_input_tokens");
        let cache_write = self.figure("cache_creation_input_tokens");
        let cached = cache_read
            .unwrap_or(0)
            .saturating_add(cache_write.unwrap_or(0));
        let details = self.figures.get("output_tokens_details");
        Usage {
            input: self
                .figure("input_tokens")
                .map(|fresh| fresh.saturating_add(cached)),
            cache_read,
            cache_write,
            output: self.figure("output_tokens"),
            reasoning: details
                .and_then(|details| details.get("thinking_tokens"))
                .and_then(tokens),
            raw: serde_json::to_string(&self.figures).ok(),
        }
    }

    fn figure(&self, name: &str) -> Option<u32> {
        self.figures.get(name).and_then(tokens)
    }
}

fn tokens(figure: &Value) -> Option<u32> {
    u32::try_from(figure.as_u64()?).ok()
}
