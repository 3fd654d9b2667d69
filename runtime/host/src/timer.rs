//! A limit on time that is moved often and met rarely.
//!
//! A stream sets one anew for every piece that arrives. Each tokio timeout would be put into the
//! timer wheel and taken out again; this one goes in once and looks, when it fires, whether it
//! still means it.

use std::future::{Future, poll_fn};
use std::pin::{Pin, pin};
use std::task::Poll;

use tokio::time::{Instant, Sleep, sleep_until};

pub(crate) struct Timer {
    /// When time is up.
    at: Instant,
    /// Made at the first wait; may fire before `at`, never after.
    sleep: Option<Pin<Box<Sleep>>>,
}

impl Timer {
    pub(crate) fn new(at: Instant) -> Self {
        Timer { at, sleep: None }
    }

    /// Whether time is up.
    pub(crate) fn is_over(&self) -> bool {
        Instant::now() >= self.at
    }

    /// Moves the limit to a later time.
    pub(crate) fn postpone(&mut self, at: Instant) {
        self.at = at;
    }

    /// Runs `work`, or returns `None` when time is up before it is done.
    pub(crate) async fn limit<F: Future>(&mut self, work: F) -> Option<F::Output> {
        let mut work = pin!(work);
        poll_fn(|task| {
            if let Poll::Ready(output) = work.as_mut().poll(task) {
                return Poll::Ready(Some(output));
            }
            let at = self.at;
            let sleep = self.sleep.get_or_insert_with(|| Box::pin(sleep_until(at)));
            while sleep.as_mut().poll(task).is_ready() {
                if sleep.deadline() >= at {
                    return Poll::Ready(None);
                }
                sleep.as_mut().reset(at);
            }
            Poll::Pending
        })
        .await
    }
}
