//! A vendor that speaks HTTP/2.

use std::convert::Infallible;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::stream::{self, StreamExt as _};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper::server::conn::http2::Builder;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::ServerConfig;
use tokio::sync::watch;
use tokio::task::AbortHandle;

use super::accept;

/// How long a wait may last before it fails the test.
const PATIENCE: Duration = Duration::from_secs(30);

/// What is said to a request.
#[derive(Clone)]
pub enum Reply {
    /// All of it.
    Whole(Bytes),
    /// This, and then nothing, for as long as somebody listens.
    Held(Bytes),
}

/// What the vendor has seen.
#[derive(Clone, Debug, Default)]
pub struct Seen {
    /// Connections accepted.
    pub connections: usize,
    /// Requests, by version, method and path.
    pub requests: Vec<String>,
    /// Answers that nobody listened to until their end.
    pub abandoned: usize,
}

/// A vendor that offers HTTP/2 and nothing else.
pub struct Http2 {
    address: SocketAddr,
    accepting: AbortHandle,
    seen: watch::Sender<Seen>,
}

impl Http2 {
    /// Answers by path.
    pub async fn start(
        mut tls: ServerConfig,
        reply: impl Fn(&str) -> Reply + Send + Sync + 'static,
    ) -> Http2 {
        tls.alpn_protocols = vec![b"h2".to_vec()];
        let seen = watch::Sender::new(Seen::default());
        let (journal, reply) = (seen.clone(), Arc::new(reply));
        let (address, accepting) = accept(tls, move |connection| {
            journal.send_modify(|seen| seen.connections += 1);
            let (journal, reply) = (journal.clone(), reply.clone());
            let service = service_fn(move |request: Request<Incoming>| {
                let (journal, reply) = (journal.clone(), reply.clone());
                async move {
                    let line = format!(
                        "{:?} {} {}",
                        request.version(),
                        request.method(),
                        request.uri().path()
                    );
                    let path = request.uri().path().to_owned();
                    // All of the request is read first, as a vendor does.
                    let _ = request.into_body().collect().await;
                    journal.send_modify(|seen| seen.requests.push(line));
                    Ok::<_, Infallible>(Response::new(body(reply(&path), journal)))
                }
            });
            async move {
                let connection = TokioIo::new(connection);
                // Ends when the client has gone.
                let _ = Builder::new(TokioExecutor::new())
                    // What vendors allow.
                    .max_concurrent_streams(100)
                    .serve_connection(connection, service)
                    .await;
            }
        })
        .await;
        Http2 {
            address,
            accepting,
            seen,
        }
    }

    /// The port that speaks TLS.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// What has been seen so far.
    pub fn seen(&self) -> Seen {
        self.seen.borrow().clone()
    }

    /// Waits until that much has been seen.
    pub async fn wait_until(&self, reached: impl FnMut(&Seen) -> bool) {
        let mut seen = self.seen.subscribe();
        let waiting = tokio::time::timeout(PATIENCE, seen.wait_for(reached));
        if !matches!(waiting.await, Ok(Ok(_))) {
            panic!("it was never seen: {:?}", self.seen());
        }
    }
}

impl Drop for Http2 {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

/// Says so when it is dropped.
struct Listened(watch::Sender<Seen>);

impl Drop for Listened {
    fn drop(&mut self) {
        self.0.send_modify(|seen| seen.abandoned += 1);
    }
}

fn body(reply: Reply, seen: watch::Sender<Seen>) -> BoxBody<Bytes, Infallible> {
    match reply {
        Reply::Whole(bytes) => Full::new(bytes).boxed(),
        Reply::Held(bytes) => {
            let listened = Listened(seen);
            let held = stream::once(async move { Ok(Frame::data(bytes)) })
                .chain(stream::pending())
                .map(move |frame| {
                    let _ = &listened;
                    frame
                });
            BodyExt::boxed(StreamBody::new(held))
        }
    }
}
