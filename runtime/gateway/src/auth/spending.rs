//! What a key has spent, and whether it may spend more.

use std::sync::{MutexGuard, PoisonError};
use std::time::SystemTime;

use tidegate_host::types::ErrorKind;
use tidegate_host::{Budget, Spending};

use super::Key;
use crate::failure::{Failure, FailureKind};

impl Key {
    /// How much may be spent.
    pub fn budget(&self) -> &Budget {
        &self.budget
    }

    /// What has been spent in the current day and in the current month.
    pub fn spent(&self) -> (f64, f64) {
        self.spending().spent(SystemTime::now())
    }

    /// Whether there is money left.
    pub fn check_budget(&self) -> Result<(), Failure> {
        if !self.budget.is_limited() {
            return Ok(());
        }
        let checked = self.spending().check(&self.budget, SystemTime::now());
        checked.map_err(|exceeded| Failure {
            retry_after: Some(exceeded.retry_after),
            ..Failure::new(
                FailureKind::Call(ErrorKind::QuotaExceeded),
                format!(
                    "the key `{}` may spend {} USD in a {period}, and has spent it\nhint: the next {period} begins in {} (UTC)",
                    self.name,
                    exceeded.limit,
                    said(exceeded.retry_after.as_secs()),
                    period = exceeded.period,
                ),
            )
        })
    }

    /// Adds what a request has cost.
    pub fn charge(&self, cost: Option<f64>) {
        if let Some(cost) = cost {
            self.spending().add(cost, SystemTime::now());
        }
    }

    fn spending(&self) -> MutexGuard<'_, Spending> {
        self.spending.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A time in the two units that matter.
fn said(seconds: u64) -> String {
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours) {
        (0, 0) => format!("{} min", minutes + 1),
        (0, hours) => format!("{hours} h {minutes} min"),
        (days, hours) => format!("{days} d {hours} h"),
    }
}
