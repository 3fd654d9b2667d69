//! From an upstream's answer to an error: one table for all vendors.
//!
//! | status | kind |
//! |---|---|
//! | 401 | `unauthorized` |
//! | 402 | `quota-exceeded` |
//! | 403 | `forbidden` |
//! | 404, 410 | `not-found` |
//! | 408 | `timeout` |
//! | 429 | `rate-limited` |
//! | other 4xx | `invalid-request` |
//! | 503, 529 | `overloaded` |
//! | anything else | `upstream` |
//!
//! Vendors send many failures as 400, so code, type and message are read too, see [`classify`].

use serde_json::Value;

use crate::Response;
use crate::retry_after::retry_after_ms;
use crate::types::*;

/// The longest part of an upstream's body that an error carries, in bytes: enough for a whole JSON
/// error, too little to fill a log with an HTML page.
const EXCERPT: usize = 2048;

impl Error {
    /// An error that did not come from the upstream.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Error {
            kind,
            message: message.into(),
            status: None,
            retry_after_ms: None,
            code: None,
            body: None,
        }
    }
}

impl From<FetchFailure> for Error {
    fn from(failure: FetchFailure) -> Self {
        let kind = match failure.kind {
            FetchFailureKind::Denied => ErrorKind::Denied,
            FetchFailureKind::InvalidRequest => ErrorKind::Internal,
            FetchFailureKind::Unauthorized => ErrorKind::Unauthorized,
            FetchFailureKind::Unreachable => ErrorKind::Unreachable,
            FetchFailureKind::Timeout => ErrorKind::Timeout,
            FetchFailureKind::Interrupted
            | FetchFailureKind::TooLarge
            | FetchFailureKind::Malformed => ErrorKind::Upstream,
        };
        Error::new(kind, failure.message)
    }
}

/// What vendors say when they fail, wherever in the body they say it.
#[derive(Debug, Default, Clone, PartialEq)]
pub struct VendorError {
    /// One sentence.
    pub message: String,
    /// The vendor's code, the most specific one there is.
    pub code: Option<String>,
    /// The vendor's type, where it gives both.
    pub kind: Option<String>,
}

impl VendorError {
    /// Looks for a message at `error.message`, `error`, `message`, `Message`, `detail`, and for code
    /// and type beside it. An array is looked into. `None` where there is no message.
    pub fn find(body: &Value) -> Option<Self> {
        let body = match body {
            Value::Array(items) => items.first()?,
            body => body,
        };
        let inner = body.get("error").filter(|error| error.is_object());
        let object = inner.unwrap_or(body);
        let message = text(object, "message")
            .or_else(|| text(object, "Message"))
            .or_else(|| text(body, "error"))
            .or_else(|| text(object, "detail"))
            .or_else(|| {
                // FastAPI lists what is wrong with each field.
                let detail = object.get("detail").or_else(|| object.get("message"))?;
                (!detail.is_null()).then(|| detail.to_string())
            })?;
        let code = text(object, "code").or_else(|| number(object, "code"));
        let kind = text(object, "type")
            .or_else(|| text(object, "status"))
            .or_else(|| text(body, "__type"));
        Some(VendorError {
            message,
            code,
            kind,
        })
    }

    /// The error this is, given the answer's status; 200 for an error inside a stream.
    pub fn into_error(self, status: u16) -> Error {
        let code = self.code.clone().or_else(|| self.kind.clone());
        let kind = classify(
            status,
            self.code.as_deref(),
            self.kind.as_deref(),
            &self.message,
        );
        Error {
            kind,
            message: self.message,
            status: Some(status),
            retry_after_ms: None,
            code,
            body: None,
        }
    }
}

fn text(object: &Value, name: &str) -> Option<String> {
    object.get(name)?.as_str().map(Into::into)
}

fn number(object: &Value, name: &str) -> Option<String> {
    object.get(name)?.as_i64().map(|code| code.to_string())
}

/// The error that an answer means.
pub fn vendor_error(response: &Response, now_ms: f64) -> Error {
    let body = response.text();
    let found = serde_json::from_str(&body)
        .ok()
        .and_then(|body| VendorError::find(&body));
    let vendor = found.unwrap_or_else(|| VendorError {
        message: match response.status {
            300..400 => {
                let to = response.header("location").unwrap_or("nowhere");
                format!("the upstream redirects to `{to}`, which is never followed")
            }
            status if body.trim().is_empty() => {
                format!("the upstream answered {status} without a body")
            }
            status => format!("the upstream answered {status}: {}", first_line(&body)),
        },
        ..VendorError::default()
    });
    Error {
        retry_after_ms: retry_after_ms(&response.headers, now_ms),
        body: (!body.is_empty()).then(|| excerpt(&body)),
        ..vendor.into_error(response.status)
    }
}

/// The kind of an upstream's failure, by status, code, type and message, in that order of trust:
/// what says more than the status wins over it.
pub fn classify(status: u16, code: Option<&str>, kind: Option<&str>, message: &str) -> ErrorKind {
    let words = format!(
        "{} {} {}",
        code.unwrap_or_default(),
        kind.unwrap_or_default(),
        message
    )
    .to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    let client_error = (400..500).contains(&status);

    if status == 402
        || says(&[
            "insufficient_quota",
            "insufficient balance",
            "credit balance is too low",
            "billing_error",
            "exceeded your current quota",
            "billing_hard_limit",
            "billing_not_active",
        ])
    {
        return ErrorKind::QuotaExceeded;
    }
    if status == 429
        || says(&[
            "rate_limit",
            "resource_exhausted",
            "too many requests",
            "throttling",
        ])
    {
        return ErrorKind::RateLimited;
    }
    // In-band errors come under status 200, so overload is known by its words alone.
    if status == 503
        || status == 529
        || says(&[
            "overloaded_error",
            "overloaded",
            "serviceunavailable",
            "service_unavailable",
        ])
    {
        return ErrorKind::Overloaded;
    }
    if status >= 500 {
        return ErrorKind::Upstream;
    }
    if says(&[
        "context_length",
        "context length",
        "maximum context",
        "context window",
        "exceed context limit",
        "prompt is too long",
        "input is too long",
        "too many tokens",
        "exceeds the maximum number of tokens",
        "token limit",
        "reduce the length of the messages",
    ]) {
        return ErrorKind::ContextLengthExceeded;
    }
    if says(&[
        "content_filter",
        "content_policy",
        "content management policy",
        "safety system",
        "responsibleaipolicy",
        "blocked by content filtering",
        "moderation",
    ]) {
        return ErrorKind::ContentFiltered;
    }
    if status == 401
        || says(&[
            "invalid_api_key",
            "incorrect api key",
            "invalid api key",
            "invalid x-api-key",
            "api key not valid",
            "api_key_invalid",
            "authentication_error",
            "unauthenticated",
            "missing authentication",
            "unrecognizedclient",
            "expiredtoken",
            "security token included in the request is",
        ])
    {
        return ErrorKind::Unauthorized;
    }
    if status == 404
        || status == 410
        || says(&[
            "model_not_found",
            "not_found_error",
            "unknown model",
            "does not exist",
            "decommissioned",
            "model not found",
            "invalid model",
            "not a valid model",
        ]) && (client_error || status < 300)
    {
        return ErrorKind::NotFound;
    }
    match status {
        403 => ErrorKind::Forbidden,
        _ if says(&["permission_error", "permission_denied"]) => ErrorKind::Forbidden,
        408 => ErrorKind::Timeout,
        400..500 => ErrorKind::InvalidRequest,
        _ if says(&["invalid_request"]) => ErrorKind::InvalidRequest,
        _ => ErrorKind::Upstream,
    }
}

/// The beginning of a body, for an error.
pub fn excerpt(body: &str) -> String {
    match body.char_indices().nth(EXCERPT) {
        Some((end, _)) => format!("{}…", body.get(..end).unwrap_or_default()),
        None => body.into(),
    }
}

fn first_line(body: &str) -> String {
    let line = body.trim_start().lines().next().unwrap_or_default();
    line.chars().take(200).collect()
}
