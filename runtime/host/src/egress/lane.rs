//! One lane per runtime: connections stay on the thread, or the threads, that they were opened on.
//!
//! A connection is driven by a task on the runtime that opened it. Asked from another runtime, each
//! request would wake that one's thread, and be woken by it again.

use std::cell::Cell;
use std::sync::{Mutex, PoisonError};

use tokio::runtime::{Handle, Id};

/// How many lanes there are. Runtimes beyond share them, the oldest first: most likely that one is
/// gone, and its connections with it.
pub(crate) const LANES: usize = 64;

/// A lane, by its number.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) struct Lane(usize);

/// Which runtime has which lane; the next one to be given away.
static TAKEN: Mutex<(Vec<Id>, usize)> = Mutex::new((Vec::new(), 0));

thread_local! {
    /// What this thread was told last.
    static KNOWN: Cell<Option<(Id, Lane)>> = const { Cell::new(None) };
}

impl Lane {
    /// That of the runtime that this is called on.
    pub(crate) fn current() -> Self {
        let Ok(runtime) = Handle::try_current() else {
            return Lane::default();
        };
        let id = runtime.id();
        if let Some((_, lane)) = KNOWN.get().filter(|(known, _)| *known == id) {
            return lane;
        }
        let lane = take(id);
        KNOWN.set(Some((id, lane)));
        lane
    }

    /// What belongs to this lane.
    pub(crate) fn of<T>(self, lanes: &[T; LANES]) -> &T {
        let [first, ..] = lanes;
        lanes.get(self.0).unwrap_or(first)
    }

    #[cfg(test)]
    pub(crate) fn numbered(number: usize) -> Self {
        Lane(number)
    }
}

fn take(id: Id) -> Lane {
    let mut taken = TAKEN.lock().unwrap_or_else(PoisonError::into_inner);
    let (ids, next) = &mut *taken;
    if let Some(number) = ids.iter().position(|known| *known == id) {
        return Lane(number);
    }
    if ids.len() < LANES {
        ids.push(id);
        return Lane(ids.len() - 1);
    }
    let number = *next;
    *next = (number + 1) % LANES;
    if let Some(oldest) = ids.get_mut(number) {
        *oldest = id;
    }
    Lane(number)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use tokio::runtime::Builder;

    use super::*;

    #[test]
    fn a_runtime_keeps_its_lane_and_shares_it_with_no_other() {
        let one = Builder::new_current_thread().build().unwrap();
        let other = Builder::new_current_thread().build().unwrap();
        let lane = |runtime: &tokio::runtime::Runtime| runtime.block_on(async { Lane::current() });
        let (first, second) = (lane(&one), lane(&other));
        assert_ne!(first, second);
        assert_eq!((lane(&one), lane(&other)), (first, second));
        let elsewhere = std::thread::spawn(move || one.block_on(async { Lane::current() }));
        assert_eq!(elsewhere.join().unwrap(), first);
    }
}
