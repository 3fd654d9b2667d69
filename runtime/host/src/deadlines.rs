//! Ends calls whose time is up and that nobody polls.
//!
//! A call looks at its deadline itself whenever it is polled. A caller that keeps a stream and forgets
//! it does not poll, and nothing else would ever run: its instance, its connection and its place among
//! `limits.concurrency` would be kept for good. So all open calls of a provider are looked through now
//! and then.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use slab::Slab;
use tokio::time::Instant;

use crate::live::LiveCall;
use crate::sweep::{self, Swept};

/// How often they are looked through, and so how much later than its deadline a forgotten call ends.
const SWEEP: Duration = Duration::from_secs(1);

/// A call that can be seen and ended from outside.
pub(crate) trait Watched: Send + Sync {
    /// Ends it because its time is up. `false`: it is being polled in this moment, and so may end itself.
    fn end(&self) -> bool;

    /// Ends it because an operator says so. `false`: it is being polled in this moment, and ends when
    /// it is polled again.
    fn cancel(&self) -> bool;

    /// The call, unless it has ended.
    fn show(&self) -> Option<LiveCall>;
}

/// The open calls of a provider.
#[derive(Default)]
pub(crate) struct Deadlines(Mutex<Open>);

#[derive(Default)]
struct Open {
    /// `None`: ended, and not dropped yet.
    calls: Slab<Option<(Instant, Weak<dyn Watched>)>>,
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
    pub(crate) fn watch(self: &Arc<Self>, deadline: Instant, call: Weak<dyn Watched>) -> Watch {
        let mut open = self.open();
        let key = open.calls.insert(Some((deadline, call)));
        let was_swept = std::mem::replace(&mut open.swept, true);
        drop(open);
        if !was_swept {
            sweep::begin(self, SWEEP);
        }
        Watch {
            deadlines: self.clone(),
            key,
        }
    }

    /// The calls on the list.
    pub(crate) fn calls(&self) -> Vec<Arc<dyn Watched>> {
        let open = self.open();
        let calls = open.calls.iter().filter_map(|(_, call)| call.as_ref());
        calls.filter_map(|(_, call)| call.upgrade()).collect()
    }

    /// Forgets a call that has ended, unless another one has taken its place on the list.
    fn strike(&self, key: usize, ended: &Weak<dyn Watched>) {
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

impl Swept for Deadlines {
    /// Ends what is overdue.
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
        let overdue: Vec<(usize, Weak<dyn Watched>)> = open
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

    fn forsake(&self) {
        self.open().swept = false;
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        self.deadlines.open().calls.try_remove(self.key);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::Relaxed};

    use tokio::runtime::{Builder, Runtime};

    use super::*;

    /// A call that is busy at first.
    struct Call {
        busy: u32,
        tried: AtomicU32,
    }

    impl Watched for Call {
        fn end(&self) -> bool {
            self.tried.fetch_add(1, Relaxed) >= self.busy
        }

        fn cancel(&self) -> bool {
            self.end()
        }

        fn show(&self) -> Option<LiveCall> {
            None
        }
    }

    fn watch(deadlines: &Arc<Deadlines>, seconds: u64, busy: u32) -> (Arc<Call>, Watch) {
        let tried = AtomicU32::new(0);
        let call = Arc::new(Call { busy, tried });
        let overdue: Arc<dyn Watched> = call.clone();
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let watch = deadlines.watch(deadline, Arc::downgrade(&overdue));
        (call, watch)
    }

    fn paused() -> Runtime {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build();
        runtime.expect("a runtime")
    }

    #[test]
    fn a_call_is_ended_once_and_not_before_its_time() {
        paused().block_on(async {
            let deadlines = Arc::<Deadlines>::default();
            let (early, _early) = watch(&deadlines, 2, 0);
            let (late, _late) = watch(&deadlines, 100, 0);
            let (busy, _busy) = watch(&deadlines, 2, 3);
            tokio::time::sleep(Duration::from_millis(1_900)).await;
            assert_eq!(early.tried.load(Relaxed), 0);
            tokio::time::sleep(Duration::from_secs(20)).await;
            assert_eq!(early.tried.load(Relaxed), 1);
            assert_eq!(late.tried.load(Relaxed), 0);
            // Until it is not being polled.
            assert_eq!(busy.tried.load(Relaxed), 4);
        });
    }

    #[test]
    fn a_call_that_takes_the_place_of_another_keeps_its_own_deadline() {
        paused().block_on(async {
            let deadlines = Arc::<Deadlines>::default();
            let (first, watched) = watch(&deadlines, 2, 0);
            drop(watched);
            let (second, _watched) = watch(&deadlines, 100, 0);
            tokio::time::sleep(Duration::from_secs(20)).await;
            assert_eq!(first.tried.load(Relaxed), 0);
            assert_eq!(second.tried.load(Relaxed), 0);
            tokio::time::sleep(Duration::from_secs(100)).await;
            assert_eq!(second.tried.load(Relaxed), 1);
        });
    }

    #[test]
    fn the_task_ends_with_the_last_call_and_begins_with_the_next() {
        paused().block_on(async {
            let deadlines = Arc::<Deadlines>::default();
            for _ in 0..3 {
                let (call, watched) = watch(&deadlines, 2, 0);
                tokio::time::sleep(Duration::from_secs(5)).await;
                assert_eq!(call.tried.load(Relaxed), 1);
                drop(watched);
                assert!(deadlines.open().swept);
                tokio::time::sleep(Duration::from_secs(5)).await;
                assert!(!deadlines.open().swept);
            }
        });
    }

    #[test]
    fn another_runtime_takes_over_where_the_first_is_gone() {
        let deadlines = Arc::<Deadlines>::default();
        let first = paused();
        let (one, _one) = first.block_on(async { watch(&deadlines, 2, 0) });
        drop(first);
        paused().block_on(async {
            let (other, _other) = watch(&deadlines, 2, 0);
            tokio::time::sleep(Duration::from_secs(20)).await;
            assert_eq!(other.tried.load(Relaxed), 1);
            assert_eq!(one.tried.load(Relaxed), 1);
        });
    }
}
