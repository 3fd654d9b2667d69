//! Which provider answers, and what becomes of a failure: decisions, and nothing else.
//!
//! Nothing in this folder does I/O, reads a clock or rolls dice: the time and the random numbers
//! come in as arguments, so that tests play hours in microseconds. `dispatch.rs` and `observer.rs` act on
//! what is decided here.
//!
//! What a failure leads to, while nothing of the answer has reached the caller:
//!
//! | failure | tried again | the breaker counts it | speaks against a new version |
//! |---|---|---|---|
//! | `invalid-request`, `context-length-exceeded`, `content-filtered` | nowhere: it is the request | no | no |
//! | `unauthorized`, `forbidden`, `not-found`, `unsupported`, `quota-exceeded`, `denied` | elsewhere | no | no |
//! | `unreachable` | elsewhere | yes | no |
//! | `rate-limited` | here or elsewhere | no | no |
//! | `overloaded`, `timeout` | here or elsewhere | yes | no |
//! | `upstream` with an error status | here or elsewhere | yes | no |
//! | `upstream` with a redirect | elsewhere | yes | no |
//! | `upstream` without an error: the answer makes no sense | here or elsewhere | yes | yes |
//! | `internal`, and every fault of a guest: a trap, too much memory, a breach of contract | elsewhere | no | yes |
//! | a call that took longer than its provider may | here or elsewhere | yes | no |
//! | the caller's own deadline | nowhere: there is no time left | no | no |
//! | a limit of the host's: concurrency, the pool, requests and tokens per minute | here or elsewhere | no | no |
//! | the provider rests: its breaker is open | elsewhere | no | no |
//! | the provider is disabled or being drained | elsewhere | no | no |
//! | an operator has ended the call | nowhere: that is what was wanted | no | no |
//!
//! What a guest does wrong ends its own call and nobody else's, so it does not open the breaker:
//! otherwise five requests made to trip a guest would shut out everybody. There is no upstream to be
//! spared either. A version that always traps is what rolling back is for.
//!
//! Whatever the kind of the others says, status 408, 409, 429 and 5xx can be tried again:
//! `is_retryable` in `types.rs` decides that.
//!
//! *Elsewhere* is the next target of the route; this one is out of the call. *Here or elsewhere* is,
//! in this order:
//!
//! 1. Here, once the upstream's `retry-after` has passed, if that is at most a second and the route
//!    is a fallback: its first target is the one that the operator wants.
//! 2. The next target that has not been tried, at once.
//! 3. When all have been tried: the one that may be asked again the soonest, after its `retry-after`
//!    or a backoff with full jitter, whichever is longer. Where that would pass the deadline, or
//!    `Backoff::patience`, nothing is waited for.
//!
//! Ways 1 and 3 use up `retries`; going to an untried target does not, so every target of a route
//! gets its chance whatever `retries` says.

// Reading order: the course of a call, and what it follows; then what makes a provider wait or rest;
// then money; then the record of it all.
mod course;

mod order;

mod latency;

mod route;

mod backoff;

mod verdict;

mod breaker;

mod probation;

mod rate;

mod budget;

mod bill;

mod estimate;

mod price;

mod attempt;

pub use attempt::{Attempt, AttemptOutcome, Attempts};
pub use backoff::Backoff;
pub use breaker::{BreakerConfig, BreakerState, BreakerStatus};
pub use budget::{Budget, BudgetExceeded, Spending};
pub use estimate::EstimateTokens;
pub use price::Price;
pub use rate::{Rate, RateLimits, Rates, RatesExceeded};
pub use route::{Route, RouteTarget, Strategy};

pub(crate) use bill::Bill;
pub(crate) use breaker::{Breaker, Ticket};
pub(crate) use course::{Course, Step};
pub(crate) use latency::Latency;
pub(crate) use order::{Signals, order};
pub(crate) use probation::Probation;
pub(crate) use route::check_routes;
pub(crate) use verdict::{Next, Verdict};
