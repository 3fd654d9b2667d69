//! What a caller holds of a call: its outputs as they come, whether or not it asks for them.

use std::collections::VecDeque;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::task::{Context as Task, Poll, Waker};
use std::time::Duration;

use futures::Stream;
use tokio::time::Instant;

use crate::deadlines::{Deadlines, Watch, Watched};
use crate::error::{Error, Fault, Result};
use crate::exchange::Exchange;
use crate::live::{LiveCall, call_id};
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
    meter: Meter,
    call: Arc<Call>,
    /// Whether its reader says in the end how it went.
    judged: bool,
    _watch: Watch,
}

/// Polled by the caller, ended by the caller, at its deadline or by an operator.
struct Call {
    phase: Mutex<Phase>,
    timeout: Duration,
    id: u64,
    request_id: Arc<str>,
    version: Arc<Version>,
    operation: &'static str,
    began: Instant,
    attempts: Attempts,
    /// Which of the attempts this is.
    place: usize,
    /// Outputs that have been taken. Counted with the phase locked, and read without.
    taken: AtomicU64,
    /// An operator wants it ended. Whoever polls it sees to that, should it be polled without a pause.
    cancelled: AtomicBool,
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
    Read(Observer),
    /// Ended at its deadline or by an operator, which the caller does not know yet.
    Ended(Error),
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
        let request_id = exchange.request_id().clone();
        // In a box of its own: it is handed on with every batch.
        let step = |mut exchange: Box<Exchange>| async {
            match exchange.next().await {
                Some(batch) => Some((batch, exchange)),
                None => {
                    exchange.end();
                    None
                }
            }
        };
        let (attempts, place) = observer.attempt();
        let (attempts, operation, began) =
            (attempts.clone(), observer.operation(), observer.began());
        let phase = Mutex::new(Phase::Open {
            batches: Box::pin(futures::stream::unfold(Box::new(exchange), step)),
            ready: VecDeque::new(),
            waker: None,
            observer,
        });
        let call = Arc::new(Call {
            phase,
            timeout,
            id: call_id(),
            request_id,
            version,
            operation,
            began,
            attempts,
            place,
            taken: AtomicU64::new(0),
            cancelled: AtomicBool::new(false),
        });
        let watched: Arc<dyn Watched> = call.clone();
        Outputs {
            meter,
            _watch: deadlines.watch(deadline, Arc::downgrade(&watched)),
            call,
            judged: false,
        }
    }

    /// The version that the call runs on, to its end.
    pub fn version(&self) -> &Arc<Version> {
        &self.call.version
    }

    /// What the call has cost so far.
    pub fn cost(&self) -> Cost {
        self.meter.cost()
    }

    /// What was tried for this call, this attempt included.
    pub fn attempts(&self) -> Vec<Attempt> {
        self.call.attempts.list()
    }

    /// Counts the call as failed, for a reason that only its reader can see.
    pub(crate) fn fail(&mut self, error: &Error) {
        if let Phase::Open { observer, .. } | Phase::Read(observer) = &mut *self.call.phase() {
            observer.fail(error);
        }
    }

    /// From here on its reader says how the call went: that it has come to its end is not enough.
    pub(crate) fn await_verdict(&mut self) {
        self.judged = true;
    }

    /// Counts the call as answered, after its end.
    pub(crate) fn succeed(&mut self) {
        if let Phase::Read(observer) = &mut *self.call.phase() {
            observer.succeed();
        }
    }
}

/// Whoever else looks at the call in this moment does not keep it alive.
impl Drop for Outputs {
    fn drop(&mut self) {
        replace(self.call.phase(), Phase::Over);
    }
}

impl Call {
    fn phase(&self) -> MutexGuard<'_, Phase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The phase, unless the call is being polled.
    fn phase_at_rest(&self) -> Option<MutexGuard<'_, Phase>> {
        match self.phase.try_lock() {
            Ok(phase) => Some(phase),
            Err(TryLockError::Poisoned(poisoned)) => Some(poisoned.into_inner()),
            Err(TryLockError::WouldBlock) => None,
        }
    }

    /// Takes note of an output that is about to be taken. Nobody else writes while the phase is locked.
    fn note(&self, observer: &mut Observer, output: &Output) {
        observer.note(output);
        self.taken.store(self.taken.load(Relaxed) + 1, Relaxed);
    }
}

impl Stream for Outputs {
    type Item = Result<Output>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        let mut phase = self.call.phase();
        if self.call.cancelled.load(Relaxed) {
            phase = self.call.conclude(phase, Observer::fail, self.call.ended());
        }
        match &mut *phase {
            Phase::Open {
                batches,
                ready,
                waker,
                observer,
            } => {
                if let Some(output) = ready.pop_front() {
                    self.call.note(observer, &output);
                    return Poll::Ready(Some(Ok(output)));
                }
                match batches.as_mut().poll_next(task) {
                    Poll::Ready(Some(Ok(batch))) => {
                        *ready = batch;
                        let output = ready.pop_front();
                        if let Some(output) = &output {
                            self.call.note(observer, output);
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
            Phase::Ended(_) => match std::mem::replace(&mut *phase, Phase::Over) {
                Phase::Ended(error) => Poll::Ready(Some(Err(error))),
                _ => Poll::Ready(None),
            },
            Phase::Read(_) | Phase::Over => Poll::Ready(None),
        }
    }
}

impl Watched for Call {
    fn end(&self) -> bool {
        let fault = Fault::Timeout(self.timeout);
        let error = Error::guest(self.version.name(), fault);
        self.finish(Observer::time_out, error)
    }

    fn cancel(&self) -> bool {
        self.cancelled.store(true, Relaxed);
        self.finish(Observer::fail, self.ended())
    }

    fn show(&self) -> Option<LiveCall> {
        // One that is being polled is alive.
        let phase = self.phase_at_rest();
        if phase.is_some_and(|phase| !matches!(*phase, Phase::Open { .. })) {
            return None;
        }
        Some(LiveCall {
            id: self.id,
            request_id: self.request_id.clone(),
            provider: self.version.provider().clone(),
            version: self.version.number(),
            model: self.attempts.model(self.place),
            operation: self.operation,
            age: self.began.elapsed(),
            outputs: self.taken.load(Relaxed),
        })
    }
}

impl Call {
    fn ended(&self) -> Error {
        Error::Ended {
            provider: self.version.name().into(),
        }
    }

    /// Ends it from outside. `false`: it is being polled in this moment.
    fn finish(&self, close: fn(&mut Observer, &Error), error: Error) -> bool {
        let Some(phase) = self.phase_at_rest() else {
            return false;
        };
        drop(self.conclude(phase, close, error));
        true
    }

    /// Ends it, unless it has ended.
    fn conclude<'a>(
        &'a self,
        mut phase: MutexGuard<'a, Phase>,
        close: fn(&mut Observer, &Error),
        error: Error,
    ) -> MutexGuard<'a, Phase> {
        let Phase::Open {
            waker, observer, ..
        } = &mut *phase
        else {
            return phase;
        };
        close(observer, &error);
        let waker = waker.take();
        replace(phase, Phase::Ended(error));
        // Somebody may wait after all, whose own timer has just gone with the call.
        if let Some(waker) = waker {
            waker.wake();
        }
        self.phase()
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
                true => *phase = Phase::Read(observer),
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
