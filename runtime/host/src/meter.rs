//! Charges a guest for the CPU time it uses, and for nothing else; keeps its memory beside it.
//!
//! What is measured is the wall-clock time of polls: reading the thread's CPU clock would cost a
//! system call each. On a machine with more to do than cores a guest is charged for being preempted,
//! so a limit should leave room for that.
//!
//! Epochs pass while a guest waits for its upstream, so a deadline in epochs says little about what
//! a call has used. Instead every poll of a guest call is timed, and the epoch callback, which runs
//! inside such a poll, looks at the sum.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering::Relaxed};
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

/// The account of one call. Only one thread polls a call at a time, so relaxed ordering suffices.
#[derive(Clone)]
pub(crate) struct Meter(Arc<Account>);

struct Account {
    origin: Instant,
    limit: Duration,
    /// Nanoseconds charged for polls that are over.
    used: AtomicU64,
    /// When the current poll began, in nanoseconds after `origin`.
    since: AtomicU64,
    /// Linear memory, in bytes; it never shrinks.
    memory: AtomicUsize,
}

/// What a call has cost so far.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// CPU time of the guest, instantiation included.
    pub cpu: Duration,
    /// Linear memory of the guest, in bytes.
    pub memory: usize,
}

impl Meter {
    pub(crate) fn new(limit: Duration) -> Self {
        Meter(Arc::new(Account {
            origin: Instant::now(),
            limit,
            used: AtomicU64::new(0),
            since: AtomicU64::new(0),
            memory: AtomicUsize::new(0),
        }))
    }

    pub(crate) fn limit(&self) -> Duration {
        self.0.limit
    }

    /// What has been charged.
    pub(crate) fn cost(&self) -> Cost {
        Cost {
            cpu: Duration::from_nanos(self.0.used.load(Relaxed)),
            memory: self.0.memory.load(Relaxed),
        }
    }

    pub(crate) fn note_memory(&self, bytes: usize) {
        self.0.memory.store(bytes, Relaxed);
    }

    /// To be asked from inside a poll.
    pub(crate) fn is_exhausted(&self) -> bool {
        let account = &*self.0;
        let running = account.now().saturating_sub(account.since.load(Relaxed));
        Duration::from_nanos(account.used.load(Relaxed).saturating_add(running)) > account.limit
    }

    /// To be asked between polls.
    pub(crate) fn is_overdrawn(&self) -> bool {
        Duration::from_nanos(self.0.used.load(Relaxed)) > self.0.limit
    }

    /// Charges what is over when it returns: a guest call without a stack of its own, or work that the host
    /// does because of what the guest returned.
    pub(crate) fn charge_for<T>(&self, work: impl FnOnce() -> T) -> T {
        let began = self.0.now();
        self.0.since.store(began, Relaxed);
        let outcome = work();
        let spent = self.0.now().saturating_sub(began);
        self.0.used.fetch_add(spent, Relaxed);
        outcome
    }

    /// Runs a guest call and charges its polls.
    pub(crate) async fn charge<F: Future>(&self, call: F) -> F::Output {
        Charged {
            call: pin!(call),
            account: &self.0,
        }
        .await
    }
}

impl Account {
    fn now(&self) -> u64 {
        u64::try_from(self.origin.elapsed().as_nanos()).unwrap_or(u64::MAX)
    }
}

struct Charged<'a, F> {
    call: Pin<&'a mut F>,
    account: &'a Account,
}

impl<F: Future> Future for Charged<'_, F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        let began = self.account.now();
        self.account.since.store(began, Relaxed);
        let poll = self.call.as_mut().poll(context);
        let spent = self.account.now().saturating_sub(began);
        self.account.used.fetch_add(spent, Relaxed);
        poll
    }
}
