//! Path and method to an endpoint, and the description of both: written once, so that neither has what
//! the other lacks.

use std::sync::Arc;

use axum::Router;
use axum::extract::{Request, State};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse as _, Response};
use http::{Method, Uri};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{Info, OpenApi, OpenApiBuilder};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::desk::Desk;
use super::refusal::{Refusal, RefusalKind};
use super::{answer, audit, calls, figures, health, keys, models, providers, reload};

/// What the key is called in the description.
const KEY: &str = "key";

/// All that can be asked for.
pub fn router(desk: Arc<Desk>) -> Router {
    described()
        .split_for_parts()
        .0
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(desk.clone(), authorise))
        .with_state(desk)
}

/// The description of the admin API, as OpenAPI.
pub fn openapi() -> OpenApi {
    let mut openapi = described().into_openapi();
    openapi.info = Info::new("Tidegate admin API", env!("CARGO_PKG_VERSION"));
    openapi.info.description =
        Some("What operators see of a gateway that runs, and what they do to it.".into());
    let scheme = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    openapi
        .components
        .get_or_insert_default()
        .add_security_scheme(KEY, scheme);
    openapi
}

fn described() -> OpenApiRouter<Arc<Desk>> {
    OpenApiRouter::with_openapi(OpenApiBuilder::new().build())
        .routes(routes!(health::healthz))
        .routes(routes!(health::readyz))
        .routes(routes!(figures::metrics))
        .routes(routes!(providers::list))
        .routes(routes!(providers::show, providers::swap))
        .routes(routes!(providers::rollback))
        .routes(routes!(providers::enable))
        .routes(routes!(providers::disable))
        .routes(routes!(providers::drain))
        .routes(routes!(calls::list))
        .routes(routes!(calls::end))
        .routes(routes!(audit::tail))
        .routes(routes!(models::list))
        .routes(routes!(keys::list))
        .routes(routes!(reload::reload))
        .routes(routes!(description))
}

/// This description.
#[utoipa::path(
    get,
    path = "/admin/openapi.json",
    operation_id = "openapi",
    tag = "process",
    security(("key" = [])),
    responses((status = 200, description = "The admin API, as OpenAPI 3.1", body = Object))
)]
async fn description() -> Response {
    answer::json(&openapi())
}

/// Nothing of `/admin/` is told to those without the key, not even what there is.
async fn authorise(State(desk): State<Arc<Desk>>, request: Request, next: Next) -> Response {
    if matches!(request.uri().path(), "/healthz" | "/readyz") {
        return next.run(request).await;
    }
    match desk.check_key(request.headers()) {
        Ok(()) => next.run(request).await,
        Err(refusal) => refusal.into_response(),
    }
}

async fn unknown(uri: Uri) -> Refusal {
    Refusal::new(
        RefusalKind::NotFound,
        format!("there is nothing at `{}`", uri.path()),
    )
    .hint("`GET /admin/openapi.json` says what there is")
}

async fn wrong_method(method: Method, uri: Uri) -> Refusal {
    let message = format!("`{}` does not take `{method}`", uri.path());
    Refusal::new(RefusalKind::Method, message).hint("`GET /admin/openapi.json` says what it takes")
}
