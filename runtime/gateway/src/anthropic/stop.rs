//! Why an answer ends.
//!
//! <https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons>
//!
//! | reason | `stop_reason` |
//! |---|---|
//! | any, with a word of the vendor's beside it | that word |
//! | `stop` | `end_turn`; `refusal` where the model declined |
//! | `length` | `max_tokens` |
//! | `tool-calls` | `tool_use` |
//! | `content-filter` | `refusal` |
//! | `other` | `end_turn`, and its own word in `tidegate.stop_reason` |
//! | `error` | none: the answer failed |

use tidegate_host::types::{ErrorKind, FinishReason};

use crate::failure::{Failure, FailureKind};

/// Words of the vendor's that a reason of the contract does not tell apart.
const NATIVE: [&str; 7] = [
    "end_turn",
    "max_tokens",
    "model_context_window_exceeded",
    "pause_turn",
    "refusal",
    "stop_sequence",
    "tool_use",
];

/// The word for it, and the provider's own where there is none of the same meaning.
#[derive(Debug, PartialEq)]
pub struct Stop<'a> {
    pub reason: &'a str,
    pub native: Option<&'a str>,
}

impl<'a> Stop<'a> {
    /// An answer that the vendor broke off is none: nothing in this dialect could say so.
    pub fn new(
        reason: FinishReason,
        raw: Option<&'a str>,
        declined: bool,
    ) -> Result<Self, Failure> {
        if reason == FinishReason::Error {
            let why = raw.unwrap_or("it does not say why");
            return Err(Failure {
                is_retryable: true,
                ..Failure::new(
                    FailureKind::Call(ErrorKind::Upstream),
                    format!("the upstream broke the answer off: {}", why.escape_debug()),
                )
            });
        }
        if let Some(word) = raw.filter(|raw| NATIVE.contains(raw)) {
            return Ok(Stop {
                reason: word,
                native: None,
            });
        }
        let word = match reason {
            FinishReason::Stop if declined => "refusal",
            FinishReason::Stop | FinishReason::Other | FinishReason::Error => "end_turn",
            FinishReason::Length => "max_tokens",
            FinishReason::ToolCalls => "tool_use",
            FinishReason::ContentFilter => "refusal",
        };
        Ok(Stop {
            reason: word,
            native: raw.filter(|_| reason == FinishReason::Other),
        })
    }
}
