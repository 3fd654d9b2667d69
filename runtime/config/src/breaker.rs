//! `[providers.NAME.breaker]`: when a provider that keeps failing is left alone.

use std::time::Duration;

use crate::problem::Problems;
use crate::range::{read_count, read_time};
use crate::table::Table;

const DAY: u64 = 86_400_000;

/// When a provider is left alone, and for how long.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Breaker {
    /// After so many failures in a row; 0: never.
    pub failures: u32,
    /// Until one call is let through to see whether it works again.
    pub cool_down: Duration,
}

impl Default for Breaker {
    fn default() -> Self {
        Breaker {
            failures: 5,
            cool_down: Duration::from_secs(30),
        }
    }
}

pub(crate) fn read(mut table: Table, problems: &mut Problems) -> Breaker {
    let mut breaker = Breaker::default();
    if let Some(value) = table.take("failures") {
        let read = read_count(&value, 0, 1_000_000, problems);
        breaker.failures = read
            .and_then(|it| u32::try_from(it).ok())
            .unwrap_or(breaker.failures);
    }
    if let Some(value) = table.take("cool-down") {
        let read = read_time(&value, 1, DAY, problems);
        breaker.cool_down = read.map_or(breaker.cool_down, Duration::from_millis);
    }
    table.finish(problems);
    breaker
}
