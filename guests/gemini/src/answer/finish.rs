//! [Why an answer ends](https://ai.google.dev/api/generate-content#FinishReason).

use tidegate_guest::types::FinishReason;

/// The reason in the contract's terms. The vendor knows no word for tool calls.
pub fn reason(raw: &str, has_tool_calls: bool) -> FinishReason {
    match raw {
        "STOP" if has_tool_calls => FinishReason::ToolCalls,
        "STOP" => FinishReason::Stop,
        "MAX_TOKENS" => FinishReason::Length,
        "SAFETY"
        | "RECITATION"
        | "BLOCKLIST"
        | "PROHIBITED_CONTENT"
        | "SPII"
        | "MODEL_ARMOR"
        | "IMAGE_SAFETY"
        | "IMAGE_PROHIBITED_CONTENT"
        | "IMAGE_RECITATION" => FinishReason::ContentFilter,
        // What the model wrote was no call, or one that nobody offered.
        "MALFORMED_FUNCTION_CALL"
        | "MALFORMED_RESPONSE"
        | "UNEXPECTED_TOOL_CALL"
        | "TOO_MANY_TOOL_CALLS"
        | "MISSING_THOUGHT_SIGNATURE" => FinishReason::Error,
        // `LANGUAGE`, `NO_IMAGE`, `IMAGE_OTHER`, `OTHER`.
        _ => FinishReason::Other,
    }
}
