//! Observes one call from its beginning to its end, and draws the conclusions: for the breaker, for a
//! version on trial, for the token rate, for what it cost, and for the records of it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use tokio::time::Instant;
use tracing::Span;

use crate::error::{Error, Fault, Result};
use crate::health::Health;
use crate::lineage::Lineage;
use crate::meter::Meter;
use crate::record::{CallRecord, is_streamed};
use crate::router::{AttemptOutcome, Attempts, Bill, Rates, Ticket, Verdict};
use crate::trace;
use crate::types::{Operation, Output, StreamEvent};
use crate::version::Version;

/// One call as others see it. Dropped before its end it counts as abandoned.
pub(crate) struct Observer {
    lineage: Arc<Lineage>,
    version: Arc<Version>,
    attempts: Attempts,
    place: usize,
    call: Named,
    span: Span,
    began: Instant,
    started: SystemTime,
    /// When something of the answer came.
    begun: Option<Duration>,
    /// What the breaker gave; `None` before it was asked, and for calls that it does not guard.
    ticket: Option<Ticket>,
    tokens: Option<Tokens>,
    bill: Bill,
    /// What the guest uses; `None` before there is an instance.
    meter: Option<Meter>,
    /// The caller allows less time than the operator does: that it was too little is not the
    /// provider's failure.
    hurried: bool,
    generates: bool,
    /// Whether the answer is there, although its end has not been read.
    answered: bool,
    /// Whether the span knows who answers.
    named: bool,
    ended: bool,
}

/// What a call is called.
struct Named {
    request_id: Arc<str>,
    operation: &'static str,
    streamed: bool,
    model: Arc<str>,
}

/// What was taken of the token rate.
struct Tokens {
    rates: Arc<Mutex<Rates>>,
    estimated: u32,
}

impl Observer {
    pub(crate) fn new(
        lineage: &Arc<Lineage>,
        version: &Arc<Version>,
        operation: &Operation,
        timeout: Option<Duration>,
        request_id: Arc<str>,
        attempts: Attempts,
        parent: Option<&Span>,
    ) -> Self {
        let kind = operation.kind_name();
        let model: Arc<str> = operation.model().map_or("", String::as_str).into();
        let (number, started) = (version.number(), SystemTime::now());
        let price = lineage.config().prices.get(&*model).copied();
        let place = attempts.begin(lineage.name().clone(), number, model.clone(), started);
        Observer {
            lineage: lineage.clone(),
            version: version.clone(),
            attempts,
            place,
            span: trace::attempt(parent, lineage.name(), number, kind, &model, &request_id),
            call: Named {
                request_id,
                operation: kind,
                streamed: is_streamed(operation),
                model,
            },
            began: Instant::now(),
            started,
            begun: None,
            ticket: None,
            tokens: None,
            bill: Bill::new(operation, price),
            meter: None,
            hurried: timeout.is_some_and(|timeout| timeout < version.limits().timeout),
            generates: operation.is_generation(),
            answered: false,
            named: false,
            ended: false,
        }
    }

    /// Lets the call through, or says why not. Nothing is taken from a call that is refused.
    pub(crate) fn admit(
        &mut self,
        operation: &Operation,
        rates: Option<&Arc<Mutex<Rates>>>,
    ) -> Result<()> {
        // What an operator looks at a provider with has to work most of all when it is down.
        if matches!(operation, Operation::Check | Operation::ListModels) {
            return Ok(());
        }
        let now = Instant::now().into_std();
        let mut health = self.health();
        let admitted = health.breaker.admit(now);
        let failures = health.breaker.failures();
        drop(health);
        let provider = || self.lineage.name().to_string();
        let ticket = admitted.map_err(|retry_after| Error::Resting {
            provider: provider(),
            failures,
            retry_after,
        })?;
        self.ticket = Some(ticket);
        let Some(rates) = rates else {
            return Ok(());
        };
        let mut open = rates.lock().unwrap_or_else(PoisonError::into_inner);
        let estimated = match open.counts_tokens() {
            true => self.bill.input(),
            false => 0,
        };
        open.take(estimated, now)
            .map_err(|exceeded| Error::RateLimited {
                provider: self.lineage.name().to_string(),
                what: exceeded.what,
                limit: exceeded.limit,
                retry_after: exceeded.retry_after,
            })?;
        self.tokens = open.counts_tokens().then(|| Tokens {
            rates: rates.clone(),
            estimated,
        });
        Ok(())
    }

    /// Takes note of an output.
    pub(crate) fn note(&mut self, output: &Output) {
        if self.begun.is_none() && !output.comes_before_the_answer() {
            self.begun = Some(self.began.elapsed());
            if let Some(ticket) = self.ticket {
                let now = Instant::now().into_std();
                let ticket = match ticket {
                    Ticket::Ordinary => ticket,
                    Ticket::Probe => self.health().breaker.begun(ticket, now),
                };
                self.ticket = Some(ticket);
            }
        }
        trace::note(&self.span, output, &mut self.named);
        self.bill.note(output);
        self.answered |= !self.generates || matches!(output, Output::Event(StreamEvent::Finish(_)));
    }

    /// It has come to its end. Whatever is no stream of events owes an answer.
    pub(crate) fn succeed(&mut self) {
        if !self.generates && !self.answered {
            let fault = Fault::Contract("it is done without an answer".into());
            return self.fail(&Error::guest(self.lineage.name(), fault));
        }
        if !self.end(AttemptOutcome::Answered) {
            return;
        }
        let now = Instant::now().into_std();
        let ticket = self.ticket.take();
        let mut health = self.health();
        if let Some(ticket) = ticket {
            health.breaker.succeeded(ticket, now);
            health.probation.succeeded();
        }
    }

    /// It has failed.
    pub(crate) fn fail(&mut self, error: &Error) {
        let (kind, status) = (error.kind(), error.status());
        let outcome = match error {
            // The vendor may have worked for it, and be paid.
            Error::Ended { .. } => AttemptOutcome::Abandoned,
            _ => AttemptOutcome::Failed { kind, status },
        };
        if !self.end(outcome) {
            return;
        }
        // A call that was not let through says nothing.
        let Some(ticket) = self.ticket.take() else {
            return;
        };
        let now = Instant::now().into_std();
        let verdict = Verdict::of(error);
        // Nor does an answer that is longer than its time, or that is read slowly, speak against its
        // provider: otherwise callers could have it left alone for everybody.
        let was_hurried = (self.hurried || self.begun.is_some()) && is_out_of_time(error);
        let mut health = self.health();
        let opened = match verdict.trips && !was_hurried {
            true => health
                .breaker
                .failed(ticket, now, &mut fastrand::Rng::new()),
            false => {
                health.breaker.gave_back(ticket);
                false
            }
        };
        let failures = health.breaker.failures();
        let goes = verdict.discredits && health.probation.failed();
        drop(health);
        if opened {
            tracing::warn!(
                provider = %self.lineage.name(),
                version = self.version.number(),
                failures,
                error = %error,
                "left alone for a while: one call after the other failed"
            );
        }
        if goes {
            self.lineage.give_up(&self.version, error);
        }
    }

    /// The attempts of the call, and which of them this is.
    pub(crate) fn attempt(&self) -> (&Attempts, usize) {
        (&self.attempts, self.place)
    }

    /// There is an instance, and this is its account.
    pub(crate) fn measure(&mut self, meter: Meter) {
        self.meter = Some(meter);
    }

    /// What is asked for.
    pub(crate) fn operation(&self) -> &'static str {
        self.call.operation
    }

    /// Since when.
    pub(crate) fn began(&self) -> Instant {
        self.began
    }

    /// The time is up, and nobody reads: that says nothing of the provider.
    pub(crate) fn time_out(&mut self, error: &Error) {
        self.hurried = true;
        self.fail(error);
    }

    /// Closes the books, once.
    fn end(&mut self, outcome: AttemptOutcome) -> bool {
        if self.ended {
            return false;
        }
        self.ended = true;
        let begun = self.begun.is_some();
        let usage = self.bill.usage().cloned();
        let used = self.bill.tokens(&outcome, begun);
        if let Some(tokens) = self.tokens.take() {
            let mut rates = tokens.rates.lock().unwrap_or_else(PoisonError::into_inner);
            rates.correct(tokens.estimated, used, Instant::now().into_std());
        }
        let charge = self.bill.charge(&outcome, begun);
        let record = CallRecord {
            provider: self.lineage.name().clone(),
            version: self.version.number(),
            digest: self.version.component().digest(),
            request_id: self.call.request_id.clone(),
            operation: self.call.operation,
            model: self.call.model.clone(),
            streamed: self.call.streamed,
            attempt: self.place + 1,
            started: self.started,
            duration: self.began.elapsed(),
            first_output: self.begun,
            outcome,
            usage,
            cost: charge.cost,
            cost_is_estimated: charge.is_estimated,
            resources: self.meter.as_ref().map(Meter::cost).unwrap_or_default(),
        };
        self.attempts.end(self.place, |attempt| {
            attempt.duration = record.duration;
            attempt.outcome = record.outcome.clone();
            attempt.begun = begun;
            attempt.usage.clone_from(&record.usage);
            attempt.tokens = used;
            attempt.cost = record.cost;
        });
        trace::end(&self.span, &record);
        self.lineage.calls().each(|sink| sink(&record));
        true
    }

    fn health(&self) -> MutexGuard<'_, Health> {
        let health = self.version.health.lock();
        health.unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Observer {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        self.bill.leave();
        // Callers often stop reading at the finish.
        if self.answered {
            return self.succeed();
        }
        self.end(AttemptOutcome::Abandoned);
        if let Some(ticket) = self.ticket.take() {
            self.health().breaker.gave_back(ticket);
        }
    }
}

fn is_out_of_time(error: &Error) -> bool {
    let fault = match error {
        Error::Guest { fault, .. } => fault,
        _ => return false,
    };
    matches!(fault, Fault::Timeout(_))
}
