//! What is kept for the next call of whoever used it last: bounded in number and in time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::spares::Keeper;
use crate::sweep::{self, Swept};

/// The most that are kept for one caller. As many as begin a call while others of theirs end: a caller
/// with more calls at once than these has some of them begin afresh.
const PER_CALLER: usize = 64;

/// The most that are kept for all callers of a version together. An idle instance of a small provider
/// has 80 KiB of its own, so these are 20 MiB. Whoever comes late begins afresh, which is what everybody
/// does who has not chosen otherwise; to look for the oldest each time would cost more than that.
const IN_ALL: usize = 256;

/// How long they are kept. To begin afresh costs microseconds, which counts where calls are frequent,
/// and callers of one call in ten seconds do not notice.
const KEPT_FOR: Duration = Duration::from_secs(10);

/// How often they are looked through, and so how much longer some are kept.
const SWEEP: Duration = Duration::from_secs(1);

/// Things by the name of their caller.
pub(crate) struct Idle<T>(Mutex<Shelves<T>>);

struct Shelves<T> {
    /// By caller, each with those first that have been there for longest. A shelf that is empty stays
    /// until the next sweep: most will be filled again before.
    callers: HashMap<Arc<str>, Vec<(Instant, T)>>,
    count: usize,
    closed: bool,
    /// Whether a task looks through them.
    swept: bool,
}

impl<T> Default for Idle<T> {
    fn default() -> Self {
        Idle(Mutex::new(Shelves {
            callers: HashMap::new(),
            count: 0,
            closed: false,
            swept: false,
        }))
    }
}

impl<T: Send + 'static> Idle<T> {
    /// The one that this caller used last.
    pub(crate) fn take(&self, caller: &str) -> Option<T> {
        let mut shelves = self.shelves();
        let (_, thing) = shelves.callers.get_mut(caller)?.pop()?;
        shelves.count -= 1;
        Some(thing)
    }

    /// Keeps one for its caller, unless there are enough. To be called on a tokio runtime.
    pub(crate) fn put(self: &Arc<Self>, caller: &Arc<str>, thing: T) {
        let refused = self.try_put(caller, thing);
        // Not while others wait for the lock: what is refused ends here.
        drop(refused);
    }

    fn try_put(self: &Arc<Self>, caller: &Arc<str>, thing: T) -> Option<T> {
        let mut shelves = self.shelves();
        if shelves.closed || shelves.count >= IN_ALL {
            return Some(thing);
        }
        match shelves.callers.get_mut(&**caller) {
            Some(shelf) if shelf.len() >= PER_CALLER => return Some(thing),
            Some(shelf) => shelf.push((Instant::now(), thing)),
            None => {
                let shelf = vec![(Instant::now(), thing)];
                shelves.callers.insert(caller.clone(), shelf);
            }
        }
        shelves.count += 1;
        let was_swept = std::mem::replace(&mut shelves.swept, true);
        drop(shelves);
        if !was_swept {
            sweep::begin(self, SWEEP);
        }
        None
    }

    /// Gives all of them up, and takes no more.
    pub(crate) fn close(&self) {
        let mut shelves = self.shelves();
        shelves.closed = true;
        shelves.count = 0;
        let callers = std::mem::take(&mut shelves.callers);
        drop(shelves);
        drop(callers);
    }

    /// Takes them again.
    pub(crate) fn open(&self) {
        self.shelves().closed = false;
    }

    /// How many there are.
    pub(crate) fn count(&self) -> usize {
        self.shelves().count
    }
}

impl<T> Idle<T> {
    fn shelves(&self) -> MutexGuard<'_, Shelves<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<T: Send + 'static> Swept for Idle<T> {
    /// Gives up what has been idle for too long.
    fn sweep(&self) -> bool {
        let now = Instant::now();
        let mut shelves = self.shelves();
        let mut overdue = Vec::new();
        shelves.callers.retain(|_, shelf| {
            let is_due = |since: Instant| now.saturating_duration_since(since) >= KEPT_FOR;
            let due = shelf.partition_point(|(since, _)| is_due(*since));
            overdue.extend(shelf.drain(..due));
            !shelf.is_empty()
        });
        shelves.count -= overdue.len();
        shelves.swept = !shelves.callers.is_empty();
        let goes_on = shelves.swept;
        drop(shelves);
        drop(overdue);
        goes_on
    }

    fn forsake(&self) {
        self.shelves().swept = false;
    }
}

impl<T: Send + 'static> Keeper for Idle<T> {
    fn give_up(&self) -> bool {
        let mut shelves = self.shelves();
        let filled = shelves.callers.values_mut();
        let filled = filled.filter(|shelf| !shelf.is_empty());
        let oldest = filled.min_by_key(|shelf| shelf.first().map(|(since, _)| *since));
        let Some(shelf) = oldest else {
            return false;
        };
        let given_up = shelf.remove(0);
        shelves.count -= 1;
        drop(shelves);
        drop(given_up);
        true
    }
}

#[cfg(test)]
mod tests {
    use tokio::runtime::{Builder, Runtime};

    use super::*;

    fn paused() -> Runtime {
        let mut builder = Builder::new_current_thread();
        let runtime = builder.enable_time().start_paused(true).build();
        runtime.expect("a runtime")
    }

    fn caller(name: impl ToString) -> Arc<str> {
        name.to_string().into()
    }

    #[test]
    fn everyone_gets_back_their_own_and_the_last_one_first() {
        paused().block_on(async {
            let idle = Arc::<Idle<u32>>::default();
            idle.put(&caller("a"), 1);
            idle.put(&caller("a"), 2);
            idle.put(&caller("b"), 3);
            assert_eq!(idle.take("a"), Some(2));
            assert_eq!(idle.take("a"), Some(1));
            assert_eq!(idle.take("a"), None);
            assert_eq!(idle.take("c"), None);
            assert_eq!(idle.count(), 1);
            assert_eq!(idle.take("b"), Some(3));
            assert_eq!(idle.count(), 0);
        });
    }

    #[test]
    fn no_caller_has_more_than_its_share_and_all_together_no_more_than_there_are_places() {
        paused().block_on(async {
            let idle = Arc::<Idle<usize>>::default();
            for number in 0..PER_CALLER + 1 {
                idle.put(&caller("greedy"), number);
            }
            assert_eq!(idle.count(), PER_CALLER);
            for number in 0..IN_ALL {
                idle.put(&caller(number), number);
            }
            assert_eq!(idle.count(), IN_ALL);
            idle.take("greedy").expect("there is one");
            idle.put(&caller("late"), 0);
            assert_eq!((idle.count(), idle.take("late")), (IN_ALL, Some(0)));
        });
    }

    #[test]
    fn what_nobody_comes_for_is_given_up_and_what_is_used_stays() {
        paused().block_on(async {
            let idle = Arc::<Idle<u32>>::default();
            idle.put(&caller("gone"), 1);
            idle.put(&caller("busy"), 2);
            idle.put(&caller("busy"), 3);
            for _ in 0..20 {
                tokio::time::sleep(KEPT_FOR / 10).await;
                let used = idle.take("busy").expect("it is there");
                assert_eq!(used, 3);
                idle.put(&caller("busy"), used);
            }
            // The one beneath it was not needed.
            assert_eq!((idle.take("gone"), idle.count()), (None, 1));
            tokio::time::sleep(KEPT_FOR + SWEEP * 2).await;
            let shelves = idle.shelves();
            assert_eq!(shelves.count, 0);
            assert!(shelves.callers.is_empty(), "a name is remembered");
            assert!(!shelves.swept, "a task looks through nothing");
        });
    }

    #[test]
    fn another_runtime_goes_on_where_the_first_is_gone() {
        let idle = Arc::<Idle<u32>>::default();
        let first = paused();
        first.block_on(async { idle.put(&caller("a"), 1) });
        drop(first);
        paused().block_on(async {
            idle.put(&caller("b"), 2);
            tokio::time::sleep(KEPT_FOR + SWEEP * 2).await;
            assert_eq!(idle.count(), 0);
        });
    }

    #[test]
    fn what_is_closed_has_nothing_and_takes_nothing_until_it_is_open_again() {
        paused().block_on(async {
            let idle = Arc::<Idle<u32>>::default();
            idle.put(&caller("a"), 1);
            idle.close();
            assert_eq!((idle.take("a"), idle.count()), (None, 0));
            idle.put(&caller("a"), 2);
            assert_eq!((idle.take("a"), idle.count()), (None, 0));
            idle.open();
            idle.put(&caller("a"), 3);
            assert_eq!(idle.take("a"), Some(3));
        });
    }

    #[test]
    fn the_oldest_goes_first_whoever_it_belongs_to() {
        paused().block_on(async {
            let idle = Arc::<Idle<u32>>::default();
            for (name, thing) in [("a", 1), ("b", 2), ("a", 3)] {
                tokio::time::advance(Duration::from_millis(1)).await;
                idle.put(&caller(name), thing);
            }
            assert!(idle.give_up());
            assert_eq!(idle.count(), 2);
            assert!(idle.give_up());
            assert_eq!((idle.take("b"), idle.take("a")), (None, Some(3)));
            assert!(!idle.give_up());
        });
    }
}
