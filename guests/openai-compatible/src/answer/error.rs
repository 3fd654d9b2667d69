//! Errors under status 200: in the middle of a stream, or as the whole answer.

use serde_json::Value;
use tidegate_guest::errors::{VendorError, excerpt};
use tidegate_guest::types::{Error, ErrorKind};

/// The error that a chunk, or its `error` member, means.
///
/// The status is lost to the 200 that came before, unless the vendor repeats it: as `status_code`
/// (Groq), `status` (Azure), `raw_status_code` (Mistral) or as the code itself (OpenRouter).
pub fn in_band(json: &str) -> Error {
    let value: Value = serde_json::from_str(json).unwrap_or_default();
    let error = match find(&value) {
        Some(vendor) => vendor.into_error(status(&value).unwrap_or(200)),
        None => Error::new(
            ErrorKind::Upstream,
            "the upstream failed after having begun to answer",
        ),
    };
    Error {
        body: Some(excerpt(json)),
        ..error
    }
}

/// The error that a chunk without choices may be: vLLM and Mistral send `{"object": "error", …}`.
pub fn unframed(json: &str) -> Option<Error> {
    let value: Value = serde_json::from_str(json).ok()?;
    find(&value).map(|_| in_band(json))
}

fn find(value: &Value) -> Option<VendorError> {
    match value {
        Value::String(message) => Some(VendorError {
            message: message.clone(),
            ..VendorError::default()
        }),
        value => VendorError::find(value),
    }
}

fn status(value: &Value) -> Option<u16> {
    let inner = value.get("error").filter(|error| error.is_object());
    let error = inner.unwrap_or(value);
    ["status_code", "status", "raw_status_code", "code"]
        .iter()
        .filter_map(|name| error.get(name)?.as_u64())
        .filter_map(|status| u16::try_from(status).ok())
        .find(|status| (400..600).contains(status))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_that_the_vendor_repeats_decides() {
        let error = in_band(r#"{"code": 429, "message": "Slow down"}"#);
        assert_eq!(error.kind, ErrorKind::RateLimited);
        assert_eq!(error.status, Some(429));
        assert_eq!(error.message, "Slow down");
    }

    #[test]
    fn an_error_may_be_a_string_or_nothing_readable() {
        assert_eq!(in_band(r#""broken""#).message, "broken");
        assert_eq!(in_band("{}").kind, ErrorKind::Upstream);
        assert_eq!(in_band("no json").kind, ErrorKind::Upstream);
    }

    #[test]
    fn a_chunk_without_choices_is_an_error_only_if_it_says_so() {
        assert!(unframed(r#"{"object": "error", "message": "no"}"#).is_some());
        assert!(unframed(r#"{"choices": [], "prompt_filter_results": []}"#).is_none());
    }
}
