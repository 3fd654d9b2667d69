//! Where requests go, and what a failed one means
//! (<https://docs.cohere.com/reference/errors>).
//!
//! | status | differs from the table of all vendors |
//! |---|---|
//! | 429 with a limit per month | `quota-exceeded`: a trial key that is used up |
//! | 498 | `content-filtered`: a text with a word that is not allowed |

use serde::Deserialize;
use tidegate_guest::types::{Error, ErrorKind, HttpRequest};
use tidegate_guest::{Io, Response, Result};

use crate::describe::{BASE_URL, setting};
use crate::warnings::Warnings;

/// The URL of an endpoint.
pub fn endpoint(io: &Io, path: &str) -> String {
    let base = io.setting(setting::BASE_URL).unwrap_or(BASE_URL);
    format!("{}{path}", base.trim_end_matches('/'))
}

/// Sends a request. What the vendor remarks beside its answer joins the warnings.
pub async fn fetch(request: HttpRequest, warnings: &mut Warnings, io: &Io) -> Result<Response> {
    let response = io.fetch(request).await?;
    if !(200..300).contains(&response.status) {
        return Err(failure(&response));
    }
    if let Some(remark) = response.header("x-api-warning") {
        warnings.remark(remark);
    }
    Ok(response)
}

fn failure(response: &Response) -> Error {
    #[derive(Deserialize)]
    struct Body {
        error_type: Option<String>,
    }
    let mut error = response.error();
    match response.status {
        429 if error.message.contains("/ month") => error.kind = ErrorKind::QuotaExceeded,
        498 => error.kind = ErrorKind::ContentFiltered,
        _ => {}
    }
    if error.code.is_none() {
        let body: Option<Body> = serde_json::from_str(&response.text()).ok();
        error.code = body.and_then(|body| body.error_type);
    }
    error
}
