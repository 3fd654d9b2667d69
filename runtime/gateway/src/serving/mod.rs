//! Sockets: accepted, counted, bounded in time, and let go in order at the end.

mod connection;
mod request_body;
mod crowded;
mod preface;
mod patience;

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::shared::Shared;

/// How long to wait after a failed `accept`, which usually means that the process has no file
/// descriptors left.
const RESPITE: Duration = Duration::from_millis(50);
/// How many connections past the cap may be told so at once; those beyond are closed unheard.
const TURNED_AWAY: usize = 64;

/// Serves until `shutdown`, then until all connections have ended or `drain` is over.
pub async fn serve(
    gateway: Arc<Shared>,
    router: Router,
    listener: TcpListener,
    shutdown: impl Future<Output = ()>,
) {
    let places = Arc::new(Semaphore::new(
        gateway.config.connections.min(Semaphore::MAX_PERMITS),
    ));
    let turning_away = Arc::new(Semaphore::new(TURNED_AWAY));
    let (drain, draining) = watch::channel(());
    let mut connections = JoinSet::new();
    let mut shutdown = std::pin::pin!(shutdown);
    loop {
        let socket = tokio::select! {
            biased;
            () = &mut shutdown => break,
            // Keeps the set from growing with every connection that has ended.
            Some(_) = connections.join_next() => continue,
            socket = accept(&listener) => socket,
        };
        if let Ok(place) = places.clone().try_acquire_owned() {
            let counted = gateway.clone();
            let serving =
                connection::serve(gateway.clone(), router.clone(), socket, draining.clone());
            connections.spawn(async move {
                let _open = counted.telemetry.connection();
                serving.await;
                drop(place);
            });
        } else if let Ok(place) = turning_away.clone().try_acquire_owned() {
            connections.spawn(async move {
                crowded::turn_away(socket).await;
                drop(place);
            });
        }
    }
    drop(listener);
    gateway.draining.store(true, Ordering::Relaxed);
    drop(drain);
    let ending = async { while connections.join_next().await.is_some() {} };
    if tokio::time::timeout(gateway.config.drain, ending)
        .await
        .is_err()
    {
        tracing::warn!(
            "requests that did not end within {:?} (`gateway.drain`) are cut off",
            gateway.config.drain
        );
        connections.shutdown().await;
    }
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
