//! The current token: obtained once however many calls wait for it, and kept while it is good.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use futures::future::BoxFuture;

use crate::egress::credential::Place;
use crate::egress::mask::Mask;
use crate::egress::token::lifetime::{Age, Lifetime};
use crate::types::FetchFailure;

/// After a renewal that was begun and has not given a token, while the old one is still good, and after a
/// token that was rejected: until the next attempt. A token that an upstream never takes must not be obtained
/// anew for every request.
const REST: Duration = Duration::from_secs(10);

/// A token, ready to be put on requests.
pub(crate) struct Token {
    pub(crate) place: Place,
    pub(super) mask: Option<Mask>,
    pub(super) lifetime: Lifetime,
}

/// What comes of an exchange.
pub(super) type Issued = Result<Arc<Token>, FetchFailure>;

/// The current token, and what is to be known of those before.
#[derive(Default)]
pub(super) struct Cache {
    state: Mutex<State>,
    /// Held by whoever obtains a token. One who gives up lets go of it, and the next one begins anew.
    flight: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    current: Option<Arc<Token>>,
    /// Of the token before: an upstream may still remember it.
    last_mask: Option<Mask>,
    /// How often a token was asked for, and how the last time ended if it failed.
    attempts: u64,
    failure: Option<FetchFailure>,
    /// Until then an old token is not renewed.
    rest: Option<Instant>,
    /// Until then no other token is rejected.
    trust: Option<Instant>,
}

impl Cache {
    /// The current token, or one that `exchange` obtains. Of all that wait for one only the first
    /// exchanges; the others share what comes of it, a failure too.
    pub(super) async fn get<'a>(&self, exchange: impl Fn() -> BoxFuture<'a, Issued>) -> Issued {
        let (current, seen) = {
            let state = self.state();
            (state.current.clone(), state.attempts)
        };
        let now = Instant::now();
        match current.map(|token| (token.lifetime.age(now), token)) {
            Some((Age::Fresh, token)) => Ok(token),
            Some((Age::Old, token)) => {
                let rests = self.state().rest.is_some_and(|until| now < until);
                let Ok(_flight) = self.flight.try_lock().map_err(drop) else {
                    return Ok(token);
                };
                if rests || self.state().attempts != seen {
                    return Ok(token);
                }
                // Should this caller leave before it has an answer, the next one must not wait for it too.
                self.state().rest = Some(now + REST);
                self.keep(exchange().await).or_else(|failure| {
                    let age = token.lifetime.age(Instant::now());
                    (age != Age::Over).then_some(token).ok_or(failure)
                })
            }
            Some((Age::Over, _)) | None => {
                let _flight = self.flight.lock().await;
                if let Some(shared) = self.since(seen) {
                    return shared;
                }
                self.keep(exchange().await)
            }
        }
    }

    /// What has come of an exchange that ended after `seen` of them had.
    fn since(&self, seen: u64) -> Option<Issued> {
        let state = self.state();
        if state.attempts == seen {
            return None;
        }
        match (&state.current, &state.failure) {
            (Some(token), _) => Some(Ok(token.clone())),
            (None, Some(failure)) => Some(Err(failure.clone())),
            // It was obtained, and rejected already.
            (None, None) => None,
        }
    }

    fn keep(&self, issued: Issued) -> Issued {
        let mut state = self.state();
        state.attempts += 1;
        match &issued {
            Ok(token) => {
                if let Some(before) = state.current.replace(token.clone()) {
                    state.last_mask = before.mask.clone();
                }
                state.failure = None;
                state.rest = None;
            }
            Err(failure) => {
                let now = Instant::now();
                let is_over = |it: &Arc<Token>| it.lifetime.age(now) == Age::Over;
                if state.current.as_ref().is_some_and(is_over) {
                    state.drop_current();
                }
                state.failure = Some(failure.clone());
                state.rest = Some(now + REST);
            }
        }
        issued
    }

    /// Forgets a token, unless another one has taken its place already, or one was rejected just now.
    pub(super) fn reject(&self, token: &Arc<Token>) {
        let now = Instant::now();
        let mut state = self.state();
        let is_current = |it: &Arc<Token>| Arc::ptr_eq(it, token);
        let is_trusted = state.trust.is_some_and(|until| now < until);
        if !is_trusted && state.current.as_ref().is_some_and(is_current) {
            state.drop_current();
            state.trust = Some(now + REST);
        }
    }

    /// Of the tokens that are known.
    pub(super) fn mask(&self) -> Option<Mask> {
        let state = self.state();
        let current = state.current.as_ref().and_then(|it| it.mask.clone());
        Mask::both(current, state.last_mask.clone())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn drop_current(&mut self) {
        if let Some(token) = self.current.take() {
            self.last_mask = token.mask.clone();
        }
    }
}

#[cfg(test)]
mod tests;
