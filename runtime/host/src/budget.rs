//! How many bytes the host holds for all calls together: bodies on their way out, answers on their way
//! in, outputs that wait for their caller.
//!
//! Every call has limits of its own, and a thousand calls within theirs can still be more than the
//! machine has. A call that would exceed the budget ends as busy; the others never notice.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};

use crate::error::Fault;

/// Bytes are taken from the budget in steps, so that nearly every call takes one. A thousand calls
/// at once take 64 MiB at least.
const STEP: usize = 64 << 10;

/// The budget of an engine.
pub(crate) struct Budget {
    limit: usize,
    taken: AtomicUsize,
}

impl Budget {
    pub(crate) fn new(limit: usize) -> Self {
        Budget {
            limit,
            taken: AtomicUsize::new(0),
        }
    }

    /// What is taken at this moment.
    pub(crate) fn taken(&self) -> usize {
        self.taken.load(Relaxed)
    }

    // Relaxed: the number guards no other memory.
    fn take(&self, bytes: usize) -> Result<(), Fault> {
        let before = self.taken.fetch_add(bytes, Relaxed);
        match before.checked_add(bytes) {
            Some(taken) if taken <= self.limit => Ok(()),
            _ => {
                self.give_back(bytes);
                Err(Fault::BuffersFull)
            }
        }
    }

    fn give_back(&self, bytes: usize) {
        self.taken.fetch_sub(bytes, Relaxed);
    }
}

/// What one call holds. Dropping it gives all of it back.
pub(crate) struct Holding {
    budget: Arc<Budget>,
    bytes: usize,
    /// Of the budget: whole steps, and never less than `bytes`.
    taken: usize,
}

impl Holding {
    pub(crate) fn new(budget: Arc<Budget>) -> Self {
        Holding {
            budget,
            bytes: 0,
            taken: 0,
        }
    }

    /// Holds more.
    pub(crate) fn add(&mut self, bytes: usize) -> Result<(), Fault> {
        let held = self.bytes.checked_add(bytes).ok_or(Fault::BuffersFull)?;
        if held > self.taken {
            let steps = held.checked_next_multiple_of(STEP);
            let more = steps.ok_or(Fault::BuffersFull)? - self.taken;
            self.budget.take(more)?;
            self.taken += more;
        }
        self.bytes = held;
        Ok(())
    }

    /// Holds nothing any more. One step is kept: what is held next will most likely fit into it.
    pub(crate) fn clear(&mut self) {
        self.bytes = 0;
        if self.taken > STEP {
            self.budget.give_back(self.taken - STEP);
            self.taken = STEP;
        }
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        if self.taken > 0 {
            self.budget.give_back(self.taken);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(budget: &Budget) -> usize {
        budget.taken.load(Relaxed)
    }

    #[test]
    fn a_small_call_takes_one_step_and_gives_it_back() {
        let budget = Arc::new(Budget::new(10 * STEP));
        let mut call = Holding::new(budget.clone());
        assert_eq!(taken(&budget), 0);
        for _ in 0..100 {
            call.add(STEP / 2).expect("room");
            call.add(STEP / 2).expect("room");
            assert_eq!(taken(&budget), STEP);
            call.clear();
            assert_eq!(taken(&budget), STEP);
        }
        drop(call);
        assert_eq!(taken(&budget), 0);
    }

    #[test]
    fn a_large_call_gives_back_all_but_a_step_as_soon_as_it_can() {
        let budget = Arc::new(Budget::new(10 * STEP));
        let mut call = Holding::new(budget.clone());
        call.add(5 * STEP + 1).expect("room");
        assert_eq!(taken(&budget), 6 * STEP);
        call.clear();
        assert_eq!(taken(&budget), STEP);
    }

    #[test]
    fn the_one_that_asks_for_too_much_is_refused_and_no_other() {
        let budget = Arc::new(Budget::new(10 * STEP));
        let mut first = Holding::new(budget.clone());
        let mut second = Holding::new(budget.clone());
        first.add(7 * STEP).expect("room");
        second.add(2 * STEP).expect("room");
        assert_eq!(second.add(2 * STEP), Err(Fault::BuffersFull));
        assert_eq!(second.add(usize::MAX), Err(Fault::BuffersFull));
        // It took nothing by it.
        assert_eq!(taken(&budget), 9 * STEP);
        first.add(STEP).expect("room");
        drop(second);
        first.add(2 * STEP).expect("room");
        assert_eq!(taken(&budget), 10 * STEP);
    }
}
