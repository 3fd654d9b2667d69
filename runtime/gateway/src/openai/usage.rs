//! Token counts.

use serde::Serialize;
use tidegate_host::types;

/// `usage`. What the provider does not say is counted as none.
#[derive(Debug, Serialize)]
pub struct Usage {
    prompt_tokens: u32,
    completion_tokens: u32,
    total_tokens: u32,
    prompt_tokens_details: PromptDetails,
    completion_tokens_details: CompletionDetails,
}

#[derive(Debug, Serialize)]
struct PromptDetails {
    cached_tokens: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_write_tokens: Option<u32>,
}

#[derive(Debug, Serialize)]
struct CompletionDetails {
    reasoning_tokens: u32,
}

impl From<&types::Usage> for Usage {
    fn from(usage: &types::Usage) -> Self {
        let prompt_tokens = usage.input.unwrap_or_default();
        let completion_tokens = usage.output.unwrap_or_default();
        Usage {
            prompt_tokens,
            completion_tokens,
            total_tokens: prompt_tokens.saturating_add(completion_tokens),
            prompt_tokens_details: PromptDetails {
                cached_tokens: usage.cache_read.unwrap_or_default(),
                cache_write_tokens: usage.cache_write,
            },
            completion_tokens_details: CompletionDetails {
                reasoning_tokens: usage.reasoning.unwrap_or_default(),
            },
        }
    }
}
