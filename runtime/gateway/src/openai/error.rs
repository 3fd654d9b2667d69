//! Failures as OpenAI's API puts them, so that official clients raise the classes that their users
//! catch.
//!
//! | failure | status | type | code |
//! |---|---|---|---|
//! | `invalid-request`, body | 400 | `invalid_request_error` | |
//! | `invalid-request`, where the vendor said 409 or 422 | the same | `invalid_request_error` | |
//! | `context-length-exceeded` | 400 | `invalid_request_error` | `context_length_exceeded` |
//! | `content-filtered` | 400 | `invalid_request_error` | `content_filter` |
//! | `unsupported` | 400 | `invalid_request_error` | `unsupported` |
//! | `unauthorized` | 401 | `authentication_error` | `provider_unauthorized` |
//! | gateway's key | 401 | `invalid_request_error` | `invalid_api_key` |
//! | `forbidden` | 403 | `permission_error` | |
//! | `denied` | 403 | `permission_error` | `request_denied` |
//! | host name | 403 | `permission_error` | `host_not_allowed` |
//! | model of another key | 403 | `invalid_request_error` | `model_not_allowed` |
//! | `not-found` | 404 | `invalid_request_error` | `model_not_found` |
//! | path | 404 | `invalid_request_error` | `unknown_url` |
//! | endpoint that is lacking | 404 | `invalid_request_error` | `unsupported_endpoint` |
//! | method | 405 | `invalid_request_error` | `method_not_supported` |
//! | body that does not arrive | 408 | `invalid_request_error` | `request_timeout` |
//! | body that is too large | 413 | `invalid_request_error` | `request_too_large` |
//! | content type | 415 | `invalid_request_error` | `unsupported_media_type` |
//! | `rate-limited` | 429 | `rate_limit_error` | `rate_limit_exceeded` |
//! | `quota-exceeded` | 429 | `insufficient_quota` | `insufficient_quota` |
//! | `internal` | 500 | `server_error` | `internal_error` |
//! | `upstream` | 502 | `server_error` | `upstream_error` |
//! | `unreachable` | 502 | `server_error` | `upstream_unreachable` |
//! | `overloaded` | 503 | `server_error` | `overloaded` |
//! | `timeout` | 504 | `server_error` | `timeout` |
//!
//! Where the vendor gave a code of its own, that code is shown in place of this one.

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;
use tidegate_host::types::ErrorKind;

use crate::call::{Dialect, RequestId};
use crate::failure::{Failure, FailureKind};

/// The dialect.
pub struct OpenAi;

/// The body of a failed answer, and the last event of a stream that failed.
#[derive(Serialize)]
struct Body<'a> {
    error: Error<'a>,
}

#[derive(Serialize)]
struct Error<'a> {
    message: &'a str,
    r#type: &'a str,
    param: Option<&'a str>,
    code: Option<&'a str>,
}

impl Dialect for OpenAi {
    fn failure(failure: &Failure, _id: &RequestId) -> (StatusCode, Bytes) {
        (status(failure), body(failure).into())
    }
}

/// Clients have classes of their own for 409 and 422, which 400 would hide from those who catch them.
fn status(failure: &Failure) -> StatusCode {
    match (failure.kind, failure.status) {
        (FailureKind::Call(ErrorKind::InvalidRequest), Some(409)) => StatusCode::CONFLICT,
        (FailureKind::Call(ErrorKind::InvalidRequest), Some(422)) => {
            StatusCode::UNPROCESSABLE_ENTITY
        }
        (kind, _) => row(kind).0,
    }
}

/// The JSON body of a failure.
pub fn body(failure: &Failure) -> Vec<u8> {
    let (_, r#type, code) = row(failure.kind);
    let body = Body {
        error: Error {
            message: &failure.message,
            r#type,
            param: failure.parameter.as_deref(),
            code: failure.code.as_deref().or(code),
        },
    };
    // Strings alone always have a JSON form.
    serde_json::to_vec(&body).unwrap_or_default()
}

fn row(kind: FailureKind) -> (StatusCode, &'static str, Option<&'static str>) {
    const INVALID: &str = "invalid_request_error";
    const PERMISSION: &str = "permission_error";
    const SERVER: &str = "server_error";
    let (status, r#type, code) = match kind {
        FailureKind::Body => (400, INVALID, None),
        FailureKind::Key => (401, INVALID, Some("invalid_api_key")),
        FailureKind::Model => (403, INVALID, Some("model_not_allowed")),
        FailureKind::Host => (403, PERMISSION, Some("host_not_allowed")),
        FailureKind::Path => (404, INVALID, Some("unknown_url")),
        FailureKind::Lacking => (404, INVALID, Some("unsupported_endpoint")),
        FailureKind::Method => (405, INVALID, Some("method_not_supported")),
        FailureKind::TooSlow => (408, INVALID, Some("request_timeout")),
        FailureKind::TooLarge => (413, INVALID, Some("request_too_large")),
        FailureKind::ContentType => (415, INVALID, Some("unsupported_media_type")),
        FailureKind::Call(kind) => match kind {
            ErrorKind::InvalidRequest => (400, INVALID, None),
            ErrorKind::ContextLengthExceeded => (400, INVALID, Some("context_length_exceeded")),
            ErrorKind::ContentFiltered => (400, INVALID, Some("content_filter")),
            ErrorKind::Unsupported => (400, INVALID, Some("unsupported")),
            ErrorKind::Unauthorized => (401, "authentication_error", Some("provider_unauthorized")),
            ErrorKind::Forbidden => (403, PERMISSION, None),
            ErrorKind::Denied => (403, PERMISSION, Some("request_denied")),
            ErrorKind::NotFound => (404, INVALID, Some("model_not_found")),
            ErrorKind::RateLimited => (429, "rate_limit_error", Some("rate_limit_exceeded")),
            ErrorKind::QuotaExceeded => (429, "insufficient_quota", Some("insufficient_quota")),
            ErrorKind::Internal => (500, SERVER, Some("internal_error")),
            ErrorKind::Upstream => (502, SERVER, Some("upstream_error")),
            ErrorKind::Unreachable => (502, SERVER, Some("upstream_unreachable")),
            ErrorKind::Overloaded => (503, SERVER, Some("overloaded")),
            ErrorKind::Timeout => (504, SERVER, Some("timeout")),
        },
    };
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    (status, r#type, code)
}
