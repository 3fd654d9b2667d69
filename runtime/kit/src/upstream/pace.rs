//! Keeps the writes on a connection apart, by waiting until the peer has read one before sending
//! the next.

use std::net::SocketAddr;
use std::sync::OnceLock;
use std::time::{Duration, Instant};

use tokio::net::TcpStream;

use super::receive_queue::ReceiveQueue;

/// How long one write waits for a peer that does not read. Reading takes microseconds, but a
/// machine that compiles guests next to the test may not schedule the reader for a while.
const PATIENCE: Duration = Duration::from_secs(1);

/// How often to look before resting between looks. A reader that is awake needs a few.
const EAGER_LOOKS: usize = 200;

/// The finest rest that tokio's timer knows.
const REST: Duration = Duration::from_millis(1);

/// How often to yield where there is nothing to look at.
const BLIND_YIELDS: usize = 20;

/// The pace of one connection.
pub(super) struct Pace {
    ends: Option<(SocketAddr, SocketAddr)>,
    /// Opened when there is first a need to look: most answers are one write.
    queue: OnceLock<Option<ReceiveQueue>>,
    written: u64,
    given_up: bool,
}

impl Pace {
    /// The pace of a connection on which nothing has been written.
    pub(super) fn of(stream: &TcpStream) -> Pace {
        // A connection that is reset already has no addresses, and nobody who reads.
        let ends = stream.peer_addr().ok().zip(stream.local_addr().ok());
        Pace {
            ends,
            queue: OnceLock::new(),
            written: 0,
            given_up: false,
        }
    }

    /// Counts what was written; every write has to come by here.
    pub(super) fn wrote(&mut self, length: usize) {
        self.written += length as u64;
    }

    /// Waits until the peer has read all that was written, as far as that can be known.
    pub(super) async fn until_read(&mut self) {
        if self.given_up {
            return;
        }
        let open = || {
            self.ends
                .and_then(|(peer, own)| ReceiveQueue::of(peer, own))
        };
        let Some(queue) = self.queue.get_or_init(open) else {
            return yield_blindly().await;
        };
        let begun = Instant::now();
        for look in 0.. {
            // Also before the first look, so that a peer on a busy machine gets its turn.
            if look < EAGER_LOOKS {
                tokio::task::yield_now().await;
            } else {
                tokio::time::sleep(REST).await;
            }
            match queue.has_been_read(self.written) {
                Some(true) => return,
                Some(false) if begun.elapsed() < PATIENCE => continue,
                Some(false) => break,
                None => return yield_blindly().await,
            }
        }
        self.given_up = true;
    }
}

async fn yield_blindly() {
    for _ in 0..BLIND_YIELDS {
        tokio::task::yield_now().await;
    }
}
