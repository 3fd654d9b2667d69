//! Errors: [`google.rpc.Status`](https://ai.google.dev/gemini-api/docs/generate-content/api-errors), at
//! once or in the middle of a stream, sometimes wrapped in an array.
//!
//! The table that all vendors share decides the kind but for what Google says in words of its own:
//!
//! | says | kind |
//! |---|---|
//! | 429 about a rate, though it speaks of a "quota" | `rate-limited` |
//! | 429 about credits that are used up, or a limit of 0 | `quota-exceeded` |
//! | 400 or 403 about a key that is wrong, expired, leaked or missing | `unauthorized` |
//! | 400 `FAILED_PRECONDITION`: not from this country, not without billing | `forbidden` |

use serde_json::{Map, Value};
use tidegate_guest::errors::{classify, excerpt};
use tidegate_guest::types::*;
use tidegate_guest::{Io, Response, Result};

/// The part of `error` that is read.
#[derive(Default)]
struct Status {
    code: u16,
    message: String,
    status: Option<String>,
    details: Vec<Value>,
}

/// The answer itself below status 300, else the error that it means.
pub fn check(response: Response, io: &Io) -> Result<Response> {
    if (200..300).contains(&response.status) {
        return Ok(response);
    }
    // For the time to wait in a header, and for bodies that are no status: pages of proxies.
    let error = response.error();
    match find(&response.text()) {
        Some(status) => Err(Error {
            retry_after_ms: error.retry_after_ms.or_else(|| status.retry_after_ms()),
            body: error.body,
            ..status.into_error(response.status)
        }),
        None => {
            io.log(LogLevel::Debug, "the error has no body of Google's form");
            Err(error)
        }
    }
}

/// An error that came in an answer of status 200; `None` where `body` holds none.
pub fn in_band(body: &str) -> Option<Error> {
    let status = find(body)?;
    Some(Error {
        retry_after_ms: status.retry_after_ms(),
        body: Some(excerpt(body)),
        ..status.into_error(200)
    })
}

fn find(body: &str) -> Option<Status> {
    let mut body: Value = serde_json::from_str(body).ok()?;
    let wrapped = body.get_mut(0).map(Value::take);
    let error = wrapped.unwrap_or(body).get_mut("error")?.take();
    match error {
        // What proxies write; and no members at all is still a failure.
        Value::String(message) => Some(Status {
            message,
            ..Status::default()
        }),
        Value::Object(error) => Some(Status::read(&error)),
        _ => None,
    }
}

impl Status {
    /// Member by member: what a relay spells otherwise must not cost the rest.
    fn read(error: &Map<String, Value>) -> Self {
        let text = |name: &str| error.get(name).and_then(Value::as_str);
        let code = error.get("code").and_then(Value::as_u64);
        let details = error.get("details").and_then(Value::as_array);
        Status {
            code: code.and_then(|code| code.try_into().ok()).unwrap_or(0),
            message: text("message").unwrap_or_default().into(),
            status: text("status").map(Into::into),
            details: details.cloned().unwrap_or_default(),
        }
    }

    fn into_error(self, status: u16) -> Error {
        let reason = self.detail("ErrorInfo", "reason").map(str::to_owned);
        let message = match self.message.is_empty() {
            true => "the upstream reports an error without saying which".into(),
            false => self.message.clone(),
        };
        Error {
            kind: self.kind(status, reason.as_deref()),
            message,
            status: Some(status),
            retry_after_ms: None,
            code: reason.or(self.status),
            body: None,
        }
    }

    fn kind(&self, status: u16, reason: Option<&str>) -> ErrorKind {
        // Inside a stream, the body alone has the status.
        let status = match self.code {
            code @ 400..600 if status < 300 => code,
            _ => status,
        };
        let says = |words: &str| self.message.to_ascii_lowercase().contains(words);
        let is = |name: &str| self.status.as_deref() == Some(name);
        if status == 429 || is("RESOURCE_EXHAUSTED") {
            let nothing_left = says("credits are depleted") || says("limit: 0,");
            return match nothing_left || says("spending cap") {
                true => ErrorKind::QuotaExceeded,
                false => ErrorKind::RateLimited,
            };
        }
        let of_the_key = reason.is_some_and(|reason| {
            matches!(
                reason,
                "API_KEY_INVALID" | "ACCESS_TOKEN_EXPIRED" | "CREDENTIALS_MISSING"
            )
        });
        if of_the_key
            || says("api key expired")
            || says("api key not found")
            || says("reported as leaked")
            || says("unregistered callers")
        {
            return ErrorKind::Unauthorized;
        }
        if is("FAILED_PRECONDITION") && (says("location is not supported") || says("billing")) {
            return ErrorKind::Forbidden;
        }
        classify(status, reason, self.status.as_deref(), &self.message)
    }

    /// `RetryInfo`: seconds, as in `48s` and `0.5s`.
    fn retry_after_ms(&self) -> Option<u32> {
        let delay = self.detail("RetryInfo", "retryDelay")?;
        let seconds: f64 = delay.strip_suffix('s')?.parse().ok()?;
        // `as` saturates.
        Some((seconds * 1000.0).ceil().max(0.0) as u32)
    }

    fn detail(&self, kind: &str, member: &str) -> Option<&str> {
        let has_kind = |detail: &&Value| {
            let name = detail.get("@type").and_then(Value::as_str);
            name.is_some_and(|name| name.rsplit('.').next() == Some(kind))
        };
        let detail = self.details.iter().find(has_kind)?;
        detail.get(member)?.as_str()
    }
}
