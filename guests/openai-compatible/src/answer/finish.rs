//! Why an answer ends, from the words of all services that speak this dialect.

use tidegate_guest::types::FinishReason;

/// The contract's reason for a vendor's word.
///
/// OpenAI says `stop` where a named tool had to be called, others say it for any call; what counts
/// is that the model waits for a result.
pub fn reason(raw: &str, has_tool_calls: bool) -> FinishReason {
    match raw {
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "COMPLETE"
            if has_tool_calls =>
        {
            FinishReason::ToolCalls
        }
        "stop" | "eos" | "eos_token" | "end_turn" | "stop_sequence" | "COMPLETE" => {
            FinishReason::Stop
        }
        "length" | "max_tokens" | "model_length" | "model_context_window_exceeded" => {
            FinishReason::Length
        }
        "tool_calls" | "function_call" | "tool_use" => FinishReason::ToolCalls,
        // `sensitive` is Z.ai's.
        "content_filter" | "refusal" | "safety" | "SAFETY" | "sensitive" => {
            FinishReason::ContentFilter
        }
        // Of DeepSeek and Z.ai.
        "error" | "insufficient_system_resource" | "network_error" => FinishReason::Error,
        _ => FinishReason::Other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stop_after_tool_calls_waits_for_their_results() {
        assert_eq!(reason("stop", false), FinishReason::Stop);
        assert_eq!(reason("stop", true), FinishReason::ToolCalls);
        assert_eq!(reason("length", true), FinishReason::Length);
    }

    #[test]
    fn a_word_nobody_knows_is_other() {
        assert_eq!(reason("abacus", false), FinishReason::Other);
        assert_eq!(reason("", false), FinishReason::Other);
    }
}
