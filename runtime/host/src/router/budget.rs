//! So much money per day and per month of the calendar.
//!
//! Days and months are those of UTC, here and on every other host. What a call costs is known when it is
//! over, so calls that began with money left may overdraw a budget together; the next day or month
//! begins at nothing all the same.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::calendar::{DAY, Date, days_before};

/// Money that may be spent, in the currency of the prices; `None`: as much as it costs.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Budget {
    /// In a day, which begins at midnight UTC.
    pub day: Option<f64>,
    /// In a month of the calendar, UTC.
    pub month: Option<f64>,
}

/// A budget that is used up.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BudgetExceeded {
    /// `day` or `month`.
    pub period: &'static str,
    /// How much may be spent in it.
    pub limit: f64,
    /// How long it still lasts.
    pub retry_after: Duration,
}

/// What has been spent in the current day and month.
///
/// ```
/// use std::time::{Duration, UNIX_EPOCH};
/// use tidegate_host::{Budget, Spending};
///
/// let budget = Budget { day: Some(2.0), month: None };
/// let mut spending = Spending::default();
/// // A quarter to midnight on the 31st of January 2026.
/// let now = UNIX_EPOCH + Duration::from_secs(1_769_903_100);
/// assert_eq!(spending.check(&budget, now), Ok(()));
/// spending.add(2.5, now);
/// let exceeded = spending.check(&budget, now).unwrap_err();
/// assert_eq!((exceeded.period, exceeded.retry_after), ("day", Duration::from_secs(900)));
/// ```
#[derive(Debug, Clone, Default)]
pub struct Spending {
    day: Period,
    month: Period,
}

/// A day or a month, and what was spent in it.
#[derive(Debug, Clone, Copy, Default)]
struct Period {
    number: u64,
    amount: f64,
}

impl Budget {
    /// Whether anything is limited.
    pub fn is_limited(&self) -> bool {
        self.day.is_some() || self.month.is_some()
    }
}

impl Spending {
    /// Whether there is money left. Where both budgets are used up, the one that lasts longer is told.
    pub fn check(&mut self, budget: &Budget, now: SystemTime) -> Result<(), BudgetExceeded> {
        self.turn(now);
        let calendar = Calendar::at(now);
        let periods = [
            (
                "month",
                self.month.amount,
                budget.month,
                calendar.next_month,
            ),
            ("day", self.day.amount, budget.day, calendar.next_day),
        ];
        for (period, spent, limit, next) in periods {
            match limit {
                Some(limit) if spent >= limit => {
                    let end = UNIX_EPOCH + Duration::from_secs(next);
                    return Err(BudgetExceeded {
                        period,
                        limit,
                        retry_after: end.duration_since(now).unwrap_or_default(),
                    });
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Adds what a call has cost. What is no amount of money counts as nothing.
    pub fn add(&mut self, cost: f64, now: SystemTime) {
        self.turn(now);
        if cost.is_finite() {
            self.day.amount += cost.max(0.0);
            self.month.amount += cost.max(0.0);
        }
    }

    /// What has been spent in the current day and in the current month.
    pub fn spent(&mut self, now: SystemTime) -> (f64, f64) {
        self.turn(now);
        (self.day.amount, self.month.amount)
    }

    fn turn(&mut self, now: SystemTime) {
        let calendar = Calendar::at(now);
        self.day.turn(calendar.day);
        self.month.turn(calendar.month);
    }
}

impl Period {
    /// A clock that is set back must not give the money twice.
    fn turn(&mut self, number: u64) {
        if number > self.number {
            *self = Period {
                number,
                amount: 0.0,
            };
        }
    }
}

/// Where a moment stands in the calendar.
struct Calendar {
    /// Days since the Unix epoch.
    day: u64,
    /// Months since the beginning of year 0.
    month: u64,
    /// When the next day begins, in seconds since the Unix epoch.
    next_day: u64,
    /// When the next month begins.
    next_month: u64,
}

impl Calendar {
    fn at(now: SystemTime) -> Calendar {
        let since_epoch = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let day = since_epoch.as_secs() / DAY;
        let Date { year, month, .. } = Date::of(day);
        let (next_year, next_month) = match month {
            12 => (year + 1, 1),
            month => (year, month + 1),
        };
        Calendar {
            day,
            month: year * 12 + month,
            next_day: (day + 1) * DAY,
            next_month: days_before(next_year, next_month) * DAY,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn civil(day: u64) -> (u64, u64) {
        let Date { year, month, .. } = Date::of(day);
        (year, month)
    }

    fn at(seconds: u64) -> SystemTime {
        UNIX_EPOCH + Duration::from_secs(seconds)
    }

    /// The beginning of a day.
    fn date(year: u64, month: u64, day: u64) -> SystemTime {
        at((days_before(year, month) + day - 1) * DAY)
    }

    fn refused(spending: &mut Spending, budget: &Budget, now: SystemTime) -> (&'static str, u64) {
        let exceeded = spending.check(budget, now).expect_err("it is used up");
        (exceeded.period, exceeded.retry_after.as_secs())
    }

    #[test]
    fn money_is_spent_and_comes_back_at_midnight() {
        let budget = Budget {
            day: Some(5.0),
            month: None,
        };
        let mut spending = Spending::default();
        let noon = date(2024, 10, 4) + Duration::from_secs(DAY / 2);
        spending.add(3.0, noon);
        assert_eq!(spending.check(&budget, noon), Ok(()));
        spending.add(3.0, noon);
        assert_eq!(spending.spent(noon), (6.0, 6.0));
        assert_eq!(refused(&mut spending, &budget, noon), ("day", DAY / 2));
        // A clock that is set back gives nothing back.
        let before = date(2024, 10, 3);
        assert_eq!(spending.spent(before), (6.0, 6.0));
        assert_eq!(refused(&mut spending, &budget, before).0, "day");
        let next_day = date(2024, 10, 5);
        assert_eq!(spending.check(&budget, next_day), Ok(()));
        assert_eq!(spending.spent(next_day), (0.0, 6.0));
    }

    #[test]
    fn a_month_is_as_long_as_the_calendar_says() {
        let budget = Budget {
            day: Some(1.0),
            month: Some(10.0),
        };
        for (year, month, days) in [(2024, 2, 29), (2025, 2, 28), (2025, 12, 31), (2100, 2, 28)] {
            let mut spending = Spending::default();
            let first = date(year, month, 1);
            spending.add(10.0, first);
            assert_eq!(
                refused(&mut spending, &budget, first),
                ("month", days * DAY)
            );
            let last = first + Duration::from_secs(days * DAY - 1);
            assert_eq!(refused(&mut spending, &budget, last), ("month", 1));
            let next = last + Duration::from_secs(1);
            assert_eq!(spending.check(&budget, next), Ok(()));
            assert_eq!(spending.spent(next), (0.0, 0.0));
        }
    }

    #[test]
    fn known_days_have_their_dates() {
        for (day, year, month) in [
            (0, 1970, 1),
            (58, 1970, 2),
            (59, 1970, 3),
            (19_782, 2024, 2),
        ] {
            assert_eq!(civil(day), (year, month));
        }
        assert_eq!(days_before(2000, 3), 11_017);
        assert_eq!(date(2026, 11, 20), at(1_795_132_800));
    }

    #[test]
    fn odd_costs_and_times_are_harmless() {
        let mut spending = Spending::default();
        let budget = Budget {
            day: Some(1.0),
            month: Some(1.0),
        };
        for now in [UNIX_EPOCH - Duration::from_secs(1), UNIX_EPOCH, at(1 << 40)] {
            for cost in [f64::NAN, f64::INFINITY, -1.0] {
                spending.add(cost, now);
            }
            assert_eq!(spending.check(&budget, now), Ok(()));
            assert_eq!(spending.spent(now), (0.0, 0.0));
        }
    }

    #[test]
    fn nothing_at_all_may_be_spent_of_nothing() {
        let budget = Budget {
            day: Some(0.0),
            month: None,
        };
        let mut spending = Spending::default();
        assert_eq!(refused(&mut spending, &budget, at(0)), ("day", DAY));
    }

    proptest! {
        /// Every day stands between the first of its month and the first of the next one.
        #[test]
        fn dates_go_there_and_back(day in 0..10_000_000_u64) {
            let Date { year, month, .. } = Date::of(day);
            let calendar = Calendar::at(at(day * DAY + 5));
            prop_assert!(days_before(year, month) <= day);
            prop_assert!(day * DAY < calendar.next_month);
            prop_assert_eq!(civil(calendar.next_month / DAY - 1), (year, month));
            prop_assert_ne!(civil(calendar.next_month / DAY), (year, month));
        }
    }
}
