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

/// The last audit records of all providers; how many is said at the beginning.
pub struct AuditTail {
    parts: Box<[Mutex<VecDeque<(Instant, AuditRecord)>>]>,
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
