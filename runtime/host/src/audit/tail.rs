//! The last audit records, for operators who look at what happens right now.
//!
//! Every outbound request ends here, from every thread, so that each thread writes into a part of its
//! own: one list for all would make them wait for each other. Records are moved in, not copied.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Instant, SystemTime};

use tokio::sync::mpsc;

use super::AuditRecord;

/// How many records a reader may be behind. One that is further behind is cut off: it can begin anew, and
/// must not think that it has seen everything.
const BEHIND: usize = 1_024;

/// A record, and when it was made.
#[derive(Debug, Clone)]
pub struct AuditEntry {
    /// When the request was over.
    pub at: SystemTime,
    /// What was recorded.
    pub record: AuditRecord,
}

/// Records of some of the threads, oldest first, each with when its request was over.
type Part = Mutex<VecDeque<(Instant, AuditRecord)>>;

/// The last audit records of all providers; how many is said at the beginning.
pub struct AuditTail {
    parts: Box<[Part]>,
    /// Of each part.
    room: usize,
    followers: Followers,
    /// The same moment on both clocks: reading one of them is enough then.
    epoch: (Instant, SystemTime),
}

#[derive(Default)]
struct Followers {
    /// How many there are, which is nearly always none.
    count: AtomicUsize,
    senders: Mutex<Vec<mpsc::Sender<AuditEntry>>>,
}

/// Records from now on.
pub struct AuditFollower(mpsc::Receiver<AuditEntry>);

impl AuditTail {
    /// Keeps this many records for each of so many threads.
    pub fn new(threads: usize, room: usize) -> Self {
        AuditTail {
            parts: (0..threads.max(1)).map(|_| Mutex::default()).collect(),
            room: room.max(1),
            followers: Followers::default(),
            epoch: (Instant::now(), SystemTime::now()),
        }
    }

    /// Those that are kept and of interest, newest first, this many at most.
    pub fn last(
        &self,
        limit: usize,
        of_interest: impl Fn(&AuditRecord) -> bool,
    ) -> Vec<AuditEntry> {
        let mut found = Vec::new();
        for part in &self.parts {
            let part = part.lock().unwrap_or_else(PoisonError::into_inner);
            let newest = part.iter().rev().filter(|(_, record)| of_interest(record));
            found.extend(newest.take(limit).cloned());
        }
        found.sort_by_key(|(at, _)| std::cmp::Reverse(*at));
        found.truncate(limit);
        let entries = found.into_iter();
        entries.map(|(at, record)| self.entry(at, record)).collect()
    }

    /// Those that are yet to come.
    pub fn follow(&self) -> AuditFollower {
        let (sender, receiver) = mpsc::channel(BEHIND);
        let mut senders = self.followers.senders();
        senders.push(sender);
        self.followers.count.store(senders.len(), Relaxed);
        AuditFollower(receiver)
    }

    pub(super) fn push(&self, at: Instant, record: AuditRecord) {
        if self.followers.count.load(Relaxed) > 0 {
            self.followers.tell(&self.entry(at, record.clone()));
        }
        let part = &self.parts[thread() % self.parts.len()];
        let mut part = part.lock().unwrap_or_else(PoisonError::into_inner);
        let oldest = match part.len() < self.room {
            true => None,
            false => part.pop_front(),
        };
        part.push_back((at, record));
        drop(part);
        drop(oldest);
    }

    fn entry(&self, at: Instant, record: AuditRecord) -> AuditEntry {
        let (instant, system) = self.epoch;
        let since = at.saturating_duration_since(instant);
        AuditEntry {
            at: system.checked_add(since).unwrap_or(system),
            record,
        }
    }
}

impl Followers {
    fn tell(&self, entry: &AuditEntry) {
        let mut senders = self.senders();
        senders.retain(|sender| sender.try_send(entry.clone()).is_ok());
        self.count.store(senders.len(), Relaxed);
    }

    fn senders(&self) -> MutexGuard<'_, Vec<mpsc::Sender<AuditEntry>>> {
        self.senders.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AuditFollower {
    /// The next record; `None` when the runtime is gone, or this reader was too slow.
    pub async fn next(&mut self) -> Option<AuditEntry> {
        self.0.recv().await
    }
}

/// Counts threads as they come here for the first time.
fn thread() -> usize {
    static THREADS: AtomicUsize = AtomicUsize::new(0);
    thread_local!(static OWN: usize = THREADS.fetch_add(1, Relaxed));
    // A thread that is about to end has lost its number, and any will do.
    OWN.try_with(|own| *own).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::time::Duration;

    use super::*;
    use crate::audit::Outcome;
    use crate::digest::Digest;

    fn record(provider: &str, path: usize) -> AuditRecord {
        AuditRecord {
            provider: provider.into(),
            digest: Digest::of(b""),
            request_id: "test".into(),
            method: "GET".into(),
            origin: "https://api.example.com".into(),
            path: format!("/{path}"),
            status: None,
            credential: None,
            token_for: None,
            sent: 0,
            received: 0,
            duration: Duration::ZERO,
            outcome: Outcome::Complete,
        }
    }

    fn paths(entries: &[AuditEntry]) -> Vec<&str> {
        let entries = entries.iter();
        entries.map(|entry| entry.record.path.as_str()).collect()
    }

    #[test]
    fn the_newest_are_kept_and_come_first() {
        let tail = AuditTail::new(1, 3);
        let began = Instant::now();
        for place in 0..5 {
            let at = began + Duration::from_millis(place as u64);
            tail.push(at, record(if place == 3 { "b" } else { "a" }, place));
        }
        assert_eq!(paths(&tail.last(10, |_| true)), ["/4", "/3", "/2"]);
        assert_eq!(paths(&tail.last(1, |_| true)), ["/4"]);
        let of_a = tail.last(10, |record| &*record.provider == "a");
        assert_eq!(paths(&of_a), ["/4", "/2"]);
    }

    #[test]
    fn records_of_all_threads_are_there_in_the_order_of_time() {
        let tail = Arc::new(AuditTail::new(2, 100));
        let began = Instant::now();
        let threads = (0..4_usize).map(|thread| {
            let tail = tail.clone();
            std::thread::spawn(move || {
                for turn in 0..10_usize {
                    let place = turn * 4 + thread;
                    let at = began + Duration::from_millis(place as u64);
                    tail.push(at, record("a", place));
                }
            })
        });
        for thread in threads.collect::<Vec<_>>() {
            thread.join().expect("it does not fail");
        }
        let expected: Vec<String> = (0..40).rev().map(|place| format!("/{place}")).collect();
        assert_eq!(paths(&tail.last(100, |_| true)), expected);
    }

    #[test]
    fn a_reader_that_is_too_slow_is_cut_off_and_not_waited_for() {
        let tail = AuditTail::new(1, 1);
        let mut follower = tail.follow();
        for place in 0..BEHIND + 2 {
            tail.push(Instant::now(), record("a", place));
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build();
        runtime.expect("a runtime").block_on(async {
            let mut read = 0;
            while follower.next().await.is_some() {
                read += 1;
            }
            assert_eq!(read, BEHIND);
        });
        assert_eq!(tail.followers.count.load(Relaxed), 0);
    }
}
