//! Who may call the gateway.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use tidegate_host::RateLimits;
use utoipa::ToSchema;

use super::answer;
use super::desk::Desk;

/// All keys of the gateway.
#[derive(Serialize, ToSchema)]
pub struct Keys {
    /// Empty where everyone on this machine may call.
    keys: Vec<Key>,
}

/// A key of the gateway, without its secret.
#[derive(Serialize, ToSchema)]
struct Key {
    /// What its bearer is called.
    name: String,
    /// Patterns of the models that it may use.
    models: Vec<String>,
    rates: Rates,
}

/// What may be used in a minute.
#[derive(Serialize, ToSchema)]
pub struct Rates {
    /// Requests; `null`: as many as come.
    requests: Option<Rate>,
    /// Tokens; `null`: as many as come.
    tokens: Option<Rate>,
}

/// So much in a minute.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Rate {
    /// How much in all.
    per_minute: u32,
    /// How much now.
    left: u32,
}

impl Rates {
    pub fn new(limits: &RateLimits, left: (Option<u32>, Option<u32>)) -> Self {
        let rate = |limit: Option<u32>, left: Option<u32>| {
            let per_minute = limit?;
            let left = left.unwrap_or(per_minute);
            Some(Rate { per_minute, left })
        };
        Rates {
            requests: rate(limits.requests_per_minute, left.0),
            tokens: rate(limits.tokens_per_minute, left.1),
        }
    }
}

/// Lists the keys of the gateway, without their secrets.
#[utoipa::path(
    get,
    path = "/admin/keys",
    operation_id = "list_keys",
    tag = "keys",
    security(("key" = [])),
    responses((status = 200, description = "All of them, in the order of the configuration", body = Keys))
)]
pub async fn list(State(desk): State<Arc<Desk>>) -> Response {
    let keys = desk.gateway().keys.load();
    let keys = keys.iter().map(|key| Key {
        name: key.name().into(),
        models: key.models(),
        rates: Rates::new(key.limits(), key.left()),
    });
    answer::json(&Keys {
        keys: keys.collect(),
    })
}
