//! What a caller holds of a call: its outputs as they come, whether or not it asks for them.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context as Task, Poll, Waker};
use std::time::Duration;

use futures::Stream;
use tokio::time::Instant;

use crate::deadlines::{Deadlines, Overdue, Watch};
use crate::error::{Error, Fault, Result};
use crate::exchange::Exchange;
use crate::meter::{Cost, Meter};
use crate::observer::Observer;
use crate::router::{Attempt, Attempts};
use crate::types::Output;
use crate::version::Version;

/// The outputs of one operation as they come. Dropping it cancels guest and upstream, and so does the
/// call's deadline, even where nobody polls.
///
/// An error is the last item.
pub struct Outputs {
    version: Arc<Version>,
    meter: Meter,
    call: Arc<Call>,
    provider: Arc<str>,
    attempts: Attempts,
    /// Whether its reader says in the end how it went.
    judged: bool,
    _watch: Watch,
}

/// Polled by the caller, ended by the caller or at its deadline.
struct Call {
    phase: Mutex<Phase>,
    timeout: Duration,
}

enum Phase {
    Open {
        batches: Pin<Box<dyn Stream<Item = Result<VecDeque<Output>>> + Send>>,
        /// What has come and is still to be taken.
        ready: VecDeque<Output>,
        /// Whoever waits for the next output.
        waker: Option<Waker>,
        observer: Observer,
    },
    /// Read to its end, without a word from its reader yet.
    Ended(Observer),
    /// Ended at its deadline, which the caller does not know yet.
    Overdue,
    Over,
}

impl Outputs {
    pub(crate) fn new(
        exchange: Exchange,
        observer: Observer,
        deadlines: &Arc<Deadlines>,
        deadline: Instant,
        timeout: Duration,
    ) -> Self {
        let (version, meter) = (exchange.version().clone(), exchange.meter());
        // In a box of its own: it is handed on with every batch.
        let step = |mut exchange: Box<Exchange>| async {
            let batch = exchange.next().await?;
            Some((batch, exchange))
        };
        let (provider, attempts) = (observer.provider().clone(), observer.attempts().clone());
        let phase = Mutex::new(Phase::Open {
            batches: Box::pin(futures::stream::unfold(Box::new(exchange), step)),
            ready: VecDeque::new(),
            waker: None,
            observer,
        });
        let call = Arc::new(Call { phase, timeout });
        let overdue: Arc<dyn Overdue> = call.clone();
        Outputs {
            version,
            meter,
            _watch: deadlines.watch(deadline, Arc::downgrade(&overdue)),
            call,
            provider,
            attempts,
            judged: false,
        }
    }

    /// The version that the call runs on, to its end.
    pub fn version(&self) -> &Arc<Version> {
        &self.version
    }

    /// What the call has cost so far.
    pub fn cost(&self) -> Cost {
        self.meter.cost()
    }

    /// What was tried for this call, this attempt included.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.attempts.list()
    }

    /// Counts the call as failed, for a reason that only its reader can see.
    pub(crate) fn fail(&mut self, error: &Error) {
        if let Phase::Open { observer, .. } | Phase::Ended(observer) = &mut *self.call.phase() {
            observer.fail(error);
        }
    }

    /// From here on its reader says how the call went: that it has come to its end is not enough.
    pub(crate) fn await_verdict(&mut self) {
        self.judged = true;
    }

    /// Counts the call as answered, after its end.
    pub(crate) fn succeed(&mut self) {
        if let Phase::Ended(observer) = &mut *self.call.phase() {
            observer.succeed();
        }
    }
}

impl Call {
    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Stream for Outputs {
    type Item = Result<Output>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        let mut phase = self.call.phase();
        match &mut *phase {
            Phase::Open {
                batches,
                ready,
                waker,
                observer,
            } => {
                if let Some(output) = ready.pop_front() {
                    observer.note(&output);
                    return Poll::Ready(Some(Ok(output)));
                }
                match batches.as_mut().poll_next(task) {
                    Poll::Ready(Some(Ok(batch))) => {
                        *ready = batch;
                        let output = ready.pop_front();
                        if let Some(output) = &output {
                            observer.note(output);
                        }
                        Poll::Ready(output.map(Ok))
                    }
                    Poll::Pending => {
                        match waker {
                            Some(waker) => waker.clone_from(task.waker()),
                            None => *waker = Some(task.waker().clone()),
                        }
                        Poll::Pending
                    }
                    // After an error there is only the end: what the call holds is given back now.
                    Poll::Ready(Some(Err(error))) => {
                        observer.fail(&error);
                        replace(phase, Phase::Over);
                        Poll::Ready(Some(Err(error)))
                    }
                    Poll::Ready(None) => {
                        end(phase, self.judged);
                        Poll::Ready(None)
                    }
                }
            }
            Phase::Overdue => {
                *phase = Phase::Over;
                let fault = Fault::Timeout(self.call.timeout);
                Poll::Ready(Some(Err(Error::guest(&self.provider, fault))))
            }
            Phase::Ended(_) | Phase::Over => Poll::Ready(None),
        }
    }
}

impl Overdue for Call {
    fn end(&self) -> bool {
        let mut phase = match self.phase.try_lock() {
            Ok(phase) => phase,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let Phase::Open {
            waker, observer, ..
        } = &mut *phase
        else {
            return true;
        };
        observer.time_out(self.timeout);
        let waker = waker.take();
        replace(phase, Phase::Overdue);
        // Somebody may wait after all, whose own timer has just gone with the call.
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }
}

/// What the call holds is given back at its end, whoever has the last word on it.
fn end(mut phase: MutexGuard<'_, Phase>, judged: bool) {
    let ended = match std::mem::replace(&mut *phase, Phase::Over) {
        Phase::Open {
            batches,
            mut observer,
            ..
        } => {
            match judged {
                true => *phase = Phase::Ended(observer),
                false => observer.succeed(),
            }
            Some(batches)
        }
        _ => None,
    };
    drop(phase);
    drop(ended);
}

/// The old phase is dropped once nobody is locked out any more: it ends a guest and a connection.
fn replace(mut phase: MutexGuard<'_, Phase>, next: Phase) {
    let old = std::mem::replace(&mut *phase, next);
    drop(phase);
    drop(old);
}
