//! How long a token is used, and when the next one is obtained.

use std::time::{Duration, Instant};

/// Where a server does not say: short, since a token that is refused costs a call.
const UNSAID: Duration = Duration::from_secs(300);
/// No token is kept for longer, whatever a server says.
const LONGEST: Duration = Duration::from_secs(24 * 3600);
/// So long before its end the next one is obtained, by one call while the others use the old one.
const EARLY: Duration = Duration::from_secs(300);
/// So long before its end a token is not used any more: the request has to arrive, and clocks differ.
const LAST: Duration = Duration::from_secs(10);

/// When a token is renewed, and when it is not used any more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Lifetime {
    renew: Instant,
    end: Instant,
}

/// What a token is good for at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Age {
    /// To be used.
    Fresh,
    /// To be used, and to be renewed by whoever comes first.
    Old,
    /// Not to be used.
    Over,
}

impl Lifetime {
    /// Of a token that has been issued at `now` and is valid for `seconds`, if the server says.
    pub(super) fn new(now: Instant, seconds: Option<u64>) -> Self {
        let lifetime = seconds.map_or(UNSAID, Duration::from_secs).min(LONGEST);
        // Of a short life, a part: else a token of five minutes would be old at once.
        let early = EARLY.min(lifetime / 4);
        let last = LAST.min(lifetime / 10);
        Lifetime {
            renew: now + (lifetime - early),
            end: now + (lifetime - last),
        }
    }

    pub(super) fn age(&self, now: Instant) -> Age {
        match () {
            () if now < self.renew => Age::Fresh,
            () if now < self.end => Age::Old,
            () => Age::Over,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_is_renewed_before_it_ends() {
        let now = Instant::now();
        for (seconds, fresh, old) in [
            (Some(3600), 3299, 3589),
            (Some(40), 29, 35),
            (None, 224, 289),
            (Some(u64::MAX), 24 * 3600 - 301, 24 * 3600 - 11),
        ] {
            let lifetime = Lifetime::new(now, seconds);
            let age = |after: u64| lifetime.age(now + Duration::from_secs(after));
            assert_eq!(
                (age(0), age(fresh)),
                (Age::Fresh, Age::Fresh),
                "{seconds:?}"
            );
            assert_eq!(
                (age(fresh + 1), age(old)),
                (Age::Old, Age::Old),
                "{seconds:?}"
            );
            assert_eq!(age(old + 1), Age::Over, "{seconds:?}");
        }
        assert_eq!(Lifetime::new(now, Some(0)).age(now), Age::Over);
    }
}
