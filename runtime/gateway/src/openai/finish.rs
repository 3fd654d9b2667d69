//! Why an answer ends.

use tidegate_host::types::FinishReason;

/// The word for it. `error` is not OpenAI's, but known from other gateways: an answer that the
/// vendor broke off must not look like one that is whole.
pub fn word(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop | FinishReason::Other => "stop",
        FinishReason::Length => "length",
        FinishReason::ToolCalls => "tool_calls",
        FinishReason::ContentFilter => "content_filter",
        FinishReason::Error => "error",
    }
}

/// The vendor's word, where this dialect has none of the same meaning.
pub fn native(reason: FinishReason, raw: Option<&str>) -> Option<&str> {
    match reason {
        FinishReason::Other | FinishReason::Error => raw,
        _ => None,
    }
}
