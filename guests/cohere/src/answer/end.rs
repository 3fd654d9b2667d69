//! Why an answer ends, and failures under status 200.
//!
//! | finish reason | is |
//! |---|---|
//! | `COMPLETE`, `STOP_SEQUENCE` | `stop` |
//! | `MAX_TOKENS`, `ERROR_LIMIT` | `length` |
//! | `TOOL_CALL` | `tool-calls` |
//! | `ERROR_TOXIC` | `content-filter` |
//! | `ERROR`, `TIMEOUT` | an error: what came before it is not an answer |
//! | anything else | `other` |

use tidegate_guest::Result;
use tidegate_guest::errors::{VendorError, excerpt};
use tidegate_guest::types::{Error, ErrorKind, FinishReason};

/// What the vendor says at the end.
pub struct End {
    reason: String,
    error: Option<String>,
}

impl End {
    /// `None` where it says nothing.
    pub fn new(reason: Option<String>, error: Option<String>) -> Option<Self> {
        let error = error.filter(|error| !error.is_empty());
        match (reason, error) {
            (None, None) => None,
            (None, error) => Some(End {
                reason: "ERROR".into(),
                error,
            }),
            (Some(reason), error) => Some(End { reason, error }),
        }
    }

    /// The contract's reason, and the vendor's.
    pub fn reason(&self) -> Result<(FinishReason, &str)> {
        let reason = match self.reason.as_str() {
            "COMPLETE" | "STOP_SEQUENCE" => FinishReason::Stop,
            "MAX_TOKENS" | "ERROR_LIMIT" => FinishReason::Length,
            "TOOL_CALL" => FinishReason::ToolCalls,
            "ERROR_TOXIC" => FinishReason::ContentFilter,
            "ERROR" | "TIMEOUT" => return Err(self.failure()),
            _ => FinishReason::Other,
        };
        Ok((reason, &self.reason))
    }

    fn failure(&self) -> Error {
        let message = self.error.as_deref();
        let message = message.unwrap_or("Cohere failed after having begun to answer");
        let vendor = VendorError {
            message: message.into(),
            code: Some(self.reason.clone()),
            kind: None,
        };
        let mut error = vendor.into_error(200);
        if self.reason == "TIMEOUT" {
            error.kind = ErrorKind::Timeout;
        }
        error
    }
}

/// The error that an answer, or an event of one, is instead.
pub fn in_band(data: &str) -> Error {
    let found = serde_json::from_str(data)
        .ok()
        .and_then(|body| VendorError::find(&body));
    let vendor = found.unwrap_or_else(|| VendorError {
        message: "the answer of Cohere holds no message".into(),
        ..VendorError::default()
    });
    Error {
        body: Some(excerpt(data)),
        ..vendor.into_error(200)
    }
}
