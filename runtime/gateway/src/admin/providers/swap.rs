//! Another version of a provider, and the way back.

use std::sync::Arc;

use axum::extract::{Path, Request, State};
use axum::response::Response;
use serde::Serialize;
use tidegate_host::Version;
use utoipa::ToSchema;

use super::summary::Numbered;
use crate::admin::answer;
use crate::admin::desk::Desk;
use crate::admin::refusal::{Failed, Refusal};
use crate::admin::upload::{self, Place, Wasm};

/// What a provider ran, and what it runs now.
#[derive(Serialize, ToSchema)]
pub struct Swapped {
    /// The provider.
    provider: String,
    /// Whether there is a difference; what runs already is not swapped in again.
    changed: bool,
    /// What it ran.
    old: Numbered,
    /// What new calls run on.
    new: Numbered,
}

impl Swapped {
    fn new(provider: String, old: &Version, new: &Version) -> Self {
        if old.number() != new.number() {
            tracing::info!(
                target: "tidegate::admin",
                provider,
                from = old.number(),
                to = new.number(),
                digest = %new.component().digest(),
                "an operator has changed the version"
            );
        }
        Swapped {
            provider,
            changed: old.number() != new.number(),
            old: Numbered::of(old),
            new: Numbered::of(new),
        }
    }
}

/// Makes a component the version that new calls run on. Calls under way end on theirs.
///
/// It stays until the configuration names another component than it does now, or somebody goes back.
#[utoipa::path(
    put,
    path = "/admin/providers/{name}",
    operation_id = "swap_provider",
    tag = "providers",
    security(("key" = [])),
    params(("name" = String, Path, description = "Its name in the configuration")),
    request_body(
        description = "The bytes of a component, or where it is",
        content((Place = "application/json"), (Wasm = "application/wasm"))
    ),
    responses(
        (status = 200, description = "It is swapped in", body = Swapped),
        (status = 400, description = "The body makes no sense", body = Failed),
        (status = 404, description = "There is no provider of this name", body = Failed),
        (status = 409, description = "It wants more than is granted, or does not fit the configuration", body = Failed),
        (status = 413, description = "The body is too large", body = Failed),
        (status = 415, description = "The body is neither of the two", body = Failed),
        (status = 422, description = "It is no component that can be a provider", body = Failed)
    )
)]
pub async fn swap(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    request: Request,
) -> Result<Response, Refusal> {
    // Before a body is waited for.
    desk.runtime().provider(&name)?;
    let component = upload::component(&desk, request).await?;
    let _swapping = desk.swapping.lock().await;
    let old = desk.runtime().provider(&name)?.version();
    let new = match old.component().digest() == component.digest() {
        true => old.clone(),
        false => desk.runtime().swap(&name, component)?,
    };
    Ok(answer::json(&Swapped::new(name, &old, &new)))
}

/// Goes back to the version before the last swap. A second one goes forth again.
#[utoipa::path(
    post,
    path = "/admin/providers/{name}/rollback",
    operation_id = "rollback_provider",
    tag = "providers",
    security(("key" = [])),
    params(("name" = String, Path, description = "Its name in the configuration")),
    responses(
        (status = 200, description = "It is back", body = Swapped),
        (status = 404, description = "There is no provider of this name", body = Failed),
        (status = 409, description = "There is nothing to go back to", body = Failed)
    )
)]
pub async fn rollback(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
) -> Result<Response, Refusal> {
    let _swapping = desk.swapping.lock().await;
    let old = desk.runtime().provider(&name)?.version();
    let new = desk.runtime().rollback(&name)?;
    Ok(answer::json(&Swapped::new(name, &old, &new)))
}
