//! How much a key may ask for in a minute.

use std::sync::{Arc, PoisonError};

use tidegate_host::types::ErrorKind;
use tidegate_host::{Attempt, Attempts, EstimateTokens};
use tokio::time::Instant;

use super::Key;
use crate::failure::{Failure, FailureKind};

/// What was taken of a key's rates for one call. Dropped at the end of the call, it sets right what
/// was estimated, also where the client has vanished.
pub struct Reservation {
    key: Arc<Key>,
    estimated: u32,
    attempts: Attempts,
}

impl Key {
    /// Takes one request, and the tokens that it is about to use, or says when there will be some.
    pub fn reserve(
        self: &Arc<Self>,
        request: &impl EstimateTokens,
        attempts: &Attempts,
    ) -> Result<Option<Reservation>, Failure> {
        let Some(rates) = &self.rates else {
            return Ok(None);
        };
        let mut rates = rates.lock().unwrap_or_else(PoisonError::into_inner);
        let estimated = match rates.counts_tokens() {
            true => request.estimate_tokens(),
            false => 0,
        };
        let taken = rates.take(estimated, Instant::now().into_std());
        taken.map_err(|exceeded| Failure {
            retry_after: Some(exceeded.retry_after),
            is_retryable: true,
            ..Failure::new(
                FailureKind::Call(ErrorKind::RateLimited),
                format!(
                    "the key `{}` may use {} {} a minute, and has used them\nhint: try again in {:.1} s",
                    self.name,
                    exceeded.limit,
                    exceeded.what,
                    exceeded.retry_after.as_secs_f64()
                ),
            )
        })?;
        Ok(Some(Reservation {
            key: self.clone(),
            estimated,
            attempts: attempts.clone(),
        }))
    }
}

impl Drop for Reservation {
    fn drop(&mut self) {
        let Some(rates) = &self.key.rates else { return };
        let tokens = |attempts: &[Attempt]| {
            let tokens = attempts.iter().map(|attempt| attempt.tokens);
            tokens.fold(0, u32::saturating_add)
        };
        let used = self.attempts.with(tokens);
        let mut rates = rates.lock().unwrap_or_else(PoisonError::into_inner);
        rates.correct(self.estimated, used, Instant::now().into_std());
    }
}
