//! What was tried for one call: nothing that a router does is hidden from the caller.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use crate::types::{ErrorKind, Usage};

/// One attempt to answer a call.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Attempt {
    /// The provider.
    pub provider: Arc<str>,
    /// The number of its version.
    pub version: u64,
    /// The vendor's name of the model; empty for operations without one.
    pub model: Arc<str>,
    /// How long was waited before it.
    pub waited: Duration,
    /// When it began.
    pub started: SystemTime,
    /// How long it took; zero while it is under way.
    pub duration: Duration,
    /// How it ended.
    pub outcome: AttemptOutcome,
    /// Whether something of its answer has come.
    pub begun: bool,
    /// What it used, as far as the provider has said so; `raw` is left out.
    pub usage: Option<Usage>,
    /// Tokens that it used, input and output together: as far as the provider has said so, and by
    /// estimate beyond that. 0 while it is under way.
    pub tokens: u32,
    /// What it cost, where the model's price is known; see [`CallRecord`](crate::CallRecord).
    pub cost: Option<f64>,
}

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub enum AttemptOutcome {
    /// It has not.
    UnderWay,
    /// With an answer.
    Answered,
    /// With an error.
    Failed {
        /// Its kind.
        kind: ErrorKind,
        /// The upstream's HTTP status, where the failure came from there.
        status: Option<u16>,
    },
    /// The caller went away, or an operator ended the call.
    Abandoned,
}

/// The attempts of one call, oldest first. Cloning gives another handle, so that who hands one over
/// in `CallOptions` sees the attempts however the call ends, also when it is dropped.
#[derive(Debug, Clone, Default)]
pub struct Attempts(Arc<Mutex<Record>>);

#[derive(Debug, Default)]
struct Record {
    attempts: Vec<Attempt>,
    /// Waited since the last one.
    waited: Duration,
}

impl Attempt {
    /// Whether it failed before a vendor can have worked for it: what was taken for it by estimate is
    /// given back. One that ran out of time, or whose answer was too large or made no sense, may well be
    /// paid for.
    pub fn cost_nothing(&self) -> bool {
        self.outcome.costs_nothing(self.begun)
    }
}

impl AttemptOutcome {
    /// The kind of its error, `abandoned` where the caller went away; `None` where there is none.
    pub fn error_type(&self) -> Option<&'static str> {
        match self {
            AttemptOutcome::Failed { kind, .. } => Some(kind.name()),
            AttemptOutcome::Abandoned => Some("abandoned"),
            AttemptOutcome::UnderWay | AttemptOutcome::Answered => None,
        }
    }

    /// See [`Attempt::cost_nothing`].
    pub(crate) fn costs_nothing(&self, begun: bool) -> bool {
        let AttemptOutcome::Failed { kind, status } = self else {
            return false;
        };
        let kinds = [ErrorKind::Timeout, ErrorKind::Upstream, ErrorKind::Internal];
        let may_have_worked = kinds.contains(kind) && status.is_none_or(|status| status < 400);
        !begun && !may_have_worked
    }
}

impl Attempts {
    /// No attempt yet.
    pub fn new() -> Self {
        Attempts::default()
    }

    /// All of them, as they are now.
    pub fn list(&self) -> Vec<Attempt> {
        self.lock().attempts.clone()
    }

    /// The model of the one at this place.
    pub(crate) fn model(&self, place: usize) -> Arc<str> {
        let record = self.lock();
        let attempt = record.attempts.get(place);
        attempt.map_or_else(|| "".into(), |attempt| attempt.model.clone())
    }

    /// Looks at all of them, as they are now, without copying. Nothing of the call goes on meanwhile.
    pub fn with<T>(&self, look: impl FnOnce(&[Attempt]) -> T) -> T {
        look(&self.lock().attempts)
    }

    /// What they cost together; `None` where that of one is not known, or not yet.
    pub fn cost(&self) -> Option<f64> {
        let known = |attempt: &Attempt| match attempt.cost {
            None if attempt.cost_nothing() => Some(0.0),
            cost => cost,
        };
        self.with(
            |attempts| match attempts.iter().any(|it| it.cost.is_some()) {
                true => attempts.iter().map(known).sum(),
                false => None,
            },
        )
    }

    /// A wait before the next one.
    pub(crate) fn waited(&self, wait: Duration) {
        self.lock().waited += wait;
    }

    /// One begins. Its place in the list.
    pub(crate) fn begin(
        &self,
        provider: Arc<str>,
        version: u64,
        model: Arc<str>,
        started: SystemTime,
    ) -> usize {
        let mut record = self.lock();
        let waited = std::mem::take(&mut record.waited);
        record.attempts.push(Attempt {
            provider,
            version,
            model,
            waited,
            started,
            duration: Duration::ZERO,
            outcome: AttemptOutcome::UnderWay,
            begun: false,
            usage: None,
            tokens: 0,
            cost: None,
        });
        record.attempts.len() - 1
    }

    /// One has ended, and this is what is to be known of it.
    pub(crate) fn end(&self, place: usize, note: impl FnOnce(&mut Attempt)) {
        if let Some(attempt) = self.lock().attempts.get_mut(place) {
            note(attempt);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Record> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_vendor_may_have_worked_for_is_not_given_back() {
        let ended = |kind, begun| {
            let outcome = AttemptOutcome::Failed { kind, status: None };
            outcome.costs_nothing(begun)
        };
        assert!(ended(ErrorKind::ContextLengthExceeded, false));
        assert!(ended(ErrorKind::Overloaded, false));
        assert!(!ended(ErrorKind::Overloaded, true));
        assert!(!ended(ErrorKind::Timeout, false));
        assert!(!AttemptOutcome::Abandoned.costs_nothing(false));
    }

    #[test]
    fn what_attempts_cost_is_known_when_it_is_known_of_each() {
        let cost = |ended: &[(Option<f64>, AttemptOutcome)]| {
            let attempts = Attempts::new();
            for (cost, outcome) in ended {
                let place = attempts.begin("a".into(), 1, "m".into(), SystemTime::now());
                attempts.end(place, |attempt| {
                    attempt.cost = *cost;
                    attempt.outcome = outcome.clone();
                });
            }
            attempts.cost()
        };
        use AttemptOutcome::{Answered, UnderWay};
        let refused = AttemptOutcome::Failed {
            kind: ErrorKind::Overloaded,
            status: None,
        };
        assert_eq!(cost(&[]), None);
        assert_eq!(cost(&[(None, Answered)]), None);
        assert_eq!(cost(&[(Some(0.5), Answered)]), Some(0.5));
        assert_eq!(
            cost(&[(Some(0.5), refused.clone()), (Some(1.0), Answered)]),
            Some(1.5)
        );
        assert_eq!(
            cost(&[(None, refused.clone()), (Some(1.0), Answered)]),
            Some(1.0)
        );
        assert_eq!(cost(&[(Some(0.0), refused), (None, Answered)]), None);
        assert_eq!(cost(&[(Some(0.5), Answered), (None, UnderWay)]), None);
    }
}
