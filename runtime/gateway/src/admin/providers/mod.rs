//! Providers: what they are, and what is done to them.

mod swap;
mod standing;
mod detail;
mod summary;
mod limits;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::response::Response;
use serde::Serialize;
use utoipa::ToSchema;

use super::answer;
use super::desk::Desk;
use super::refusal::{Failed, Refusal};
use detail::Detail;
use summary::Summary;

// The descriptions that the macro makes beside each handler have to come along.
pub use standing::*;
pub use swap::*;

/// All providers.
#[derive(Serialize, ToSchema)]
pub struct Providers {
    providers: Vec<Summary>,
}

/// Lists the providers.
#[utoipa::path(
    get,
    path = "/admin/providers",
    operation_id = "list_providers",
    tag = "providers",
    security(("key" = [])),
    responses((status = 200, description = "All of them, by name", body = Providers))
)]
pub async fn list(State(desk): State<Arc<Desk>>) -> Response {
    let providers = desk.runtime().providers();
    answer::json(&Providers {
        providers: providers.map(|provider| Summary::of(&provider)).collect(),
    })
}

/// Shows all there is to know of a provider. Of secrets, that is their names and where they go.
#[utoipa::path(
    get,
    path = "/admin/providers/{name}",
    operation_id = "show_provider",
    tag = "providers",
    security(("key" = [])),
    params(("name" = String, Path, description = "Its name in the configuration")),
    responses(
        (status = 200, description = "The provider", body = Detail),
        (status = 404, description = "There is none of this name", body = Failed)
    )
)]
pub async fn show(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let provider = desk.runtime().provider(&name)?;
    Ok(answer::json(&Detail::of(&provider)))
}
