//! What OpenRouter adds to an error, in its `metadata`: who failed, and in what words.
//!
//! | metadata | means |
//! |---|---|
//! | `provider_name`, `raw` | a vendor failed, and this is what it said; the message beside it says just that |
//! | `reasons`, `flagged_input` | the input was held back by moderation |
//! | `limit_source` | which limit a 402 is about; one of them passes by itself |
//!
//! <https://openrouter.ai/docs/api-reference/errors>

use serde_json::Value;
use tidegate_guest::errors::{VendorError, classify};
use tidegate_guest::types::{Error, ErrorKind};

/// Money that is set aside for requests under way, and comes back when they end.
const IN_FLIGHT: &str = "openrouter_in_flight_budget";

/// The error with what its metadata says, where there is any.
pub fn explained(error: Error) -> Error {
    let Some(metadata) = error.body.as_deref().and_then(metadata) else {
        return error;
    };
    let text = |name: &str| Some(metadata.get(name)?.as_str()?.to_owned());
    if let Some(reasons) = metadata.get("reasons").and_then(Value::as_array) {
        let reasons: Vec<&str> = reasons.iter().filter_map(Value::as_str).collect();
        return Error {
            kind: ErrorKind::ContentFiltered,
            message: format!("{} ({})", error.message, reasons.join(", ")),
            ..error
        };
    }
    if text("limit_source").as_deref() == Some(IN_FLIGHT) {
        return Error {
            kind: ErrorKind::RateLimited,
            ..error
        };
    }
    let (Some(raw), who) = (metadata.get("raw"), text("provider_name")) else {
        return error;
    };
    let Some(said) = said(raw) else {
        return error;
    };
    let status = error.status.unwrap_or(200);
    let kind = classify(
        status,
        said.code.as_deref(),
        said.kind.as_deref(),
        &said.message,
    );
    let who = who.unwrap_or_else(|| "a vendor".into());
    Error {
        // The vendor's words tell more than a status that OpenRouter gives to all failures alike, but
        // nothing that they lack takes anything back.
        kind: match kind {
            ErrorKind::Upstream | ErrorKind::InvalidRequest => error.kind,
            kind => kind,
        },
        message: format!("{}: {who} said: {}", error.message, said.message),
        ..error
    }
}

/// Of the error that a body holds, or that it is.
fn metadata(body: &str) -> Option<Value> {
    let body: Value = serde_json::from_str(body).ok()?;
    let error = body.get("error").unwrap_or(&body);
    error.get("metadata").cloned()
}

/// What a vendor said: an object, the text of one, or a sentence.
fn said(raw: &Value) -> Option<VendorError> {
    let Value::String(text) = raw else {
        return VendorError::find(raw);
    };
    let object = serde_json::from_str(text).ok();
    let found = object.as_ref().and_then(VendorError::find);
    found.or_else(|| {
        let message = text.trim();
        (!message.is_empty()).then(|| VendorError {
            message: message.into(),
            ..VendorError::default()
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(status: u16, metadata: &str) -> Error {
        Error {
            status: Some(status),
            body: Some(format!(
                r#"{{"error":{{"code":{status},"message":"Provider returned error","metadata":{metadata}}}}}"#
            )),
            ..Error::new(ErrorKind::InvalidRequest, "Provider returned error")
        }
    }

    #[test]
    fn what_a_vendor_said_is_told_and_decides() {
        let raw = r#"{\"error\":{\"message\":\"prompt is too long: 9 tokens\",\"type\":\"invalid_request_error\"}}"#;
        let metadata = format!(r#"{{"provider_name":"Anthropic","raw":"{raw}"}}"#);
        let explained = explained(error(400, &metadata));
        assert_eq!(explained.kind, ErrorKind::ContextLengthExceeded);
        assert_eq!(
            explained.message,
            "Provider returned error: Anthropic said: prompt is too long: 9 tokens"
        );
    }

    #[test]
    fn a_sentence_or_an_object_will_do() {
        for raw in [
            r#""upstream connect error""#,
            r#"{"message":"upstream connect error"}"#,
        ] {
            let explained = explained(error(502, &format!(r#"{{"raw":{raw}}}"#)));
            assert!(
                explained
                    .message
                    .ends_with("a vendor said: upstream connect error")
            );
        }
    }

    #[test]
    fn what_says_nothing_changes_nothing() {
        for metadata in ["{}", r#"{"raw":""}"#, r#"{"raw":{}}"#, "[]", "null"] {
            assert_eq!(explained(error(400, metadata)), error(400, metadata));
        }
        let bare = Error::new(ErrorKind::Upstream, "broken");
        assert_eq!(explained(bare.clone()), bare);
    }

    #[test]
    fn a_budget_that_is_only_set_aside_comes_back() {
        let metadata = r#"{"limit_source":"openrouter_in_flight_budget"}"#;
        assert_eq!(explained(error(402, metadata)).kind, ErrorKind::RateLimited);
    }
}
