//! Models that are still being loaded, which the API says with status 503 and how long it takes.
//!
//! <https://huggingface.co/docs/api-inference/en/errors>

use serde::Deserialize;
use tidegate_guest::types::Error;
use tidegate_guest::{Io, Result};

use crate::failure::explained;
use crate::settings::{LOADING, LOADING_SECONDS};

#[derive(Deserialize)]
struct Loading {
    estimated_time: f64,
}

/// Tries again for as long as the model is being loaded and there is time left for it.
///
/// Waits are counted, the time that requests take is not: an exchange has no clock. The host ends what
/// takes longer than it may.
pub async fn patiently<T>(io: &Io, attempt: impl AsyncFn() -> Result<T>) -> Result<T> {
    let mut left_ms = patience_ms(io);
    // A server that always says "at once" is not asked without end.
    let mut at_least_ms = 1;
    loop {
        let error = match attempt().await {
            Ok(done) => return Ok(done),
            Err(error) => explained(error),
        };
        let Some(estimated_ms) = loading_ms(&error) else {
            return Err(error);
        };
        let wait_ms = estimated_ms.max(at_least_ms);
        match left_ms.checked_sub(wait_ms) {
            Some(left) => left_ms = left,
            None => {
                return Err(Error {
                    retry_after_ms: error.retry_after_ms.or(Some(estimated_ms)),
                    ..error
                });
            }
        }
        at_least_ms = at_least_ms.saturating_mul(2);
        io.wait(wait_ms).await?;
    }
}

/// How long may be waited in all.
fn patience_ms(io: &Io) -> u32 {
    let seconds = io.setting(LOADING).unwrap_or(LOADING_SECONDS);
    let seconds: u32 = seconds.parse().unwrap_or_default();
    let patience = seconds.saturating_mul(1000);
    io.context()
        .timeout_ms
        .map_or(patience, |timeout| timeout.min(patience))
}

/// How long the model that this error is about takes, if it is about that.
fn loading_ms(error: &Error) -> Option<u32> {
    let body = error
        .body
        .as_deref()
        .filter(|_| error.status == Some(503))?;
    let loading: Loading = serde_json::from_str(body).ok()?;
    let milliseconds = loading.estimated_time * 1000.0;
    // `as` saturates.
    (milliseconds >= 0.0).then_some(milliseconds.ceil() as u32)
}
