//! Whether the key works, and what it may still spend.
//!
//! <https://openrouter.ai/docs/api-reference/limits>

use serde::Deserialize;
use tidegate_guest::types::Health;
use tidegate_guest::{Io, Result, json};
use tidegate_openai_compatible::Dialect;

#[derive(Deserialize)]
struct Answer {
    data: Key,
}

#[derive(Deserialize)]
struct Key {
    /// In dollars; `null` where the key has no limit of its own.
    limit_remaining: Option<f64>,
}

/// `GET /key`. The list of models is public, so that it says nothing of the key.
pub async fn check(dialect: &Dialect, io: &Io) -> Result<Health> {
    let mut http = json::get(&format!("{}/key", dialect.base_url));
    http.headers.extend_from_slice(&dialect.headers);
    let response = io.fetch(http).await?.error_for_status()?;
    let answer: Answer = json::read(&response)?;
    Ok(Health {
        message: match answer.data.limit_remaining {
            Some(dollars) => format!("the key works, and may spend {dollars:.2} USD more"),
            None => "the key works, and has no limit of its own".into(),
        },
    })
}
