//! The configuration, read again.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use super::answer;
use super::desk::Desk;
use super::program::Reloaded;
use super::refusal::{Failed, Refusal};

/// Reads the configuration again and applies it, whole or not at all.
#[utoipa::path(
    post,
    path = "/admin/reload",
    operation_id = "reload",
    tag = "process",
    security(("key" = [])),
    responses(
        (status = 200, description = "It is applied", body = Reloaded),
        (status = 422, description = "It is wrong, and the one before stays", body = Failed)
    )
)]
pub async fn reload(State(desk): State<Arc<Desk>>) -> Result<Response, Refusal> {
    let reloaded = desk.program.reload().await?;
    Ok(answer::json(&reloaded))
}
