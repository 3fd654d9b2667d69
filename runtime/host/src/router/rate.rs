//! So many requests and tokens per minute, by the generic cell rate algorithm.
//!
//! It is the token bucket that vendors describe their own limits by (full at first, refilled
//! steadily, holding one minute's worth), kept as a single instant: when the bucket will be full
//! again. A sliding window would need a record of every call, and would let a crowd through at once
//! whenever an old one leaves it.
//!
//! Tokens are taken by an estimate before the call, and set right by the usage after it.

use std::time::{Duration, Instant};

const MINUTE: Duration = Duration::from_secs(60);

/// What may be used per minute.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct RateLimits {
    /// Requests; `None`: as many as come.
    pub requests_per_minute: Option<u32>,
    /// Tokens, input and output together; `None`: as many as come.
    pub tokens_per_minute: Option<u32>,
}

/// One bucket.
#[derive(Debug, Clone)]
pub struct Rate {
    per_minute: u32,
    /// When it is full again; in the past, where it is full.
    full_at: Instant,
}

impl Rate {
    /// A full bucket of one minute's worth.
    pub fn new(per_minute: u32, now: Instant) -> Self {
        Rate {
            per_minute,
            full_at: now,
        }
    }

    /// In how long so much can be taken; zero: now. More than a minute's worth is given whenever the
    /// bucket is full, and then has to be made up for: refused, it would never be given.
    pub fn wait_for(&self, amount: u32, now: Instant) -> Duration {
        if self.per_minute == 0 {
            return Duration::MAX;
        }
        let missing = self.full_at.saturating_duration_since(now);
        let room = MINUTE.saturating_sub(self.worth(amount));
        missing.saturating_sub(room)
    }

    /// Takes so much, whether it is there or not.
    pub fn take(&mut self, amount: u32, now: Instant) {
        let from = self.full_at.max(now);
        self.full_at = from.checked_add(self.worth(amount)).unwrap_or(from);
    }

    /// Puts back what was taken too much.
    pub fn put_back(&mut self, amount: u32) {
        // Further back than the clock can count is full all the same.
        let back = self.full_at.checked_sub(self.worth(amount));
        self.full_at = back.unwrap_or(self.full_at);
    }

    /// What is left, as far as it can be said in whole units.
    pub fn left(&self, now: Instant) -> u32 {
        let missing = self.full_at.saturating_duration_since(now);
        let left = 1.0 - missing.as_secs_f64() / MINUTE.as_secs_f64();
        // A hair more than the division gives, so that the 600th of 600 is counted.
        (left * f64::from(self.per_minute) + 1e-6).max(0.0) as u32
    }

    /// How long it takes to refill so much.
    fn worth(&self, amount: u32) -> Duration {
        let minutes = f64::from(amount) / f64::from(self.per_minute.max(1));
        MINUTE.mul_f64(minutes)
    }
}

/// The buckets of requests and tokens, of a provider or of a key.
#[derive(Debug, Clone)]
pub struct Rates {
    requests: Option<Rate>,
    tokens: Option<Rate>,
}

/// Which bucket is empty.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct RatesExceeded {
    /// `requests` or `tokens`.
    pub what: &'static str,
    /// How many a minute.
    pub limit: u32,
    /// In how long there will be enough.
    pub retry_after: Duration,
}

impl Rates {
    /// Full buckets; `None` where nothing is limited.
    pub fn new(limits: &RateLimits, now: Instant) -> Option<Rates> {
        let rates = Rates {
            requests: limits.requests_per_minute.map(|it| Rate::new(it, now)),
            tokens: limits.tokens_per_minute.map(|it| Rate::new(it, now)),
        };
        (rates.requests.is_some() || rates.tokens.is_some()).then_some(rates)
    }

    /// What is left of requests and tokens; `None` where they are not limited.
    pub fn left(&self, now: Instant) -> (Option<u32>, Option<u32>) {
        let left = |rate: &Option<Rate>| rate.as_ref().map(|rate| rate.left(now));
        (left(&self.requests), left(&self.tokens))
    }

    /// Whether tokens are counted, so that an estimate is worth making.
    pub fn counts_tokens(&self) -> bool {
        self.tokens.is_some()
    }

    /// What can be taken for an estimate: a minute's worth at most. It is only an estimate, and the
    /// debt of a request that is a hundred times too large would shut out everybody for hours.
    fn at_most(&self, estimated: u32) -> u32 {
        let bucket = self.tokens.as_ref();
        bucket.map_or(estimated, |tokens| estimated.min(tokens.per_minute))
    }

    /// Takes one request of so many tokens by estimate, or nothing at all.
    pub fn take(&mut self, estimated: u32, now: Instant) -> Result<(), RatesExceeded> {
        let tokens = self.at_most(estimated);
        let buckets = [
            ("requests", &mut self.requests, 1),
            ("tokens", &mut self.tokens, tokens),
        ];
        for (what, bucket, amount) in &buckets {
            let Some(bucket) = bucket else { continue };
            let retry_after = bucket.wait_for(*amount, now);
            if !retry_after.is_zero() {
                return Err(RatesExceeded {
                    what,
                    limit: bucket.per_minute,
                    retry_after,
                });
            }
        }
        for (_, bucket, amount) in buckets {
            if let Some(bucket) = bucket {
                bucket.take(amount, now);
            }
        }
        Ok(())
    }

    /// Sets right what was taken for a call, once its usage is known. An hour's worth is the most that is
    /// believed: a wrong figure of an upstream's must not shut out a key for days.
    pub fn correct(&mut self, estimated: u32, used: u32, now: Instant) {
        let estimated = self.at_most(estimated);
        if let Some(tokens) = &mut self.tokens {
            let used = used.min(tokens.per_minute.saturating_mul(60));
            match used.checked_sub(estimated) {
                Some(more) => tokens.take(more, now),
                None => tokens.put_back(estimated - used),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limits(requests: impl Into<Option<u32>>, tokens: impl Into<Option<u32>>) -> RateLimits {
        RateLimits {
            requests_per_minute: requests.into(),
            tokens_per_minute: tokens.into(),
        }
    }

    fn rates(
        requests: impl Into<Option<u32>>,
        tokens: impl Into<Option<u32>>,
        now: Instant,
    ) -> Rates {
        Rates::new(&limits(requests, tokens), now).expect("something is limited")
    }

    #[test]
    fn a_minutes_worth_at_once_and_then_one_at_a_time() {
        let mut now = Instant::now();
        let mut rates = rates(600, None, now);
        for _ in 0..600 {
            assert_eq!(rates.take(0, now), Ok(()));
        }
        let refused = RatesExceeded {
            what: "requests",
            limit: 600,
            retry_after: Duration::from_millis(100),
        };
        assert_eq!(rates.take(0, now), Err(refused));
        now += refused.retry_after;
        assert_eq!(rates.take(0, now), Ok(()));
        assert!(rates.take(0, now).is_err());
    }

    #[test]
    fn what_is_refused_takes_nothing() {
        let now = Instant::now();
        let mut rates = rates(2, 100, now);
        assert_eq!(rates.take(90, now), Ok(()));
        assert_eq!(rates.take(20, now).map_err(|it| it.what), Err("tokens"));
        assert_eq!(rates.take(10, now), Ok(()));
        assert_eq!(rates.take(0, now).map_err(|it| it.what), Err("requests"));
    }

    #[test]
    fn an_estimate_is_set_right_both_ways() {
        let now = Instant::now();
        let mut rates = rates(None, 100, now);
        rates.take(80, now).expect("there is room");
        rates.correct(80, 10, now);
        assert_eq!(rates.take(90, now), Ok(()));
        rates.correct(90, 150, now);
        let debt = rates.take(1, now).expect_err("there is a debt");
        assert_eq!(debt.retry_after.as_millis(), 36_600);
    }

    /// What is estimated costs a minute at most; what was really used costs what it costs.
    #[test]
    fn more_than_a_minutes_worth_passes_when_nothing_else_is_under_way() {
        let now = Instant::now();
        let mut rates = rates(None, 100, now);
        let wait = |rates: &mut Rates| rates.take(100, now).map_err(|it| it.retry_after.as_secs());
        assert_eq!(rates.take(300, now), Ok(()));
        assert_eq!(wait(&mut rates), Err(60));
        rates.correct(300, 300, now);
        assert_eq!(wait(&mut rates), Err(180));
        rates.correct(300, 0, now);
        assert_eq!(wait(&mut rates), Err(120));
    }

    #[test]
    fn an_absurd_usage_is_a_debt_of_an_hour() {
        let now = Instant::now();
        let mut rates = rates(None, 100, now);
        rates.take(10, now).expect("there is room");
        rates.correct(10, u32::MAX, now);
        let debt = rates.take(100, now).expect_err("there is a debt");
        assert_eq!(debt.retry_after.as_secs(), 3_600);
    }

    #[test]
    fn none_per_minute_is_none_ever() {
        let now = Instant::now();
        assert!(rates(0, None, now).take(0, now).is_err());
        assert!(Rates::new(&limits(None, None), now).is_none());
    }

    #[test]
    fn what_is_left_can_be_told() {
        let mut now = Instant::now();
        let mut rate = Rate::new(600, now);
        for left in (0..600).rev() {
            rate.take(1, now);
            assert_eq!(rate.left(now), left);
        }
        now += Duration::from_secs(30);
        assert_eq!(rate.left(now), 300);
        rate.put_back(1_000);
        assert_eq!(rate.left(now), 600);
    }

    proptest! {
        /// Over any stretch of time: one minute's worth, and what has been refilled meanwhile.
        #[test]
        fn never_more_than_the_bucket_and_its_refill(
            per_minute in 1..1_000_u32,
            steps in prop::collection::vec((0..5_000_u64, 1..50_u32), 1..200),
        ) {
            let start = Instant::now();
            let mut rate = Rate::new(per_minute, start);
            let (mut now, mut taken) = (start, 0.0);
            for (pause, amount) in steps {
                now += Duration::from_millis(pause);
                if amount > per_minute {
                    continue;
                }
                let wait = rate.wait_for(amount, now);
                if wait.is_zero() {
                    rate.take(amount, now);
                    taken += f64::from(amount);
                } else {
                    // Waiting as long as was said is enough.
                    prop_assert!(rate.wait_for(amount, now + wait).is_zero());
                    prop_assert!(wait <= MINUTE);
                }
                let minutes = now.duration_since(start).as_secs_f64() / 60.0;
                prop_assert!(taken <= f64::from(per_minute) * (1.0 + minutes) + 1e-3);
            }
        }
    }
}
