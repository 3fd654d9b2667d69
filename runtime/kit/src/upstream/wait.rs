//! Waiting for the upstream to have seen something, in async tests and blocking ones.

use std::panic::Location;
use std::pin::Pin;
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use super::journal::{Journal, Record};

/// A wait that has begun. `.await` it, or call [`blocking`](Wait::blocking) where nothing can be
/// awaited. Either panics after 30 seconds with what was seen until then; no test should come near.
///
/// The clock is the upstream's own, so that tokio's paused time in a test does not make it run out
/// at once.
#[must_use = "nothing waits until it is awaited, or `blocking` is called"]
#[derive(Debug)]
pub struct Wait {
    outcome: oneshot::Receiver<Result<(), String>>,
}

impl Wait {
    #[track_caller]
    pub(super) fn until(
        runtime: &Handle,
        journal: &Journal,
        patience: Duration,
        goal: String,
        reached: impl Fn(&Record) -> bool + Send + 'static,
    ) -> Wait {
        let caller = Location::caller();
        let (sender, outcome) = oneshot::channel();
        let journal = journal.clone();
        runtime.spawn(async move {
            let outcome = tokio::time::timeout(patience, journal.until(reached)).await;
            let outcome = outcome.map_err(|_| {
                let seen = journal.read(Record::to_string);
                format!(
                    "the upstream was to see {goal} within {patience:?}, \
                     asked at {caller}\n  seen: {seen}"
                )
            });
            // Fails if the test no longer waits.
            let _ = sender.send(outcome);
        });
        Wait { outcome }
    }

    /// Waits, and says what was seen until then where it was in vain.
    pub async fn outcome(self) -> Result<(), String> {
        let gone = |_| Err("the upstream is gone".into());
        self.outcome.await.unwrap_or_else(gone)
    }

    /// Waits on this thread. In an async test, `.await` instead.
    #[track_caller]
    pub fn blocking(self) {
        conclude(self.outcome.blocking_recv());
    }
}

impl IntoFuture for Wait {
    type Output = ();
    type IntoFuture = Pin<Box<dyn Future<Output = ()> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(async { conclude(self.outcome.await) })
    }
}

#[track_caller]
fn conclude(outcome: Result<Result<(), String>, oneshot::error::RecvError>) {
    match outcome {
        Ok(Ok(())) => (),
        Ok(Err(message)) => panic!("{message}"),
        Err(_) => panic!("the upstream was dropped while the test waited for it"),
    }
}
