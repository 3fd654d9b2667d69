//! Watches over an HTTP/2 connection: one on which nothing is asked is not kept for ever, nor is an answer
//! on it that its client leaves unread. Only that answer ends: behind a proxy, the others on the same
//! connection are other people's.
//!
//! Over HTTP/1 the socket itself shows both (see `patience.rs`). An HTTP/2 client may keep the socket
//! moving with pings while it asks for nothing, or gives an answer no window to be sent in; and a body
//! for which there is no window is not even polled, so no timer within it would run.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use http::Version;
use hyper::rt::Executor;
use slab::Slab;
use tokio::task::AbortHandle;
use tokio::time::Instant;

/// What is known of one connection.
pub struct Vigil {
    idle: Duration,
    unread: Duration,
    seen: Mutex<Seen>,
}

struct Seen {
    http1: bool,
    requests: Slab<Asked>,
    /// The one that has just begun, and whose task is still to be spawned.
    begun: Option<usize>,
    /// When the last of them ended.
    ended: Instant,
}

/// A request under way.
#[derive(Default)]
struct Asked {
    /// Since when its answer waits to be taken, where it does.
    waiting: Option<Instant>,
    /// What answers it.
    task: Option<AbortHandle>,
}

/// What is to be done about a connection.
#[derive(Debug)]
pub enum Verdict {
    /// Nothing before then.
    Wait(Instant),
    /// Nothing ever: its protocol needs no watching.
    Leave,
    /// Its client asks for nothing.
    Idle,
    /// Its client leaves these answers unread.
    Unread(Vec<AbortHandle>),
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
                begun: None,
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
        let key = seen.requests.insert(Asked::default());
        seen.begun = Some(key);
        Some(Watched {
            key,
            vigil: self.clone(),
        })
    }

    /// The task of the request that has just begun is spawned.
    fn spawned(&self, task: AbortHandle) {
        let mut seen = self.seen();
        let begun = seen.begun.take();
        if let Some(asked) = begun.and_then(|key| seen.requests.get_mut(key)) {
            asked.task = Some(task);
        }
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
        let due = |asked: &Asked| Some(asked.waiting? + self.unread);
        let dues = seen.requests.iter().filter_map(|(_, asked)| due(asked));
        match dues.min() {
            Some(first) if first <= now => {
                let unread = seen.requests.iter().map(|(_, asked)| asked);
                let unread = unread.filter(|asked| due(asked).is_some_and(|due| due <= now));
                Verdict::Unread(unread.filter_map(|asked| asked.task.clone()).collect())
            }
            Some(first) => Verdict::Wait(first),
            None => Verdict::Wait(now + self.unread.min(self.idle)),
        }
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Spawns what answers the requests of a connection, and remembers which task is whose: a request is
/// handed to its service, and then to this, before the next one is.
#[derive(Clone)]
pub struct Spawner(pub Arc<Vigil>);

impl<F> Executor<F> for Spawner
where
    F: Future + Send + 'static,
    F::Output: Send,
{
    fn execute(&self, answering: F) {
        self.0.spawned(tokio::spawn(answering).abort_handle());
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
        if let Some(asked) = self.vigil.seen().requests.get_mut(self.key) {
            asked.waiting = since;
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
        assert!(matches!(vigil.check(now + IDLE), Verdict::Idle));
        let request = vigil.begin(Version::HTTP_2).unwrap();
        assert!(matches!(vigil.check(now + IDLE), Verdict::Wait(_)));
        drop(request);
        assert!(matches!(vigil.check(Instant::now() + IDLE), Verdict::Idle));
    }

    #[tokio::test]
    async fn an_answer_that_nobody_takes_is_unread_and_one_that_is_still_made_is_not() {
        let vigil = Arc::new(Vigil::new(IDLE, UNREAD));
        let begin = |waits| {
            let request = vigil.begin(Version::HTTP_2).unwrap();
            Spawner(vigil.clone()).execute(std::future::pending::<()>());
            request.waits(waits);
            request
        };
        let (first, _other) = (begin(true), begin(false));
        let later = Instant::now() + UNREAD;
        let unread = |verdict| match verdict {
            Verdict::Unread(tasks) => tasks.len(),
            _ => 0,
        };
        assert_eq!(unread(vigil.check(later)), 1);
        first.waits(false);
        assert!(matches!(vigil.check(later), Verdict::Wait(_)));
    }

    #[test]
    fn http1_is_left_alone() {
        let vigil = Arc::new(Vigil::new(IDLE, UNREAD));
        assert!(vigil.begin(Version::HTTP_11).is_none());
        assert!(matches!(vigil.check(Instant::now() + IDLE), Verdict::Leave));
    }
}
