//! Ends calls whose time is up and that nobody polls.
//!
//! A call looks at its deadline itself whenever it is polled. A caller that keeps a stream and forgets
//! it does not poll, and nothing else would ever run: its instance, its connection and its place among
//! `limits.concurrency` would be kept for good. One task looks through all open calls of a provider
//! now and then, for as long as there are some; a timer for each would cost every call more than this
//! does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use slab::Slab;
use tokio::runtime::Handle;
use tokio::time::Instant;

/// How often they are looked through, and so how much later than its deadline a forgotten call ends.
const SWEEP: Duration = Duration::from_secs(1);

/// A call that can be ended from outside.
pub(crate) trait Overdue: Send + Sync {
    /// Ends it. `false`: it is being polled in this moment, and so may end itself.
    fn end(&self) -> bool;
}

/// The open calls of a provider.
#[derive(Default)]
pub(crate) struct Deadlines(Mutex<Open>);

#[derive(Default)]
struct Open {
    /// `None`: ended, and not dropped yet.
    calls: Slab<Option<(Instant, Weak<dyn Overdue>)>>,
    /// Whether a task looks through them.
    swept: bool,
}

/// Takes a call off the list when dropped.
pub(crate) struct Watch {
    deadlines: Arc<Deadlines>,
    key: usize,
}

impl Deadlines {
    /// Puts a call on the list. To be called on a tokio runtime.
    pub(crate) fn watch(self: &Arc<Self>, deadline: Instant, call: Weak<dyn Overdue>) -> Watch {
        let mut open = self.open();
        let key = open.calls.insert(Some((deadline, call)));
        if !open.swept
            && let Ok(runtime) = Handle::try_current()
        {
            open.swept = true;
            drop(open);
            runtime.spawn(sweep(Sweeping(Arc::downgrade(self))));
        }
        Watch {
            deadlines: self.clone(),
            key,
        }
    }

    /// Ends what is overdue. `false` where there is nothing left to come back for.
    fn sweep(&self) -> bool {
        let now = Instant::now();
        let mut open = self.open();
        if open.calls.is_empty() {
            open.swept = false;
            return false;
        }
        let is_overdue = |call: &Option<(Instant, _)>| {
            let deadline = call.as_ref().map(|(deadline, _)| *deadline);
            deadline.is_some_and(|deadline| deadline <= now)
        };
        let overdue: Vec<(usize, Weak<dyn Overdue>)> = open
            .calls
            .iter()
            .filter(|(_, call)| is_overdue(call))
            .filter_map(|(key, call)| Some((key, call.as_ref()?.1.clone())))
            .collect();
        // Calls come and go while these end.
        drop(open);
        for (key, call) in overdue {
            let ended = call.upgrade().is_none_or(|call| call.end());
            if ended {
                self.strike(key, &call);
            }
        }
        true
    }

    /// Forgets a call that has ended, unless another one has taken its place on the list.
    fn strike(&self, key: usize, ended: &Weak<dyn Overdue>) {
        let mut open = self.open();
        let Some(entry) = open.calls.get_mut(key) else {
            return;
        };
        if entry.as_ref().is_some_and(|(_, call)| call.ptr_eq(ended)) {
            *entry = None;
        }
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.deadlines.open().calls.try_remove(self.key);
    }
}

/// What the task holds. It dies with the runtime that it runs on, and the next call begins another.
struct Sweeping(Weak<Deadlines>);

impl Drop for Sweeping {
    fn drop(&mut self) {
        if let Some(deadlines) = self.0.upgrade() {
            deadlines.open().swept = false;
        }
    }
}

async fn sweep(sweeping: Sweeping) {
    loop {
        tokio::time::sleep(SWEEP).await;
        let Some(deadlines) = sweeping.0.upgrade() else {
            return;
        };
        if !deadlines.sweep() {
            return;
        }
    }
}
