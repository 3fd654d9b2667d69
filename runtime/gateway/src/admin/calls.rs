//! Calls under way.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use tidegate_host::LiveCall;
use utoipa::ToSchema;

use super::answer::{self, milliseconds};
use super::desk::Desk;
use super::refusal::{Failed, Refusal, RefusalKind};

/// All calls under way.
#[derive(Serialize, ToSchema)]
pub struct Calls {
    /// Oldest first.
    calls: Vec<Call>,
}

/// A call under way.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Call {
    /// Names it for as long as it lives.
    id: u64,
    /// What its caller calls it.
    request_id: String,
    /// The provider.
    provider: String,
    /// The number of the version that it runs on.
    version: u64,
    /// The vendor's name of the model; empty for operations without one.
    model: String,
    /// `chat`, `embed`, …
    operation: &'static str,
    /// How long it has been under way.
    age_ms: u64,
    /// Events, or other outputs, that its caller has taken.
    events: u64,
}

impl From<LiveCall> for Call {
    fn from(call: LiveCall) -> Self {
        Call {
            id: call.id,
            request_id: call.request_id.to_string(),
            provider: call.provider.to_string(),
            version: call.version,
            model: call.model.to_string(),
            operation: call.operation,
            age_ms: milliseconds(call.age),
            events: call.outputs,
        }
    }
}

/// Lists the calls under way.
#[utoipa::path(
    get,
    path = "/admin/calls",
    operation_id = "list_calls",
    tag = "calls",
    security(("key" = [])),
    responses((status = 200, description = "All of them, oldest first", body = Calls))
)]
pub async fn list(State(desk): State<Arc<Desk>>) -> Response {
    let calls = desk.runtime().live_calls();
    answer::json(&Calls {
        calls: calls.into_iter().map(Call::from).collect(),
    })
}

/// Ends a call: its caller gets an error, and its upstream hears no more of it.
#[utoipa::path(
    delete,
    path = "/admin/calls/{id}",
    operation_id = "end_call",
    tag = "calls",
    security(("key" = [])),
    params(("id" = u64, Path, description = "As in the list")),
    responses(
        (status = 200, description = "It has ended; this is what it was", body = Call),
        (status = 404, description = "There is none of this number", body = Failed)
    )
)]
pub async fn end(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
) -> Result<Response, Refusal> {
    let ended = match id.parse() {
        Ok(id) => desk.runtime().end_call(id).await,
        Err(_) => None,
    };
    let call = ended.ok_or_else(|| {
        let message = format!("no call `{}` is under way", id.escape_debug());
        Refusal::new(RefusalKind::NotFound, message).hint("`GET /admin/calls` lists those that are")
    })?;
    tracing::info!(target: "tidegate::admin", provider = %call.provider, request_id = %call.request_id, "an operator has ended a call");
    Ok(answer::json(&Call::from(call)))
}
