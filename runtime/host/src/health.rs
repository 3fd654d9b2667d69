//! How the calls of one version have fared, and what follows from it for the next one.

use crate::router::{Breaker, BreakerConfig, Probation};
use tokio::time::Instant;

/// The standing of one version of a provider.
#[derive(Debug)]
pub(crate) struct Health {
    /// Whether calls go through.
    pub(crate) breaker: Breaker,
    /// Whether it stays.
    pub(crate) probation: Probation,
}

impl Health {
    /// A version that is healthy as far as anybody knows, and has nothing to prove.
    pub(crate) fn new(breaker: BreakerConfig) -> Self {
        Health {
            breaker: Breaker::new(breaker, Instant::now().into_std()),
            probation: Probation::Passed,
        }
    }
}
