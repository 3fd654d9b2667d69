//! Who is told of what happens: any number of listeners, which may be added while calls are under way.

use std::sync::Arc;

use arc_swap::ArcSwap;

/// Listeners of one kind.
pub(crate) struct Sinks<T: ?Sized>(ArcSwap<Vec<Arc<T>>>);

impl<T: ?Sized> Sinks<T> {
    /// These listeners.
    pub(crate) fn new(sinks: impl IntoIterator<Item = Arc<T>>) -> Self {
        Sinks(ArcSwap::from_pointee(sinks.into_iter().collect()))
    }

    /// One more.
    pub(crate) fn add(&self, sink: Arc<T>) {
        self.0.rcu(|sinks| {
            let mut sinks = Vec::clone(sinks);
            sinks.push(sink.clone());
            sinks
        });
    }

    /// Tells all of them.
    pub(crate) fn each(&self, tell: impl Fn(&T)) {
        for sink in self.0.load().iter() {
            tell(sink);
        }
    }
}
