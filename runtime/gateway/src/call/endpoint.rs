//! A handler of a dialect, with all that has to be true before it runs and after it failed.

use std::sync::Arc;

use http::header::{CONTENT_TYPE, RETRY_AFTER};
use http::{HeaderMap, HeaderValue, StatusCode};
use tidegate_host::Attempts;

use super::{Call, Dialect, Request, RequestId, Response};
use crate::failure::Failure;
use crate::headers::{self, REQUEST_ID, RETRY_AFTER_MS, SHOULD_RETRY};
use crate::serving::AnswerBody;
use crate::shared::Shared;
use crate::telemetry::Entry;

/// What all whole answers are.
pub const JSON: HeaderValue = HeaderValue::from_static("application/json");

/// Runs a handler of a dialect for a request, if its sender may call.
pub async fn endpoint<D, F>(
    gateway: Arc<Shared>,
    request: Request,
    handler: impl FnOnce(Call) -> F,
) -> Response
where
    D: Dialect,
    F: Future<Output = Result<Response, Failure>>,
{
    let id = RequestId::of(request.headers());
    let attempts = Attempts::default();
    let entry = Entry::open(&gateway, &id, &attempts, &request);
    let admitted = Call::admit(
        gateway,
        id.clone(),
        attempts.clone(),
        entry.clone(),
        request,
    );
    let answered = match admitted {
        Ok(call) => handler(call).await,
        Err(failure) => Err(failure),
    };
    let mut response = finish::<D>(answered, &id);
    entry.answered(response.status());
    if let Some(cost) = attempts.cost().and_then(headers::cost) {
        response.headers_mut().insert(headers::COST, cost);
    }
    if let Some(attempts) = headers::attempts(&attempts.list()) {
        response.headers_mut().insert(headers::ATTEMPTS, attempts);
    }
    response
}

/// Says in the dialect what is wrong with a request that no handler is for.
pub fn refuse<D: Dialect>(request: &HeaderMap, failure: Failure) -> Response {
    finish::<D>(Err(failure), &RequestId::of(request))
}

fn finish<D: Dialect>(answered: Result<Response, Failure>, id: &RequestId) -> Response {
    let mut response = answered.unwrap_or_else(|failure| {
        // Not the message: it may quote the request.
        tracing::debug!(request_id = id.as_str(), kind = ?failure.kind, parameter = failure.parameter);
        failed::<D>(&failure, id)
    });
    let headers = response.headers_mut();
    headers.insert(REQUEST_ID, id.header());
    if let Some(name) = D::id_header() {
        headers.insert(name, id.header());
    }
    response
}

fn failed<D: Dialect>(failure: &Failure, id: &RequestId) -> Response {
    let (status, body) = D::failure(failure, id);
    let mut response = Response::new(AnswerBody::from(body));
    *response.status_mut() = status;
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, JSON);
    if let Some(after) = failure.retry_after {
        // Whole seconds, and never too early.
        let seconds = after.as_millis().div_ceil(1000);
        headers.insert(RETRY_AFTER, number(seconds));
        headers.insert(RETRY_AFTER_MS, number(after.as_millis()));
    }
    if is_retried(status) && !failure.is_retryable {
        headers.insert(SHOULD_RETRY, HeaderValue::from_static("false"));
    }
    response
}

/// What official clients try again unless they are told not to.
fn is_retried(status: StatusCode) -> bool {
    status.is_server_error() || matches!(status.as_u16(), 408 | 409 | 429)
}

fn number(number: u128) -> HeaderValue {
    HeaderValue::from(u64::try_from(number).unwrap_or(u64::MAX))
}
