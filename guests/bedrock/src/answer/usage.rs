//! Tokens used.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::Usage;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Tokens {
    input_tokens: Option<u32>,
    output_tokens: Option<u32>,
    cache_read_input_tokens: Option<u32>,
    cache_write_input_tokens: Option<u32>,
}

/// In the contract's terms: `inputTokens` of the API leaves out what a cache had to do with.
pub fn usage(raw: &RawValue) -> Usage {
    // Figures of an unknown shape still arrive, as `raw`.
    let tokens: Tokens = serde_json::from_str(raw.get()).unwrap_or_default();
    let cached = [
        tokens.cache_read_input_tokens,
        tokens.cache_write_input_tokens,
    ];
    let cached = cached.into_iter().flatten();
    Usage {
        input: tokens
            .input_tokens
            .map(|fresh| cached.fold(fresh, u32::saturating_add)),
        cache_read: tokens.cache_read_input_tokens,
        cache_write: tokens.cache_write_input_tokens,
        output: tokens.output_tokens,
        // Counted in `outputTokens`, and not told apart.
        reasoning: None,
        raw: Some(raw.get().into()),
    }
}
