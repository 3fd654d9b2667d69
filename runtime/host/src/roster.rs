//! All calls of a runtime that are under way, those of providers that are gone from the configuration
//! included.
//!
//! It is read by operators and never by calls: these are on the list of their provider in any case, for
//! the sake of their deadlines, and this only knows the lists.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use crate::deadlines::{Deadlines, Watched};
use crate::live::LiveCall;

/// How long to wait before a call that is being polled is tried again. A poll is a guest's tick at most.
const MOMENT: Duration = Duration::from_millis(1);
/// And how often.
const TRIES: u32 = 5_000;

/// The lists of open calls, one for each provider that has or had a place in the configuration.
#[derive(Default)]
pub(crate) struct Roster(Mutex<Vec<Weak<Deadlines>>>);

impl Roster {
    /// Takes note of a provider's list. A list is forgotten once its provider and all its calls are gone.
    pub(crate) fn enter(&self, deadlines: &Arc<Deadlines>) {
        let mut lists = self.lists();
        lists.retain(|list| list.strong_count() > 0);
        lists.push(Arc::downgrade(deadlines));
    }

    /// All calls, oldest first.
    pub(crate) fn calls(&self) -> Vec<LiveCall> {
        let open = self.open();
        let mut calls: Vec<LiveCall> = open.iter().filter_map(|call| call.show()).collect();
        calls.sort_by_key(|call| std::cmp::Reverse(call.age));
        calls
    }

    /// How many calls of a provider there are, without those of one list.
    pub(crate) fn count_except(&self, provider: &str, list: &Arc<Deadlines>) -> usize {
        let lists = self.lists().clone();
        let lists = lists.iter().filter_map(Weak::upgrade);
        let others = lists.filter(|other| !Arc::ptr_eq(other, list));
        let calls = others.flat_map(|other| other.calls());
        let shown = calls.filter_map(|call| call.show());
        shown.filter(|call| *call.provider == *provider).count()
    }

    /// Ends a call. `None`: there is none of this number.
    pub(crate) async fn end(&self, id: u64) -> Option<LiveCall> {
        let (call, shown) = self.open().into_iter().find_map(|call| {
            let shown = call.show().filter(|shown| shown.id == id)?;
            Some((call, shown))
        })?;
        for _ in 0..TRIES {
            if call.cancel() {
                return Some(shown);
            }
            tokio::time::sleep(MOMENT).await;
        }
        None
    }

    fn open(&self) -> Vec<Arc<dyn Watched>> {
        let lists = self.lists().clone();
        let lists = lists.iter().filter_map(Weak::upgrade);
        lists.flat_map(|list| list.calls()).collect()
    }

    fn lists(&self) -> MutexGuard<'_, Vec<Weak<Deadlines>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
