//! What a caller holds of a call: its outputs as they come, whether or not it asks for them.

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
use crate::types::Output;

/// The outputs of one operation as they come. Dropping it cancels guest and upstream, and so does the
/// call's deadline, even where nobody polls.
///
/// An error is the last item.
pub struct Outputs {
    meter: Meter,
    call: Arc<Call>,
    provider: Arc<str>,
    timeout: Duration,
    _watch: Watch,
}

/// Polled by the caller, ended by the caller or at its deadline.
struct Call(Mutex<Phase>);

enum Phase {
    Open {
        stream: Pin<Box<dyn Stream<Item = Result<Output>> + Send>>,
        /// Whoever waits for the next output.
        waker: Option<Waker>,
    },
    /// Ended at its deadline, which the caller does not know yet.
    Overdue,
    Over,
}

impl Outputs {
    pub(crate) fn new(
        provider: Arc<str>,
        exchange: Exchange,
        deadlines: &Arc<Deadlines>,
        deadline: Instant,
        timeout: Duration,
    ) -> Self {
        let meter = exchange.meter();
        let step = |mut exchange: Exchange| async {
            let output = exchange.next().await?;
            Some((output, exchange))
        };
        let call = Arc::new(Call(Mutex::new(Phase::Open {
            stream: Box::pin(futures::stream::unfold(exchange, step)),
            waker: None,
        })));
        let overdue: Arc<dyn Overdue> = call.clone();
        Outputs {
            meter,
            _watch: deadlines.watch(deadline, Arc::downgrade(&overdue)),
            call,
            provider,
            timeout,
        }
    }

    /// What the call has cost so far.
    pub fn cost(&self) -> Cost {
        self.meter.cost()
    }
}

impl Stream for Outputs {
    type Item = Result<Output>;

    fn poll_next(self: Pin<&mut Self>, task: &mut Task<'_>) -> Poll<Option<Self::Item>> {
        let mut phase = self.call.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &mut *phase {
            Phase::Open { stream, waker } => {
                let poll = stream.as_mut().poll_next(task);
                match &poll {
                    Poll::Ready(Some(Ok(_))) => {}
                    Poll::Pending => match waker {
                        Some(waker) => waker.clone_from(task.waker()),
                        None => *waker = Some(task.waker().clone()),
                    },
                    // After an error there is only the end: what the call holds is given back now.
                    Poll::Ready(Some(Err(_)) | None) => replace(phase, Phase::Over),
                }
                poll
            }
            Phase::Overdue => {
                *phase = Phase::Over;
                let fault = Fault::Timeout(self.timeout);
                Poll::Ready(Some(Err(Error::guest(&self.provider, fault))))
            }
            Phase::Over => Poll::Ready(None),
        }
    }
}

impl Overdue for Call {
    fn end(&self) -> bool {
        let mut phase = match self.0.try_lock() {
            Ok(phase) => phase,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return false,
        };
        let Phase::Open { waker, .. } = &mut *phase else {
            return true;
        };
        let waker = waker.take();
        replace(phase, Phase::Overdue);
        // Somebody may wait after all, whose own timer has just gone with the call.
        if let Some(waker) = waker {
            waker.wake();
        }
        true
    }
}

/// The old phase is dropped once nobody is locked out any more: it ends a guest and a connection.
fn replace(mut phase: MutexGuard<'_, Phase>, next: Phase) {
    let old = std::mem::replace(&mut *phase, next);
    drop(phase);
    drop(old);
}
