//! So much money per period.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Money that may be spent per period, in the currency of the prices.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Budget {
    /// How much.
    pub amount: f64,
    /// Per how long. Periods are counted from the Unix epoch, so that a day ends at midnight UTC,
    /// here and on every other host.
    pub period: Duration,
}

/// What has been spent of a budget.
///
/// What a call costs is known when it is over, so calls that began with money left may overdraw the
/// budget together; the next period begins at nothing all the same.
#[derive(Debug, Clone, Default)]
pub struct Spending {
    /// The number of the period that the amount belongs to.
    period: u128,
    amount: f64,
}

impl Spending {
    /// Whether there is money left; otherwise, in how long there will be.
    pub fn check(&mut self, budget: &Budget, now: SystemTime) -> Result<(), Duration> {
        let until_next = self.turn(budget, now);
        match self.amount < budget.amount {
            true => Ok(()),
            false => Err(until_next),
        }
    }

    /// Adds what a call has cost.
    pub fn add(&mut self, cost: f64, budget: &Budget, now: SystemTime) {
        self.turn(budget, now);
        if cost.is_finite() {
            self.amount += cost.max(0.0);
        }
    }

    /// What has been spent in the current period.
    pub fn spent(&mut self, budget: &Budget, now: SystemTime) -> f64 {
        self.turn(budget, now);
        self.amount
    }

    /// Goes on to the current period, and says how long it still lasts.
    fn turn(&mut self, budget: &Budget, now: SystemTime) -> Duration {
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let length = budget.period.as_nanos().max(1);
        let current = since_epoch.as_nanos() / length;
        // A clock that is set back must not give the money twice.
        if current > self.period {
            self.period = current;
            self.amount = 0.0;
        }
        let end = (self.period + 1).saturating_mul(length);
        let left = end.saturating_sub(since_epoch.as_nanos());
        Duration::from_nanos(u64::try_from(left).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_secs(86_400);

    #[test]
    fn money_is_spent_and_comes_back_at_midnight() {
        let budget = Budget {
            amount: 5.0,
            period: DAY,
        };
        let mut spending = Spending::default();
        let noon = UNIX_EPOCH + DAY * 20_000 + DAY / 2;
        spending.add(3.0, &budget, noon);
        assert_eq!(spending.check(&budget, noon), Ok(()));
        spending.add(3.0, &budget, noon);
        assert_eq!(spending.spent(&budget, noon), 6.0);
        assert_eq!(spending.check(&budget, noon), Err(DAY / 2));
        assert_eq!(spending.check(&budget, noon - DAY), Err(DAY * 3 / 2));
        let next_day = noon + DAY / 2;
        assert_eq!(spending.check(&budget, next_day), Ok(()));
        assert_eq!(spending.spent(&budget, next_day), 0.0);
    }

    #[test]
    fn odd_costs_and_periods_are_harmless() {
        let mut spending = Spending::default();
        let now = UNIX_EPOCH + DAY;
        for period in [Duration::ZERO, Duration::MAX] {
            let budget = Budget {
                amount: 1.0,
                period,
            };
            for cost in [f64::NAN, f64::INFINITY, -1.0] {
                spending.add(cost, &budget, now);
            }
            assert_eq!(spending.check(&budget, now), Ok(()));
            assert_eq!(spending.spent(&budget, now), 0.0);
        }
    }
}
