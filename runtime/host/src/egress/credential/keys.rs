//! Several keys for one credential: used in turn, and left alone for a while when an upstream has had
//! enough of one.

use std::sync::atomic::{AtomicUsize, Ordering::Relaxed};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime};

use http::header::{HeaderMap, RETRY_AFTER};
use http::{Response, StatusCode};

use crate::egress::credential::Place;

/// How long a key rests that is rate-limited, where the upstream does not say.
const LIMITED: Duration = Duration::from_secs(10);
/// How long a key rests that is not accepted, or has nothing left to spend: somebody has to act.
const REFUSED: Duration = Duration::from_secs(60);
/// No key rests for longer, whatever an upstream says.
const LONGEST: Duration = Duration::from_secs(3600);
/// The same as `retry-after`, in milliseconds; some vendors send both.
const RETRY_AFTER_MS: &str = "retry-after-ms";

/// The keys of one credential, in the order in which they are configured.
pub(super) struct Keys {
    keys: Vec<Key>,
    next: AtomicUsize,
}

struct Key {
    place: Place,
    /// `api-key[1]`: what an operator is told of it.
    label: Arc<str>,
    rests_until: Mutex<Option<Instant>>,
}

impl Keys {
    /// `credential` is the name of it.
    pub(super) fn new(credential: &str, places: Vec<Place>) -> Self {
        let keys = places.into_iter().enumerate().map(|(index, place)| Key {
            place,
            label: format!("{credential}[{index}]").into(),
            rests_until: Mutex::default(),
        });
        Keys {
            keys: keys.collect(),
            next: AtomicUsize::new(0),
        }
    }

    /// The next key that does not rest. Where all do, the one that has rested most: what the upstream
    /// says to it is the truth, and better than a guess of ours.
    pub(super) fn take(&self, now: Instant) -> Option<usize> {
        let count = self.keys.len();
        let start = self.next.fetch_add(1, Relaxed);
        let turn = (0..count).map(|step| start.wrapping_add(step) % count);
        turn.min_by_key(|&index| self.keys.get(index).and_then(|key| key.rests(now)))
    }

    pub(super) fn place(&self, index: usize) -> Option<&Place> {
        self.keys.get(index).map(|key| &key.place)
    }

    pub(super) fn label(&self, index: usize) -> Option<&Arc<str>> {
        self.keys.get(index).map(|key| &key.label)
    }

    /// What an upstream said to a request with this key. How long it is to rest is not the provider's
    /// to wait for as long as there is another key.
    pub(super) fn heard<B>(&self, index: usize, response: &mut Response<B>, now: Instant) {
        let otherwise = match response.status() {
            StatusCode::TOO_MANY_REQUESTS => LIMITED,
            StatusCode::UNAUTHORIZED | StatusCode::PAYMENT_REQUIRED => REFUSED,
            _ => return,
        };
        let rest = retry_after(response.headers()).unwrap_or(otherwise);
        if let Some(key) = self.keys.get(index) {
            key.rest(now + rest.min(LONGEST));
        }
        if self.keys.iter().any(|key| key.rests(now).is_none()) {
            response.headers_mut().remove(RETRY_AFTER);
            response.headers_mut().remove(RETRY_AFTER_MS);
        }
    }
}

impl Key {
    /// Until when it rests, if it does.
    fn rests(&self, now: Instant) -> Option<Instant> {
        let until = self.rests_until.lock();
        let until = *until.unwrap_or_else(PoisonError::into_inner);
        until.filter(|until| now < *until)
    }

    fn rest(&self, until: Instant) {
        let mut before = self
            .rests_until
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *before = Some(before.map_or(until, |before| before.max(until)));
    }
}

/// How long an upstream wants to be left alone, in seconds, milliseconds or as a date.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok().map(str::trim);
    if let Some(milliseconds) = text(RETRY_AFTER_MS).and_then(|it| it.parse().ok()) {
        return Some(Duration::from_millis(milliseconds));
    }
    let text = text(RETRY_AFTER.as_str())?;
    if let Ok(seconds) = text.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let date = httpdate::parse_http_date(text).ok()?;
    Some(date.duration_since(SystemTime::now()).unwrap_or_default())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use http::header::{AUTHORIZATION, HeaderValue};

    use super::*;

    fn keys(count: usize) -> Keys {
        let place = || Place::Header(AUTHORIZATION, HeaderValue::from_static("a"));
        Keys::new("api-key", (0..count).map(|_| place()).collect())
    }

    fn hear(
        keys: &Keys,
        index: usize,
        status: u16,
        retry_after: Option<&str>,
        now: Instant,
    ) -> bool {
        let mut response = Response::builder().status(status);
        if let Some(value) = retry_after {
            response = response.header("retry-after", value);
        }
        let mut response = response.body(()).unwrap();
        keys.heard(index, &mut response, now);
        response.headers().contains_key("retry-after")
    }

    #[test]
    fn keys_take_turns() {
        let (keys, now) = (keys(3), Instant::now());
        let turns: Vec<usize> = (0..6).filter_map(|_| keys.take(now)).collect();
        assert_eq!(turns, [0, 1, 2, 0, 1, 2]);
        assert_eq!(keys.label(1).unwrap().as_ref(), "api-key[1]");
    }

    #[test]
    fn a_key_rests_for_as_long_as_the_upstream_says() {
        let (keys, now) = (keys(2), Instant::now());
        let after = |seconds: u64| now + Duration::from_secs(seconds);
        assert!(
            !hear(&keys, 0, 429, Some("7"), now),
            "it is the key's alone"
        );
        assert_eq!([keys.take(now), keys.take(now)], [Some(1); 2]);
        assert_eq!([keys.take(after(6)), keys.take(after(6))], [Some(1); 2]);
        assert_ne!(keys.take(after(7)), keys.take(after(7)));
    }

    #[test]
    fn a_key_that_is_refused_rests_and_other_failures_are_not_its_own() {
        let (keys, now) = (keys(2), Instant::now());
        for status in [200, 400, 403, 500, 503] {
            assert!(hear(&keys, 0, status, Some("7"), now));
            assert_ne!(keys.take(now), keys.take(now), "{status}");
        }
        hear(&keys, 1, 401, None, now);
        assert_eq!([keys.take(now), keys.take(now)], [Some(0); 2]);
        let later = now + REFUSED;
        assert_ne!(keys.take(later), keys.take(later));
    }

    #[test]
    fn where_all_rest_the_first_to_end_is_used_and_the_provider_is_told_to_wait() {
        let (keys, now) = (keys(2), Instant::now());
        hear(&keys, 0, 429, Some("9"), now);
        assert!(hear(&keys, 1, 429, Some("7"), now));
        assert_eq!([keys.take(now), keys.take(now)], [Some(1); 2]);
        assert!(hear(&keys, 1, 429, Some(&"9".repeat(18)), now));
        assert_eq!([keys.take(now), keys.take(now)], [Some(0); 2]);
        assert!(keys.take(now + LONGEST).is_some());
    }
}
