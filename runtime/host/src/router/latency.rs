//! How soon a target begins to answer, as a moving average.

use std::time::Duration;

/// How much the newest sample counts: about the last ten calls are what is remembered.
const NEWEST: f64 = 0.2;

/// What a failure counts as: slower than any healthy target, so that one which fails at once does not
/// look fast. Not so slow that a few good calls could not make up for it.
const FAILURE: Duration = Duration::from_secs(10);

/// The time to the first event of one target.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub(crate) struct Latency {
    seconds: Option<f64>,
}

impl Latency {
    /// A call began to answer after this time.
    pub(crate) fn note(&mut self, sample: Duration) {
        let sample = sample.as_secs_f64();
        let average = self.seconds.unwrap_or(sample);
        self.seconds = Some(average + NEWEST * (sample - average));
    }

    /// A call failed after this time.
    pub(crate) fn note_failure(&mut self, after: Duration) {
        self.note(after.max(FAILURE));
    }

    /// The average, in seconds; `None` before the first call.
    pub(crate) fn seconds(&self) -> Option<f64> {
        self.seconds
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(latency: Latency) -> f64 {
        latency.seconds().unwrap_or(f64::NAN)
    }

    #[test]
    fn the_average_follows_what_is_measured() {
        let mut latency = Latency::default();
        assert_eq!(latency.seconds(), None);
        latency.note(Duration::from_secs(1));
        assert_eq!(seconds(latency), 1.0);
        for _ in 0..30 {
            latency.note(Duration::from_millis(100));
        }
        assert!((seconds(latency) - 0.1).abs() < 0.01, "{latency:?}");
    }

    #[test]
    fn failing_at_once_is_not_fast_and_is_forgiven() {
        let mut latency = Latency::default();
        latency.note_failure(Duration::from_millis(1));
        assert_eq!(seconds(latency), 10.0);
        for _ in 0..30 {
            latency.note(Duration::from_millis(100));
        }
        assert!(seconds(latency) < 0.2, "{latency:?}");
    }
}
