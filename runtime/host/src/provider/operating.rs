//! What operators see of a provider, and what they say of it.

use std::sync::{Arc, PoisonError};

use tokio::time::Instant;

use super::Provider;
use crate::error::{Error, Result};
use crate::lineage::RolledBack;
use crate::router::BreakerStatus;
use crate::standing::Standing;
use crate::version::Version;

/// Why a provider runs the version that it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// The configuration names its component.
    Configuration,
    /// Somebody swapped it in. It stays until the configuration names another component than it did
    /// then, or somebody goes back.
    Swap,
    /// It is one from before, gone back to by hand or by itself.
    Rollback,
}

impl Provider {
    /// Whether calls go through to the current version.
    pub fn breaker(&self) -> BreakerStatus {
        let version = self.version();
        let health = version.health.lock();
        let health = health.unwrap_or_else(PoisonError::into_inner);
        health.breaker.status(Instant::now().into_std())
    }

    /// The version that was rolled back last, because its first calls failed.
    pub fn rolled_back(&self) -> Option<RolledBack> {
        self.lineage.rolled_back()
    }

    /// Why it runs the version that it runs.
    pub fn source(&self) -> Source {
        let current = self.version();
        match current.component().digest() == self.configured() {
            true => Source::Configuration,
            false if current.by_hand => Source::Swap,
            false => Source::Rollback,
        }
    }

    /// The version that a rollback goes back to.
    pub fn previous(&self) -> Option<Arc<Version>> {
        self.lineage.previous()
    }

    /// Whether it takes calls.
    pub fn standing(&self) -> Standing {
        self.standing.get()
    }

    /// Says whether it takes calls from now on; those under way go on.
    pub(crate) fn set_standing(&self, standing: Standing) {
        self.standing.set(standing);
    }

    /// Takes over from one of the same name and another configuration what an operator said of it while
    /// it ran: that does not lapse because a limit is written differently.
    pub(crate) fn succeed(&self, before: &Provider) -> Result<()> {
        self.set_standing(before.standing());
        // What was gone back to stays as well: what is configured may be what failed.
        let is_configured = before.source() == Source::Configuration;
        if is_configured || before.configured() != self.configured() {
            return Ok(());
        }
        let adopted = self.lineage.adopt(before.version().component().clone());
        adopted.map_err(|error| match error {
            Error::Config { message, hint } => Error::Config {
                message: format!("{message}, in the component that was swapped in by hand"),
                hint: format!("{hint}; or go back with `tidegate rollback {}`", self.name),
            },
            error => error,
        })
    }

    /// What may still be used of its requests and tokens per minute; `None` where it is not limited.
    pub fn rates_left(&self) -> (Option<u32>, Option<u32>) {
        let Some(rates) = &self.rates else {
            return (None, None);
        };
        let rates = rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.left(Instant::now().into_std())
    }
}
