//! Looks through a list now and then, for as long as there is something on it.
//!
//! One task does it for a whole list, because a timer for each thing on it would cost every call more
//! than this does.

use std::sync::{Arc, Weak};
use std::time::Duration;

use tokio::runtime::Handle;

/// A list that is looked through.
pub(crate) trait Swept: Send + Sync + 'static {
    /// Does what is due. `false` where there is nothing left to come back for: the task is over, and
    /// the list has taken note of it.
    fn sweep(&self) -> bool;

    /// Takes note that no task looks through it any more.
    fn forsake(&self);
}

/// Begins a task that looks through a list, unless nothing would run it. Whoever calls this has made
/// sure that there is no other.
pub(crate) fn begin<L: Swept>(list: &Arc<L>, every: Duration) {
    let mut sweeping = Sweeping(Some(Arc::downgrade(list)));
    let Ok(runtime) = Handle::try_current() else {
        return;
    };
    runtime.spawn(async move {
        while let Some(list) = &sweeping.0 {
            tokio::time::sleep(every).await;
            if !list.upgrade().is_some_and(|it| it.sweep()) {
                sweeping.0 = None;
            }
        }
    });
}

/// What the task holds until it has come to its end. Should it die before, with the runtime that it
/// runs on, the next thing on the list begins another.
struct Sweeping<L: Swept>(Option<Weak<L>>);

impl<L: Swept> Drop for Sweeping<L> {
    fn drop(&mut self) {
        if let Some(list) = self.0.take().and_then(|it| it.upgrade()) {
            list.forsake();
        }
    }
}
