//! The figures as Prometheus reads them; the same as on the gateway's listener.

use std::sync::Arc;

use axum::body::Body;
use axum::extract::State;
use axum::response::Response;

use super::desk::Desk;
use crate::telemetry;

/// Requests, tokens, cost, latencies, breakers, limits: everything that is counted.
#[utoipa::path(
    get,
    path = "/metrics",
    operation_id = "metrics",
    tag = "process",
    security(("key" = [])),
    responses((status = 200, description = "The figures", body = String, content_type = "application/openmetrics-text"))
)]
pub async fn metrics(State(desk): State<Arc<Desk>>) -> Response {
    telemetry::page::answer(desk.gateway()).map(Body::new)
}
