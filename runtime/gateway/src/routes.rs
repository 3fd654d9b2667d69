//! Path and method to an endpoint of a dialect.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use http::header::{ALLOW, CONTENT_LENGTH, CONTENT_TYPE};
use http::{HeaderValue, Method, StatusCode};
use http_body::Body as _;
use tidegate_host::Attempts;

use crate::anthropic::{self, Anthropic};
use crate::call::{Call, Dialect, JSON, Request, RequestId, Response, endpoint, refuse};
use crate::cors::Cors;
use crate::failure::{Failure, FailureKind};
use crate::openai::{self, OpenAi};
use crate::rerank::{self, Rerank};
use crate::serving::{AnswerBody, Service};
use crate::shared::Shared;
use crate::telemetry::{Connection, Entry, page};

/// A request being answered. Boxed: which endpoint it is for is known only now, and the largest of
/// them would be copied about for all.
type Answering = Pin<Box<dyn Future<Output = Response> + Send>>;

/// All that can be asked for.
#[derive(Clone)]
pub struct Routes(pub Arc<Shared>);

impl Service for Routes {
    fn answer(self, request: Request) -> impl Future<Output = Response> + Send + 'static {
        let wants_head = *request.method() == Method::HEAD;
        let origin = self.0.cors.allowed(request.headers());
        let preflight = match origin {
            Some(_) => Cors::preflight(request.method(), request.headers()),
            None => None,
        };
        let answering = match preflight {
            Some(response) => Err(response),
            None => Ok(route(&self.0, request)),
        };
        async move {
            let mut response = match answering {
                Ok(answering) => answering.await,
                Err(response) => response,
            };
            if let Some(origin) = origin {
                Cors::allow(origin, response.headers_mut());
            }
            match wants_head {
                true => head_of(response),
                false => response,
            }
        }
    }

    fn connected(&self) -> impl Send + 'static {
        Connection::open(&self.0)
    }

    fn draining(&self) {
        self.0.draining.store(true, Ordering::Relaxed);
    }
}

fn route(gateway: &Arc<Shared>, request: Request) -> Answering {
    match request.uri().path() {
        "/v1/chat/completions" => post::<OpenAi, _>(gateway, request, openai::chat::handle),
        "/v1/responses" => post::<OpenAi, _>(gateway, request, openai::responses::handle),
        "/v1/responses/input_tokens" => {
            post::<OpenAi, _>(gateway, request, openai::responses::count)
        }
        "/v1/completions" => post::<OpenAi, _>(gateway, request, openai::completions::handle),
        "/v1/embeddings" => post::<OpenAi, _>(gateway, request, openai::embeddings::handle),
        "/v1/messages" => post::<Anthropic, _>(gateway, request, anthropic::messages::handle),
        "/v1/messages/count_tokens" => {
            post::<Anthropic, _>(gateway, request, anthropic::count_tokens::handle)
        }
        "/v1/models" => get(
            gateway,
            request,
            openai::models::list,
            anthropic::models::list,
        ),
        "/v1/rerank" | "/v2/rerank" | "/rerank" => {
            post::<Rerank, _>(gateway, request, rerank::handle)
        }
        "/healthz" if is_read(&request) => ready(healthz()),
        "/readyz" if is_read(&request) => ready(readyz(gateway)),
        "/metrics" if is_read(&request) => ready(page::handle(gateway, &request)),
        "/healthz" | "/readyz" | "/metrics" => refused(
            gateway,
            &request,
            wrong_method::<OpenAi>(&request, "GET, HEAD"),
        ),
        path if is_model(path) => get(
            gateway,
            request,
            openai::models::one,
            anthropic::models::one,
        ),
        _ => refused(gateway, &request, unknown(&request)),
    }
}

fn is_model(path: &str) -> bool {
    let id = path.strip_prefix("/v1/models/");
    id.is_some_and(|id| !id.is_empty())
}

fn is_read(request: &Request) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
}

/// An endpoint of a dialect for `POST`.
fn post<D, F>(gateway: &Arc<Shared>, request: Request, handler: fn(Call) -> F) -> Answering
where
    D: Dialect,
    F: Future<Output = Result<Response, Failure>> + Send + 'static,
{
    match *request.method() {
        Method::POST => Box::pin(endpoint::<D, F>(gateway.clone(), request, handler)),
        _ => refused(gateway, &request, wrong_method::<D>(&request, "POST")),
    }
}

/// An endpoint for `GET` that both dialects have at the same path. Anthropic's clients say so.
fn get<F, G>(
    gateway: &Arc<Shared>,
    request: Request,
    openai: fn(Call) -> F,
    anthropic: fn(Call) -> G,
) -> Answering
where
    F: Future<Output = Result<Response, Failure>> + Send + 'static,
    G: Future<Output = Result<Response, Failure>> + Send + 'static,
{
    let is_anthropic = anthropic::is_spoken(request.headers());
    match (is_read(&request), is_anthropic) {
        (true, true) => Box::pin(endpoint::<Anthropic, G>(
            gateway.clone(),
            request,
            anthropic,
        )),
        (true, false) => Box::pin(endpoint::<OpenAi, F>(gateway.clone(), request, openai)),
        (false, true) => refused(
            gateway,
            &request,
            wrong_method::<Anthropic>(&request, "GET, HEAD"),
        ),
        (false, false) => refused(
            gateway,
            &request,
            wrong_method::<OpenAi>(&request, "GET, HEAD"),
        ),
    }
}

fn ready(response: Response) -> Answering {
    Box::pin(std::future::ready(response))
}

/// What no handler is for is told of like other requests.
fn refused(gateway: &Arc<Shared>, request: &Request, response: Response) -> Answering {
    let id = RequestId::of(response.headers());
    let entry = Entry::open(gateway, &id, &Attempts::default(), request);
    entry.answered(response.status());
    ready(response)
}

fn wrong_method<D: Dialect>(request: &Request, right: &'static str) -> Response {
    let (path, method) = (request.uri().path(), request.method());
    let message = format!("`{path}` does not take `{method}`");
    let failure = Failure::new(FailureKind::Method, message);
    let mut response = refuse::<D>(request.headers(), failure);
    let headers = response.headers_mut();
    headers.insert(ALLOW, HeaderValue::from_static(right));
    response
}

/// The dialect that most clients speak answers for paths that are nobody's, unless a client says that
/// it speaks the other.
fn unknown(request: &Request) -> Response {
    let (path, headers) = (request.uri().path(), request.headers());
    if let Some(failure) = anthropic::lacking(path) {
        return refuse::<Anthropic>(headers, failure);
    }
    let failure = openai::lacking(path).unwrap_or_else(|| {
        let message = format!("there is nothing at `{path}`");
        Failure::new(FailureKind::Path, message)
    });
    match anthropic::is_spoken(headers) {
        true => refuse::<Anthropic>(headers, failure),
        false => refuse::<OpenAi>(headers, failure),
    }
}

/// The answer to `HEAD`. Over HTTP/2 nobody else leaves the body out.
fn head_of(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    if let Some(length) = body.size_hint().exact() {
        head.headers.insert(CONTENT_LENGTH, length.into());
    }
    Response::from_parts(head, AnswerBody::default())
}

/// The process works.
fn healthz() -> Response {
    plain(StatusCode::OK, r#"{"status":"ok"}"#)
}

/// It takes requests. A load balancer sends none to a gateway that is about to stop.
fn readyz(gateway: &Shared) -> Response {
    match gateway.draining.load(Ordering::Relaxed) {
        false => plain(StatusCode::OK, r#"{"status":"ready"}"#),
        true => plain(StatusCode::SERVICE_UNAVAILABLE, r#"{"status":"draining"}"#),
    }
}

fn plain(status: StatusCode, body: &'static str) -> Response {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, JSON);
    response
}
