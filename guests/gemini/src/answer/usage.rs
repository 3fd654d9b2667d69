//! [Tokens used](https://ai.google.dev/api/generate-content#UsageMetadata).
//!
//! The vendor keeps apart what the contract counts together: thoughts are no part of
//! `candidatesTokenCount`, and what its own tools read is no part of `promptTokenCount`.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::Usage;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Figures {
    prompt_token_count: Option<u32>,
    tool_use_prompt_token_count: Option<u32>,
    cached_content_token_count: Option<u32>,
    candidates_token_count: Option<u32>,
    thoughts_token_count: Option<u32>,
}

/// In the contract's terms; `None` where nothing is counted yet.
pub fn read(raw: &RawValue) -> Option<Usage> {
    let figures: Figures = serde_json::from_str(raw.get()).unwrap_or_default();
    // A figure of 0 is left out; the prompt never is.
    let prompt = figures.prompt_token_count?;
    let sum = |figure: Option<u32>, more: Option<u32>| {
        figure.unwrap_or(0).saturating_add(more.unwrap_or(0))
    };
    Some(Usage {
        input: Some(sum(Some(prompt), figures.tool_use_prompt_token_count)),
        cache_read: figures.cached_content_token_count,
        cache_write: None,
        output: Some(sum(
            figures.candidates_token_count,
            figures.thoughts_token_count,
        )),
        reasoning: figures.thoughts_token_count,
        raw: Some(raw.get().into()),
    })
}
