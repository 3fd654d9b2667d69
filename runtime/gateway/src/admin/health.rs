//! For whoever watches the process; the same as on the gateway's listener.

use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::desk::Desk;

/// How the process is.
#[derive(Serialize, ToSchema)]
pub struct Status {
    /// `ok`, `ready` or `draining`.
    status: &'static str,
}

/// Whether the process works.
#[utoipa::path(
    get,
    path = "/healthz",
    operation_id = "healthz",
    tag = "process",
    responses((status = 200, description = "It does", body = Status))
)]
pub async fn healthz() -> Response {
    answer::json(&Status { status: "ok" })
}

/// Whether the gateway takes requests.
#[utoipa::path(
    get,
    path = "/readyz",
    operation_id = "readyz",
    tag = "process",
    responses(
        (status = 200, description = "It does", body = Status),
        (status = 503, description = "It is about to stop", body = Status)
    )
)]
pub async fn readyz(State(desk): State<Arc<Desk>>) -> Response {
    match desk.gateway().draining.load(Relaxed) {
        false => answer::json(&Status { status: "ready" }),
        true => {
            let mut response = answer::json(&Status { status: "draining" });
            *response.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
            response
        }
    }
}
