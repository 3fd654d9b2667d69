//! A circuit breaker: an upstream that fails again and again is left alone for a while.
//!
//! | state | calls | becomes |
//! |---|---|---|
//! | closed | go through | open after so many failures in a row |
//! | open | are refused at once | half-open when the cool-down is over |
//! | half-open | one goes through, the probe; the others are refused | closed with the probe's first output, open with its failure |
//!
//! The probe's first output closes it on trust, because a long answer would keep everybody else out
//! for minutes: until some call has ended well the next failure opens it again.

use std::time::{Duration, Instant};

use fastrand::Rng;

/// When a provider is left alone, and for how long.
#[derive(Debug, Clone, PartialEq)]
pub struct BreakerConfig {
    /// Failures in a row that open it; 0: it never opens.
    pub failures: u32,
    /// How long it stays open, and up to half as much again, by chance: hosts that saw the same
    /// outage must not all come back at once.
    pub cool_down: Duration,
}

impl Default for BreakerConfig {
    fn default() -> Self {
        BreakerConfig {
            // Chance alone does not fail five calls in a row; an outage does within a second.
            failures: 5,
            // Most outages of vendors that pass at all pass within a minute.
            cool_down: Duration::from_secs(30),
        }
    }
}

/// Whether calls go through.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BreakerState {
    /// They do.
    Closed,
    /// They are refused.
    Open,
    /// One goes through, to see how it fares.
    HalfOpen,
}

/// A breaker as it is seen from outside.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BreakerStatus {
    /// Its state.
    pub state: BreakerState,
    /// For how long it has been in that state.
    pub since: Duration,
    /// Failures in a row, up to now.
    pub failures: u32,
    /// Until the next call goes through, where it is open.
    pub retry_after: Option<Duration>,
}

/// The breaker of one version of a provider.
#[derive(Debug)]
pub(crate) struct Breaker {
    config: BreakerConfig,
    failures: u32,
    since: Instant,
    circuit: Circuit,
}

#[derive(Debug)]
enum Circuit {
    Closed,
    Open { until: Instant },
    HalfOpen { probing: bool },
}

/// What a call that went through holds, and gives back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum Ticket {
    Ordinary,
    Probe,
}

impl Breaker {
    pub(crate) fn new(config: BreakerConfig, now: Instant) -> Self {
        Breaker {
            config,
            failures: 0,
            since: now,
            circuit: Circuit::Closed,
        }
    }

    /// Lets a call through, or says in how long to come back.
    pub(crate) fn admit(&mut self, now: Instant) -> Result<Ticket, Duration> {
        match &mut self.circuit {
            Circuit::Closed => Ok(Ticket::Ordinary),
            Circuit::Open { until } if now < *until => Err(*until - now),
            Circuit::Open { .. } => {
                self.turn(Circuit::HalfOpen { probing: true }, now);
                Ok(Ticket::Probe)
            }
            Circuit::HalfOpen { probing } if !*probing => {
                *probing = true;
                Ok(Ticket::Probe)
            }
            // Nobody knows how long the probe will take; a second is when to look again.
            Circuit::HalfOpen { .. } => Err(Duration::from_secs(1)),
        }
    }

    /// The first output of a call has come. Its ticket is an ordinary one from now on.
    pub(crate) fn begun(&mut self, ticket: Ticket, now: Instant) -> Ticket {
        if ticket == Ticket::Probe && matches!(self.circuit, Circuit::HalfOpen { .. }) {
            self.failures = self.config.failures.saturating_sub(1);
            self.turn(Circuit::Closed, now);
        }
        Ticket::Ordinary
    }

    /// A call has ended well.
    pub(crate) fn succeeded(&mut self, ticket: Ticket, now: Instant) {
        match self.circuit {
            Circuit::Closed => self.failures = 0,
            Circuit::HalfOpen { .. } if ticket == Ticket::Probe => {
                self.failures = 0;
                self.turn(Circuit::Closed, now);
            }
            // It began before the outage and says nothing of how things are now.
            Circuit::Open { .. } | Circuit::HalfOpen { .. } => {}
        }
    }

    /// A call has failed in a way that counts. Whether that opened it.
    pub(crate) fn failed(&mut self, ticket: Ticket, now: Instant, random: &mut Rng) -> bool {
        let opens = match self.circuit {
            Circuit::Closed => {
                self.failures = self.failures.saturating_add(1);
                self.config.failures > 0 && self.failures >= self.config.failures
            }
            Circuit::HalfOpen { .. } if ticket == Ticket::Probe => {
                self.failures = self.failures.saturating_add(1);
                true
            }
            Circuit::Open { .. } | Circuit::HalfOpen { .. } => false,
        };
        if opens {
            let cool_down = self.config.cool_down.mul_f64(1.0 + random.f64() / 2.0);
            // A cool-down past what the clock can count is over when the process is.
            let until = now.checked_add(cool_down);
            let until = until.unwrap_or(now + Duration::from_secs(365 * 24 * 3600));
            self.turn(Circuit::Open { until }, now);
        }
        opens
    }

    /// A call has ended in a way that says nothing of the upstream: it was dropped, or the request
    /// was at fault.
    pub(crate) fn gave_back(&mut self, ticket: Ticket) {
        if let (Ticket::Probe, Circuit::HalfOpen { probing }) = (ticket, &mut self.circuit) {
            *probing = false;
        }
    }

    pub(crate) fn status(&self, now: Instant) -> BreakerStatus {
        let (state, retry_after) = match self.circuit {
            Circuit::Closed => (BreakerState::Closed, None),
            Circuit::Open { until } if now < until => (BreakerState::Open, Some(until - now)),
            Circuit::Open { .. } | Circuit::HalfOpen { .. } => (BreakerState::HalfOpen, None),
        };
        BreakerStatus {
            state,
            since: now.saturating_duration_since(self.since),
            failures: self.failures,
            retry_after,
        }
    }

    pub(crate) fn failures(&self) -> u32 {
        self.failures
    }

    fn turn(&mut self, circuit: Circuit, now: Instant) {
        self.circuit = circuit;
        self.since = now;
    }
}

#[cfg(test)]
mod tests;
