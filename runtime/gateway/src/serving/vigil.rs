//! Watches over an HTTP/2 connection: one on which nothing is asked, or whose client leaves an answer
//! unread, is not kept for ever.
//!
//! Over HTTP/1 the socket itself shows both (see `patience.rs`). An HTTP/2 client may keep the socket
//! moving with pings while it asks for nothing, or gives an answer no window to be sent in; and a body
//! for which there is no window is not even polled, so no timer within it would run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Version;
use slab::Slab;
use tokio::time::Instant;

/// What is known of one connection.
pub struct Vigil {
    idle: Duration,
    unread: Duration,
    seen: Mutex<Seen>,
}

struct Seen {
    http1: bool,
    /// The requests under way. Of those whose answer waits to be taken, since when.
    requests: Slab<Option<Instant>>,
    /// When the last of them ended.
    ended: Instant,
}

/// What is to be done about a connection.
#[derive(Debug, PartialEq)]
pub enum Verdict {
    /// Nothing before then.
    Wait(Instant),
    /// Nothing ever: its protocol needs no watching.
    Leave,
    /// Its client asks for nothing.
    Idle,
    /// Its client leaves an answer unread.
    Unread,
}

impl Vigil {
    /// `idle` is how long a client may ask for nothing, `unread` how long it may leave an answer.
    pub fn new(idle: Duration, unread: Duration) -> Self {
        Vigil {
            idle,
            unread,
            seen: Mutex::new(Seen {
                http1: false,
                requests: Slab::new(),
                ended: Instant::now(),
            }),
        }
    }

    /// A request has come. `None`: it is not watched.
    pub fn begin(self: &Arc<Self>, version: Version) -> Option<Watched> {
        let mut seen = self.seen();
        if version != Version::HTTP_2 {
            seen.http1 = true;
            return None;
        }
        Some(Watched {
            key: seen.requests.insert(None),
            vigil: self.clone(),
        })
    }

    pub fn check(&self, now: Instant) -> Verdict {
        let seen = self.seen();
        if seen.http1 {
            return Verdict::Leave;
        }
        if seen.requests.is_empty() {
            let due = seen.ended + self.idle;
            return match due <= now {
                true => Verdict::Idle,
                false => Verdict::Wait(due),
            };
        }
        let waiting = seen.requests.iter().filter_map(|(_, since)| *since).min();
        match waiting.map(|since| since + self.unread) {
            Some(due) if due <= now => Verdict::Unread,
            Some(due) => Verdict::Wait(due),
            None => Verdict::Wait(now + self.unread.min(self.idle)),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A request under way, until it is dropped.
pub struct Watched {
    vigil: Arc<Vigil>,
    key: usize,
}

impl Watched {
    /// Something waits to be taken by the client since now, or nothing does.
    pub fn waits(&self, waits: bool) {
        let since = waits.then(Instant::now);
        if let Some(entry) = self.vigil.seen().requests.get_mut(self.key) {
            *entry = since;
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        let mut seen = self.vigil.seen();
        seen.requests.try_remove(self.key);
        seen.ended = Instant::now();
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    const IDLE: Duration = Duration::from_secs(60);
    const UNREAD: Duration = Duration::from_secs(20);

    #[test]
    fn a_connection_without_requests_is_idle_in_time() {
        let vigil = Arc::new(Vigil::new(IDLE, UNREAD));
        let now = Instant::now();
        assert!(matches!(vigil.check(now), Verdict::Wait(due) if due <= now + IDLE));
        assert_eq!(vigil.check(now + IDLE), Verdict::Idle);
        let request = vigil.begin(Version::HTTP_2).unwrap();
        assert!(matches!(vigil.check(now + IDLE), Verdict::Wait(_)));
        drop(request);
        assert_eq!(vigil.check(Instant::now() + IDLE), Verdict::Idle);
    }

    #[test]
    fn an_answer_that_nobody_takes_is_unread_and_one_that_is_still_made_is_not() {
        let vigil = Arc::new(Vigil::new(IDLE, UNREAD));
        let request = vigil.begin(Version::HTTP_2).unwrap();
        request.waits(true);
        let later = Instant::now() + UNREAD;
        assert_eq!(vigil.check(later), Verdict::Unread);
        request.waits(false);
        assert!(matches!(vigil.check(later), Verdict::Wait(_)));
    }

    #[test]
    fn http1_is_left_alone() {
        let vigil = Arc::new(Vigil::new(IDLE, UNREAD));
        assert!(vigil.begin(Version::HTTP_11).is_none());
        assert_eq!(vigil.check(Instant::now() + IDLE), Verdict::Leave);
    }
}
