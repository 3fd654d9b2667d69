//! How long to wait before asking again.

use std::time::Duration;

use fastrand::Rng;

/// Exponential backoff with full jitter: each wait is drawn evenly between nothing and a bound that
/// doubles. Full, because callers that failed together would otherwise come back together.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backoff {
    /// The bound of the first wait.
    pub base: Duration,
    /// No bound is above this one.
    pub most: Duration,
    /// The longest `retry-after` that is waited for. Who is told to come back later than that tells
    /// the caller so.
    pub patience: Duration,
}

impl Default for Backoff {
    fn default() -> Self {
        Backoff {
            // As the official clients of the vendors do it: half a second, doubling up to eight.
            base: Duration::from_millis(500),
            most: Duration::from_secs(8),
            patience: Duration::from_secs(30),
        }
    }
}

impl Backoff {
    /// The wait before retry `number`, which counts from 0.
    pub(crate) fn wait(&self, number: u32, random: &mut Rng) -> Duration {
        self.bound(number).mul_f64(random.f64())
    }

    fn bound(&self, number: u32) -> Duration {
        let factor = 1_u32.checked_shl(number).unwrap_or(u32::MAX);
        self.base.saturating_mul(factor).min(self.most)
    }
}

#[cfg(test)]
mod tests {
    // By name: `proptest::prelude` has a `Rng` of its own.
    use fastrand::Rng;
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn a_wait_stays_within_bounds_that_double(
            base in 0..100_000_u64,
            most in 0..100_000_u64,
            number: u32,
            seed: u64,
        ) {
            let backoff = Backoff {
                base: Duration::from_millis(base),
                most: Duration::from_millis(most),
                ..Backoff::default()
            };
            let wait = backoff.wait(number, &mut Rng::with_seed(seed));
            prop_assert!(wait <= backoff.most);
            prop_assert!(number >= 32 || wait <= backoff.base.saturating_mul(1 << number));
            prop_assert!(backoff.bound(number) <= backoff.bound(number.saturating_add(1)));
        }
    }

    #[test]
    fn jitter_is_full() {
        let backoff = Backoff::default();
        let mut random = Rng::with_seed(7);
        let waits: Vec<Duration> = (0..1_000).map(|_| backoff.wait(1, &mut random)).collect();
        assert!(waits.iter().any(|wait| *wait < Duration::from_millis(50)));
        assert!(waits.iter().any(|wait| *wait > Duration::from_millis(950)));
    }
}
