//! Instances that nobody uses at the moment, over all providers of an engine. They stand in the pool's
//! places for as long as nobody else wants these.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Somebody who keeps instances.
pub(crate) trait Keeper: Send + Sync {
    /// Gives up the one that has been of no use for longest. `false`: it has none.
    fn give_up(&self) -> bool;
}

/// All keepers of an engine. Asked only when the pool is full.
#[derive(Default)]
pub(crate) struct Spares(Mutex<Vec<Weak<dyn Keeper>>>);

impl Spares {
    /// Takes note of a keeper. It is forgotten once it is gone.
    pub(crate) fn enter(&self, keeper: Weak<dyn Keeper>) {
        let mut keepers = self.keepers();
        keepers.retain(|keeper| keeper.strong_count() > 0);
        keepers.push(keeper);
    }

    /// Makes room for one instance, as far as keepers can. `false`: nobody has a spare one.
    pub(crate) fn give_up(&self) -> bool {
        // Copied, because a keeper that is let go here for the last time ends its instances.
        let keepers: Vec<Weak<dyn Keeper>> = self.keepers().clone();
        let mut keepers = keepers.iter().filter_map(Weak::upgrade);
        keepers.any(|keeper: Arc<dyn Keeper>| keeper.give_up())
    }

    fn keepers(&self) -> MutexGuard<'_, Vec<Weak<dyn Keeper>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
