//! The headers that the gateway itself reads and writes.

use std::fmt::Write as _;

use http::{HeaderName, HeaderValue};
use serde::Serialize;
use tidegate_host::types::Warning;
use tidegate_host::{Attempt, AttemptOutcome};

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
/// What was tried before this answer, where it was more than one thing: a JSON array of objects with
/// `provider`, `version`, `model`, `waited-ms`, `duration-ms`, `outcome`, and of a failure its `kind`
/// and `status`.
pub const ATTEMPTS: HeaderName = HeaderName::from_static("x-tidegate-attempts");
/// What the answer cost in US dollars, failed attempts included, where prices are configured. Not in the
/// head of a stream, which is sent before that is known: there a comment line says it before the end.
pub const COST: HeaderName = HeaderName::from_static("x-tidegate-cost-usd");
/// As `retry-after`, in milliseconds; official clients look here first.
pub const RETRY_AFTER_MS: HeaderName = HeaderName::from_static("retry-after-ms");
/// Tells official clients whether another attempt makes sense, over what they think of the status.
pub const SHOULD_RETRY: HeaderName = HeaderName::from_static("x-should-retry");

/// Servers and proxies accept some 8 KiB of headers in all; more warnings than this are only in the
/// body, and attempts beyond it are left out.
const LONGEST: usize = 2048;

/// Warnings as the value of a header.
pub fn warnings(warnings: &[Warning]) -> Option<HeaderValue> {
    array(warnings.iter().map(serde_json::to_string))
}

/// An amount of money as the value of a header.
pub fn cost(dollars: f64) -> Option<HeaderValue> {
    HeaderValue::try_from(decimals(dollars)).ok()
}

/// An amount of money without an exponent, to the billionth: a token of a small model costs some
/// hundred of them.
pub fn decimals(dollars: f64) -> String {
    let text = format!("{dollars:.9}");
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').into(),
        false => text,
    }
}

/// Attempts as the value of a header. A single one that has not failed is not worth one.
pub fn attempts(attempts: &[Attempt]) -> Option<HeaderValue> {
    let failed = |attempt: &Attempt| matches!(attempt.outcome, AttemptOutcome::Failed { .. });
    if attempts.len() < 2 && !attempts.iter().any(failed) {
        return None;
    }
    array(attempts.iter().map(|attempt| {
        let (outcome, kind, status) = match &attempt.outcome {
            AttemptOutcome::UnderWay => ("under-way", None, None),
            AttemptOutcome::Answered => ("answered", None, None),
            AttemptOutcome::Failed { kind, status } => ("failed", Some(kind.name()), *status),
            _ => ("abandoned", None, None),
        };
        serde_json::to_string(&Tried {
            provider: &attempt.provider,
            version: attempt.version,
            model: &attempt.model,
            waited_ms: attempt.waited.as_millis(),
            duration_ms: attempt.duration.as_millis(),
            outcome,
            kind,
            status,
        })
    }))
}

/// An attempt on the wire.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
struct Tried<'a> {
    provider: &'a str,
    version: u64,
    model: &'a str,
    waited_ms: u128,
    duration_ms: u128,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<u16>,
}

/// As many elements of a JSON array as a header should have, in ASCII.
fn array(elements: impl Iterator<Item = serde_json::Result<String>>) -> Option<HeaderValue> {
    let mut text = String::new();
    for element in elements {
        let json = ascii(&element.ok()?);
        // With a comma before it and a bracket behind it.
        if text.len() + json.len() + 2 > LONGEST {
            break;
        }
        text.push(if text.is_empty() { '[' } else { ',' });
        text.push_str(&json);
    }
    if text.is_empty() {
        return None;
    }
    text.push(']');
    HeaderValue::try_from(text).ok()
}

/// The same JSON in characters that every header carries.
fn ascii(json: &str) -> String {
    let mut text = String::with_capacity(json.len());
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
    text
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
        assert!(warnings(&many).unwrap().len() <= LONGEST);
    }

    /// A character of three bytes is sent as six.
    #[test]
    fn a_header_is_as_long_as_it_is_sent() {
        let warning = |letters| Warning {
            subject: None,
            message: "ゆ".repeat(letters),
        };
        assert!(warnings(&[warning(300)]).unwrap().len() <= LONGEST);
        assert_eq!(warnings(&[warning(400)]), None);
        let both = warnings(&[warning(10), warning(400)]).unwrap();
        assert_eq!(both, warnings(&[warning(10)]).unwrap());
    }
}
