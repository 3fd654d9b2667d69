//! Path and method to an endpoint of a dialect.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::routing::{MethodRouter, get, post};
use http::header::CONTENT_TYPE;
use http::{HeaderMap, Method, StatusCode, Uri};

use crate::anthropic::{self, Anthropic};
use crate::call::{Call, Dialect, JSON, Response, endpoint, refuse};
use crate::failure::{Failure, FailureKind};
use crate::openai::{self, OpenAi};
use crate::rerank::{self, Rerank};
use crate::shared::Shared;
use crate::telemetry;

/// All that can be asked for.
pub fn router(gateway: Arc<Shared>) -> Router {
    Router::new()
        .route(
            "/v1/chat/completions",
            post_to::<OpenAi, _>(openai::chat::handle),
        )
        .route(
            "/v1/responses",
            post_to::<OpenAi, _>(openai::responses::handle),
        )
        .route(
            "/v1/completions",
            post_to::<OpenAi, _>(openai::completions::handle),
        )
        .route(
            "/v1/embeddings",
            post_to::<OpenAi, _>(openai::embeddings::handle),
        )
        .route(
            "/v1/messages",
            post_to::<Anthropic, _>(anthropic::messages::handle),
        )
        .route(
            "/v1/messages/count_tokens",
            post_to::<Anthropic, _>(anthropic::count_tokens::handle),
        )
        .route(
            "/v1/models",
            get_in_either(openai::models::list, anthropic::models::list),
        )
        .route(
            "/v1/models/{*id}",
            get_in_either(openai::models::one, anthropic::models::one),
        )
        .route("/v1/rerank", post_to::<Rerank, _>(rerank::handle))
        .route("/v2/rerank", post_to::<Rerank, _>(rerank::handle))
        .route("/rerank", post_to::<Rerank, _>(rerank::handle))
        .route("/healthz", get(healthz))
        .route("/readyz", get(readyz))
        .route("/metrics", get(metrics))
        .fallback(unknown)
        .with_state(gateway)
}

/// An endpoint of a dialect for `POST`.
fn post_to<D, F>(handler: fn(Call) -> F) -> MethodRouter<Arc<Shared>>
where
    D: Dialect,
    F: Future<Output = Result<Response, Failure>> + Send + 'static,
{
    post(move |State(gateway), request: Request| endpoint::<D, F>(gateway, request, handler))
        .fallback(wrong_method::<D>)
}

/// An endpoint for `GET` that both dialects have at the same path. Anthropic's clients say so.
fn get_in_either<F, G>(openai: fn(Call) -> F, anthropic: fn(Call) -> G) -> MethodRouter<Arc<Shared>>
where
    F: Future<Output = Result<Response, Failure>> + Send + 'static,
    G: Future<Output = Result<Response, Failure>> + Send + 'static,
{
    get(async move |State(gateway), request: Request| {
        match anthropic::is_spoken(request.headers()) {
            true => endpoint::<Anthropic, G>(gateway, request, anthropic).await,
            false => endpoint::<OpenAi, F>(gateway, request, openai).await,
        }
    })
    .fallback(
        async |method: Method, uri: Uri, headers: HeaderMap| match anthropic::is_spoken(&headers) {
            true => wrong_method::<Anthropic>(method, uri, headers).await,
            false => wrong_method::<OpenAi>(method, uri, headers).await,
        },
    )
}

async fn wrong_method<D: Dialect>(method: Method, uri: Uri, headers: HeaderMap) -> Response {
    let message = format!("`{}` does not take `{method}`", uri.path());
    refuse::<D>(&headers, Failure::new(FailureKind::Method, message))
}

/// The dialect that most clients speak answers for paths that are nobody's, unless a client says that
/// it speaks the other.
async fn unknown(uri: Uri, headers: HeaderMap) -> Response {
    let path = uri.path();
    if let Some(failure) = anthropic::lacking(path) {
        return refuse::<Anthropic>(&headers, failure);
    }
    let failure = openai::lacking(path).unwrap_or_else(|| {
        let message = format!("there is nothing at `{path}`");
        Failure::new(FailureKind::Path, message)
    });
    match anthropic::is_spoken(&headers) {
        true => refuse::<Anthropic>(&headers, failure),
        false => refuse::<OpenAi>(&headers, failure),
    }
}

/// The process works.
async fn healthz() -> Response {
    plain(StatusCode::OK, r#"{"status":"ok"}"#)
}

/// It takes requests. A load balancer sends none to a gateway that is about to stop.
async fn readyz(State(gateway): State<Arc<Shared>>) -> Response {
    match gateway.draining.load(Ordering::Relaxed) {
        false => plain(StatusCode::OK, r#"{"status":"ready"}"#),
        true => plain(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"draining"}"#),
    }
}

/// Figures for Prometheus.
async fn metrics(State(gateway): State<Arc<Shared>>, uri: Uri, headers: HeaderMap) -> Response {
    telemetry::page::handle(&gateway, &uri, &headers)
}

fn plain(status: StatusCode, body: &'static str) -> Response {
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}
