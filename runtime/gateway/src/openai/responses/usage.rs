//! Token counts.

use serde::Serialize;
use tidegate_host::types;

/// `usage`. What the provider does not say is counted as none.
#[derive(Debug, Serialize)]
pub struct Usage {
    input_tokens: u32,
    input_tokens_details: InputDetails,
    output_tokens: u32,
    output_tokens_details: OutputDetails,
    total_tokens: u32,
}

#[derive(Debug, Serialize)]
struct InputDetails {
    cached_tokens: u32,
    cache_write_tokens: u32,
}

#[derive(Debug, Serialize)]
struct OutputDetails {
    reasoning_tokens: u32,
}

impl From<&types::Usage> for Usage {
    fn from(usage: &types::Usage) -> Self {
        let input_tokens = usage.input.unwrap_or_default();
        let output_tokens = usage.output.unwrap_or_default();
        Usage {
            input_tokens,
            input_tokens_details: InputDetails {
                cached_tokens: usage.cache_read.unwrap_or_default(),
                cache_write_tokens: usage.cache_write.unwrap_or_default(),
            },
            output_tokens,
            output_tokens_details: OutputDetails {
                reasoning_tokens: usage.reasoning.unwrap_or_default(),
            },
            total_tokens: input_tokens.saturating_add(output_tokens),
        }
    }
}
