//! One connection: HTTP/1 or HTTP/2, whichever the client begins with.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use http::{Request, Response};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tower_service::Service as _;

use super::patience::Patience;
use super::request_body::RequestBody;
use crate::cors::Cors;
use crate::shared::Shared;

/// The head of a request, headers and all. Official clients send less than 2 KiB.
const HEAD_BYTES: usize = 64 << 10;
/// How often an HTTP/2 client is asked whether it is still there, and how long it may take to say.
const PING: Duration = Duration::from_secs(30);
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 256;

/// Serves one connection to its end. When `draining` closes, requests under way are finished and no
/// more are taken.
pub async fn serve(
    gateway: Arc<Shared>,
    router: Router,
    socket: TcpStream,
    mut draining: watch::Receiver<()>,
) {
    let config = &gateway.config;
    let mut builder = Builder::new(TokioExecutor::new());
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(config.header_timeout)
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_header_list_size(HEAD_BYTES as u32)
        .max_concurrent_streams(STREAMS);
    let socket = Patience::new(socket, config.header_timeout, config.write_timeout);
    let shared = gateway.clone();
    let service = service_fn(move |request| answer(shared.clone(), router.clone(), request));
    let connection = builder.serve_connection(TokioIo::new(socket), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => ended,
        _ = draining.changed() => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        // A client that is gone, or one that speaks no HTTP.
        tracing::debug!("a connection ended: {error}");
    }
}

async fn answer(
    gateway: Arc<Shared>,
    mut router: Router,
    request: Request<Incoming>,
) -> Result<Response<Body>, Infallible> {
    let origin = gateway.cors.allowed(request.headers());
    let preflight = match origin {
        Some(_) => Cors::preflight(request.method(), request.headers()),
        None => None,
    };
    let mut response = match preflight {
        Some(response) => response,
        None => {
            let limit = gateway.config.body_limit;
            let request = request.map(|body| RequestBody::new(body, limit));
            router.call(request).await?
        }
    };
    if let Some(origin) = origin {
        Cors::allow(origin, response.headers_mut());
    }
    Ok(response)
}
