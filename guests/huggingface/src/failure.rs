//! What an error's `error_type` says beside its status.
//!
//! <https://huggingface.co/docs/text-generation-inference/en/reference/api_reference>

use serde::Deserialize;
use tidegate_guest::types::{Error, ErrorKind};

#[derive(Deserialize)]
struct Body {
    error: String,
    #[serde(default)]
    error_type: Option<String>,
}

/// The error, of the kind that its type tells.
pub fn explained(error: Error) -> Error {
    let body = error.body.as_deref();
    let Some(body) = body.and_then(|body| serde_json::from_str::<Body>(body).ok()) else {
        return error;
    };
    let Some(error_type) = body.error_type else {
        return error;
    };
    Error {
        kind: kind(&error_type, &body.error).unwrap_or(error.kind),
        code: error.code.clone().or(Some(error_type)),
        ..error
    }
}

/// What a type means, where it says more than a status.
pub fn kind(error_type: &str, message: &str) -> Option<ErrorKind> {
    match error_type {
        // Sent with status 429, though it is the model that has too much to do.
        "overloaded" => Some(ErrorKind::Overloaded),
        "validation" if message.contains("max_new_tokens` must be") => {
            Some(ErrorKind::ContextLengthExceeded)
        }
        "validation" if message.contains("must have less than") => {
            Some(ErrorKind::ContextLengthExceeded)
        }
        "validation" => Some(ErrorKind::InvalidRequest),
        "generation" | "incomplete_generation" => Some(ErrorKind::Upstream),
        _ => None,
    }
}
