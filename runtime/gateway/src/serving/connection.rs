//! One connection: HTTP/1 or HTTP/2, whichever the client begins with.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use http::Request;
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::conn::auto::Builder;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::patience::Patience;
use super::vigil::{Spawner, Verdict, Vigil};
use super::watched_body::WatchedBody;
use super::{Limits, RequestBody, Service};

/// The head of a request, headers and all. Official clients send less than 2 KiB.
const HEAD_BYTES: usize = 64 << 10;
/// How often an HTTP/2 client is asked whether it is still there, and how long it may take to say.
const PING: Duration = Duration::from_secs(30);
/// Requests at once on one HTTP/2 connection.
const STREAMS: u32 = 256;

/// Serves one connection to its end. When `draining` closes, requests under way are finished and no
/// more are taken.
pub async fn serve(
    limits: Arc<Limits>,
    service: impl Service,
    socket: TcpStream,
    mut draining: watch::Receiver<()>,
) {
    let (idle, unread) = (limits.header_timeout, limits.write_timeout);
    let vigil = Arc::new(Vigil::new(idle, unread));
    let mut builder = Builder::new(Spawner(vigil.clone()));
    builder
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(idle)
        .max_buf_size(HEAD_BYTES);
    builder
        .http2()
        .timer(TokioTimer::new())
        .keep_alive_interval(PING)
        .keep_alive_timeout(PING)
        .max_header_list_size(HEAD_BYTES as u32)
        .max_concurrent_streams(STREAMS);
    let answer = {
        let vigil = vigil.clone();
        move |request: Request<Incoming>| {
            let watched = vigil.begin(request.version());
            let unwanted = limits.unwanted;
            let answering = service
                .clone()
                .answer(request.map(|body| RequestBody::new(body, unwanted)));
            async move {
                let response = answering.await;
                Ok::<_, Infallible>(response.map(|body| WatchedBody::new(body, watched)))
            }
        }
    };
    let socket = TokioIo::new(Patience::new(socket, idle, unread));
    let connection = builder.serve_connection(socket, service_fn(answer));
    let mut connection = std::pin::pin!(connection);
    let mut check = std::pin::pin!(sleep_until(Instant::now() + idle.min(unread)));
    let (mut is_drained, mut is_watched, mut is_leaving) = (false, true, false);
    loop {
        tokio::select! {
            biased;
            ended = connection.as_mut() => {
                if let Err(error) = ended {
                    // A client that is gone, or one that speaks no HTTP.
                    tracing::debug!("a connection ended: {error}");
                }
                return;
            }
            _ = draining.changed(), if !is_drained => {
                is_drained = true;
                connection.as_mut().graceful_shutdown();
            }
            () = check.as_mut(), if is_watched => {
                let now = Instant::now();
                match vigil.check(now) {
                    Verdict::Wait(then) => check.as_mut().reset(then),
                    Verdict::Leave => is_watched = false,
                    Verdict::Unread(tasks) => {
                        tracing::debug!(answers = tasks.len(), "a client left answers unread");
                        // Dropped with its task, a stream is reset.
                        tasks.iter().for_each(AbortHandle::abort);
                        check.as_mut().reset(now + unread);
                    }
                    // What it was sent before is still unread.
                    Verdict::Idle if is_leaving => return,
                    Verdict::Idle => {
                        is_leaving = true;
                        connection.as_mut().graceful_shutdown();
                        check.as_mut().reset(now + unread);
                    }
                }
            }
        }
    }
}
