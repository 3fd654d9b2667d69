//! A call under way, as an operator sees it.

use std::sync::Arc;
use std::time::Duration;

/// A call under way.
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct LiveCall {
    /// Names it for as long as it lives; by chance, and small enough for every JSON reader.
    pub id: u64,
    /// What the caller calls it.
    pub request_id: Arc<str>,
    /// The provider.
    pub provider: Arc<str>,
    /// The number of the version that it runs on, to its end.
    pub version: u64,
    /// The vendor's name of the model; empty for operations without one.
    pub model: Arc<str>,
    /// `chat`, `embed`, …
    pub operation: &'static str,
    /// Since when.
    pub age: Duration,
    /// Outputs that its caller has taken.
    pub outputs: u64,
}

/// A number for a call. Random, so that calls share no counter: what all threads write to would cost
/// each more than the rest of the record. Two calls in ten thousand meet once in a hundred years.
pub(crate) fn call_id() -> u64 {
    fastrand::u64(1..1 << 53)
}
