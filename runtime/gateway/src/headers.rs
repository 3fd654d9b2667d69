//! The headers that the gateway itself reads and writes.

use std::fmt::Write as _;

use http::{HeaderName, HeaderValue};
use tidegate_host::types::Warning;

/// Names a request in logs, in both directions.
pub const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");
/// Carries a key, in the way of Anthropic's clients.
pub const API_KEY: HeaderName = HeaderName::from_static("x-api-key");
/// How long the client is willing to wait, in milliseconds.
pub const TIMEOUT: HeaderName = HeaderName::from_static("x-tidegate-timeout-ms");
/// Who answered.
pub const PROVIDER: HeaderName = HeaderName::from_static("x-tidegate-provider");
/// Which version of it: its semantic version and the beginning of its digest.
pub const VERSION: HeaderName = HeaderName::from_static("x-tidegate-version");
/// What could not be honoured: a JSON array of objects with `subject` and `message`.
pub const WARNINGS: HeaderName = HeaderName::from_static("x-tidegate-warnings");
/// As `retry-after`, in milliseconds; official clients look here first.
pub const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");
/// Tells official clients whether another attempt makes sense, over what they think of the status.
pub const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// Servers and proxies accept some 8 KiB of headers in all; more warnings than this are only in the
/// body.
const WARNINGS_BYTES: usize = 2048;

/// Warnings as the value of a header, which is ASCII.
pub fn warnings(warnings: &[Warning]) -> Option<HeaderValue> {
    let mut text = String::new();
    for warning in warnings {
        let json = serde_json::to_string(warning).ok()?;
        if text.len() + json.len() > WARNINGS_BYTES {
            break;
        }
        text.push(if text.is_empty() { '[' } else { ',' });
        for character in json.chars() {
            match character {
                ' '..='~' => text.push(character),
                // JSON spells characters outside the first plane as two escapes.
                other => {
                    for unit in other.encode_utf16(&mut [0; 2]) {
                        let _ = write!(text, "\\u{unit:04x}");
                    }
                }
            }
        }
    }
    if text.is_empty() {
        return None;
    }
    text.push(']');
    HeaderValue::try_from(text).ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn warnings_are_ascii_json() {
        let warning = Warning {
            subject: Some("sampling.top-k".into()),
            message: "ignored ☀ 𝄞".into(),
        };
        let value = warnings(std::slice::from_ref(&warning)).unwrap();
        let text = value.to_str().unwrap();
        let back: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(back[0]["message"], "ignored ☀ 𝄞");
        assert_eq!(warnings(&[]), None);
        let many = vec![warning; 1_000];
        assert!(warnings(&many).unwrap().len() <= WARNINGS_BYTES + 2);
    }
}
