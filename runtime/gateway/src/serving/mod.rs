//! Sockets: accepted, counted, bounded in time, and let go in order at the end.

mod hands;
mod crew;
mod connection;
mod watched_body;
mod vigil;
mod request_body;
mod answer_body;
mod crowded;
mod preface;
mod patience;

use std::sync::Arc;
use std::time::Duration;

use http::{Request, Response};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};

pub use answer_body::AnswerBody;
pub use request_body::RequestBody;

use hands::Hands;

/// How long to wait after a failed `accept`, which usually means that the process has no file
/// descriptors left.
const RESPITE: Duration = Duration::from_millis(50);
/// How long cutting off may take: a guest that does not yield keeps its thread for some milliseconds.
const CUTTING: Duration = Duration::from_secs(1);
/// How many connections past the cap may be told so at once; those beyond are closed unheard.
const TURNED_AWAY: usize = 64;

/// What answers requests.
pub trait Service: Clone + Send + Sync + 'static {
    /// Answers one. Dropped when the client is gone.
    fn answer(
        self,
        request: Request<RequestBody>,
    ) -> impl Future<Output = Response<AnswerBody>> + Send + 'static;

    /// A connection is open for as long as what this gives is held.
    fn connected(&self) -> impl Send + 'static {}

    /// Told to stop: no connection is accepted any more, what is under way ends.
    fn draining(&self) {}
}

/// What clients are held to.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Connections at once.
    pub connections: usize,
    /// Threads of their own that serve connections; 0: the runtime of the caller.
    pub threads: usize,
    /// How long a request's head may take, and how long a connection may be idle.
    pub header_timeout: Duration,
    /// How long an answer may be left unread.
    pub write_timeout: Duration,
    /// How much of a body that nobody wants is read, in bytes.
    pub unwanted: usize,
    /// How long what is under way may take when told to stop.
    pub drain: Duration,
}

/// Serves until `shutdown`, then until all connections have ended or `drain` is over.
pub async fn serve(
    limits: Limits,
    service: impl Service,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    let limits = Arc::new(limits);
    let places = Arc::new(Semaphore::new(
        limits.connections.min(Semaphore::MAX_PERMITS),
    ));
    let turning_away = Arc::new(Semaphore::new(TURNED_AWAY));
    let (drain, draining) = watch::channel(());
    let mut hands = Hands::new(limits.threads)?;
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let socket = tokio::select! {
            biased;
            () = &mut shutdown => break,
            // Keeps the list from growing with every connection that has ended.
            () = hands.tidy() => continue,
            socket = accept(&listener) => socket,
        };
        if let Ok(place) = places.clone().try_acquire_owned() {
            let (limits, service) = (limits.clone(), service.clone());
            let draining = draining.clone();
            hands.give(socket, move |socket| async move {
                let _open = service.connected();
                connection::serve(limits, service, socket, draining).await;
                drop(place);
            });
        } else if let Ok(place) = turning_away.clone().try_acquire_owned() {
            hands.give(socket, move |socket| async move {
                crowded::turn_away(socket).await;
                drop(place);
            });
        }
    }
    drop(listener);
    service.draining();
    drop(drain);
    if tokio::time::timeout(limits.drain, hands.finish())
        .await
        .is_err()
    {
        tracing::warn!(
            "requests that did not end within {:?} (`gateway.drain`) are cut off",
            limits.drain
        );
        // What is cut off is counted and logged when it is dropped.
        let _ = tokio::time::timeout(CUTTING, hands.cut()).await;
    }
    Ok(())
}

/// The next socket, whatever goes wrong with others.
async fn accept(listener: &TcpListener) -> TcpStream {
    loop {
        match listener.accept().await {
            Ok((socket, _)) => {
                // Small writes wait for nothing: a chunk would be held back for 40 ms otherwise. A
                // socket that is gone already says so again when it is read.
                let _ = socket.set_nodelay(true);
                return socket;
            }
            Err(error) => {
                tracing::warn!("cannot accept a connection: {error}");
                tokio::time::sleep(RESPITE).await;
            }
        }
    }
}
