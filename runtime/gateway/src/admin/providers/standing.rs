//! Whether a provider takes calls.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::response::Response;
use serde::{Deserialize, Serialize};
use tidegate_host::Standing;
use utoipa::{IntoParams, ToSchema};

use crate::admin::answer;
use crate::admin::desk::Desk;
use crate::admin::refusal::{Failed, Refusal, RefusalKind};

/// How long calls under way are waited for, where nobody says how long.
const USUAL: f64 = 30.0;
/// And the longest: a client that waits longer has forgotten that it does.
const LONGEST: f64 = 3_600.0;

/// Whether a provider takes calls now.
#[derive(Serialize, ToSchema)]
pub struct Stands {
    /// The provider.
    provider: String,
    /// `enabled`, `draining` or `disabled`.
    state: &'static str,
    /// Calls under way.
    calls: usize,
}

/// How long to wait.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Patience {
    /// In seconds; 30 unless it is said, 3,600 at most.
    timeout: Option<f64>,
}

/// Lets a provider take calls again.
#[utoipa::path(
    post,
    path = "/admin/providers/{name}/enable",
    operation_id = "enable_provider",
    tag = "providers",
    security(("key" = [])),
    params(("name" = String, Path, description = "Its name in the configuration")),
    responses(
        (status = 200, description = "It takes calls", body = Stands),
        (status = 404, description = "There is none of this name", body = Failed)
    )
)]
pub async fn enable(desk: State<Arc<Desk>>, name: Path<String>) -> Result<Response, Refusal> {
    set(desk, name, Standing::Enabled)
}

/// Lets a provider take no calls: routes go on to their next target, and whoever asks for it by name
/// gets an error. Calls under way go on.
#[utoipa::path(
    post,
    path = "/admin/providers/{name}/disable",
    operation_id = "disable_provider",
    tag = "providers",
    security(("key" = [])),
    params(("name" = String, Path, description = "Its name in the configuration")),
    responses(
        (status = 200, description = "It takes no calls", body = Stands),
        (status = 404, description = "There is none of this name", body = Failed)
    )
)]
pub async fn disable(desk: State<Arc<Desk>>, name: Path<String>) -> Result<Response, Refusal> {
    set(desk, name, Standing::Disabled)
}

/// Lets a provider take no new calls, and waits for those under way. It takes calls again once it is
/// enabled.
#[utoipa::path(
    post,
    path = "/admin/providers/{name}/drain",
    operation_id = "drain_provider",
    tag = "providers",
    security(("key" = [])),
    params(("name" = String, Path, description = "Its name in the configuration"), Patience),
    responses(
        (status = 200, description = "How many calls are left: none, unless there was no more time", body = Stands),
        (status = 400, description = "The query makes no sense", body = Failed),
        (status = 404, description = "There is none of this name", body = Failed)
    )
)]
pub async fn drain(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    patience: Result<Query<Patience>, QueryRejection>,
) -> Result<Response, Refusal> {
    let wrong = |problem: String| {
        Refusal::new(RefusalKind::Request, problem).hint("`timeout=SECONDS` is known")
    };
    let Query(patience) = patience.map_err(|rejection| wrong(rejection.body_text()))?;
    let seconds = patience.timeout.unwrap_or(USUAL).min(LONGEST);
    let patience = Duration::try_from_secs_f64(seconds)
        .map_err(|_| wrong(format!("`timeout` is `{seconds}`, which is no time")))?;
    let draining = desk.runtime().drain(&name, patience);
    let calls = tokio::select! {
        calls = draining => calls?,
        // The process is about to stop, and does not wait for this.
        () = desk.stopped() => desk.runtime().provider(&name)?.calls(),
    };
    stands(&desk, name, Some(calls))
}

fn set(
    State(desk): State<Arc<Desk>>,
    Path(name): Path<String>,
    standing: Standing,
) -> Result<Response, Refusal> {
    desk.runtime().set_standing(&name, standing)?;
    tracing::info!(target: "tidegate::admin", provider = name, state = standing.name(), "an operator says");
    stands(&desk, name, None)
}

fn stands(desk: &Desk, name: String, calls: Option<usize>) -> Result<Response, Refusal> {
    let provider = desk.runtime().provider(&name)?;
    Ok(answer::json(&Stands {
        provider: name,
        state: provider.standing().name(),
        calls: calls.unwrap_or_else(|| provider.calls()),
    }))
}
