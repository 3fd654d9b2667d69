//! Failures as Anthropic's API puts them.
//!
//! <https://platform.claude.com/docs/en/api/errors>
//!
//! | failure | status | type | code |
//! |---|---|---|---|
//! | `invalid-request`, body | 400 | `invalid_request_error` | |
//! | `context-length-exceeded` | 400 | `invalid_request_error` | `context_length_exceeded` |
//! | `content-filtered` | 400 | `invalid_request_error` | `content_filter` |
//! | `unsupported` | 400 | `invalid_request_error` | `unsupported` |
//! | `unauthorized` | 401 | `authentication_error` | `provider_unauthorized` |
//! | gateway's key | 401 | `authentication_error` | |
//! | `quota-exceeded` | 402 | `billing_error` | |
//! | `forbidden` | 403 | `permission_error` | |
//! | `denied` | 403 | `permission_error` | `request_denied` |
//! | host name | 403 | `permission_error` | `host_not_allowed` |
//! | model of another key | 403 | `permission_error` | `model_not_allowed` |
//! | `not-found`, path | 404 | `not_found_error` | |
//! | endpoint that is lacking | 404 | `not_found_error` | `unsupported_endpoint` |
//! | method | 405 | `invalid_request_error` | `method_not_supported` |
//! | body that does not arrive | 408 | `timeout_error` | |
//! | body that is too large | 413 | `request_too_large` | |
//! | content type | 415 | `invalid_request_error` | `unsupported_media_type` |
//! | `rate-limited` | 429 | `rate_limit_error` | |
//! | `internal` | 500 | `api_error` | |
//! | `upstream` | 500 | `api_error` | `upstream_error` |
//! | `unreachable` | 500 | `api_error` | `upstream_unreachable` |
//! | `timeout` | 504 | `timeout_error` | |
//! | `overloaded` | 529 | `overloaded_error` | |
//!
//! The vendor has no codes: the member `code` tells apart what has the same type there. Its
//! `request_id` is this gateway's id of the request, which is in the header `request-id` too.

use bytes::Bytes;
use http::{HeaderName, StatusCode};
use serde::Serialize;
use tidegate_host::types::ErrorKind;

use crate::call::{Dialect, RequestId};
use crate::failure::{Failure, FailureKind};

/// The dialect.
pub struct Anthropic;

/// The body of a failed answer, and the last event of a stream that failed.
#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    error: Error<'a>,
    request_id: &'a str,
}

#[derive(Serialize)]
struct Error<'a> {
    r#type: &'static str,
    message: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
}

impl Dialect for Anthropic {
    fn id_header() -> Option<HeaderName> {
        Some(HeaderName::from_static("request-id"))
    }

    fn failure(failure: &Failure, id: &RequestId) -> (StatusCode, Bytes) {
        (row(failure.kind).0, body(failure, id).into())
    }
}

/// The JSON body of a failure.
pub fn body(failure: &Failure, id: &RequestId) -> Vec<u8> {
    let (_, r#type, code) = row(failure.kind);
    let body = Body {
        r#type: "error",
        error: Error {
            r#type,
            message: &failure.message,
            code,
        },
        request_id: id.as_str(),
    };
    // Strings alone always have a JSON form.
    serde_json::to_vec(&body).unwrap_or_default()
}

fn row(kind: FailureKind) -> (StatusCode, &'static str, Option<&'static str>) {
    const INVALID: &str = "invalid_request_error";
    const PERMISSION: &str = "permission_error";
    const NOT_FOUND: &str = "not_found_error";
    const AUTHENTICATION: &str = "authentication_error";
    const API: &str = "api_error";
    let (status, r#type, code) = match kind {
        FailureKind::Body => (400, INVALID, None),
        FailureKind::Key => (401, AUTHENTICATION, None),
        FailureKind::Model => (403, PERMISSION, Some("model_not_allowed")),
        FailureKind::Host => (403, PERMISSION, Some("host_not_allowed")),
        FailureKind::Path => (404, NOT_FOUND, None),
        FailureKind::Lacking => (404, NOT_FOUND, Some("unsupported_endpoint")),
        FailureKind::Method => (405, INVALID, Some("method_not_supported")),
        FailureKind::TooSlow => (408, "timeout_error", None),
        FailureKind::TooLarge => (413, "request_too_large", None),
        FailureKind::ContentType => (415, INVALID, Some("unsupported_media_type")),
        FailureKind::Call(kind) => match kind {
            ErrorKind::InvalidRequest => (400, INVALID, None),
            ErrorKind::ContextLengthExceeded => (400, INVALID, Some("context_length_exceeded")),
            ErrorKind::ContentFiltered => (400, INVALID, Some("content_filter")),
            ErrorKind::Unsupported => (400, INVALID, Some("unsupported")),
            ErrorKind::Unauthorized => (401, AUTHENTICATION, Some("provider_unauthorized")),
            ErrorKind::QuotaExceeded => (402, "billing_error", None),
            ErrorKind::Forbidden => (403, PERMISSION, None),
            ErrorKind::Denied => (403, PERMISSION, Some("request_denied")),
            ErrorKind::NotFound => (404, NOT_FOUND, None),
            ErrorKind::RateLimited => (429, "rate_limit_error", None),
            ErrorKind::Internal => (500, API, None),
            ErrorKind::Upstream => (500, API, Some("upstream_error")),
            ErrorKind::Unreachable => (500, API, Some("upstream_unreachable")),
            ErrorKind::Timeout => (504, "timeout_error", None),
            ErrorKind::Overloaded => (529, "overloaded_error", None),
        },
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, r#type, code)
}
