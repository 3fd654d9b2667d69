//! The routes of models.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde::Serialize;
use tidegate_host::Strategy;
use utoipa::ToSchema;

use super::answer::{self, milliseconds};
use super::desk::Desk;

/// All routes.
#[derive(Serialize, ToSchema)]
pub struct Routes {
    routes: Vec<Route>,
}

/// Several models that answer to one name.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Route {
    /// What callers ask for.
    name: String,
    /// `fallback`, `weighted`, `round-robin`, `least-latency` or `cheapest`.
    strategy: &'static str,
    /// Who answers.
    route: Vec<Target>,
    /// How often targets that failed are asked again.
    retries: u32,
    /// How long the whole call may take.
    timeout_ms: Option<u64>,
}

/// One model of a route.
#[derive(Serialize, ToSchema)]
struct Target {
    /// `provider/model`.
    model: String,
    /// Its share, where the strategy is weighted.
    weight: u32,
}

/// Lists the routes.
#[utoipa::path(
    get,
    path = "/admin/routes",
    operation_id = "list_routes",
    tag = "routes",
    security(("key" = [])),
    responses((status = 200, description = "All of them, by name", body = Routes))
)]
pub async fn list(State(desk): State<Arc<Desk>>) -> Response {
    let routes = desk.runtime().routes().into_iter().map(|(name, route)| {
        let targets = route.targets.into_iter();
        Route {
            name,
            strategy: strategy(route.strategy),
            route: targets
                .map(|target| Target {
                    model: target.model,
                    weight: target.weight,
                })
                .collect(),
            retries: route.retries,
            timeout_ms: route.timeout.map(milliseconds),
        }
    });
    answer::json(&Routes {
        routes: routes.collect(),
    })
}

fn strategy(strategy: Strategy) -> &'static str {
    match strategy {
        Strategy::Weighted => "weighted",
        Strategy::RoundRobin => "round-robin",
        Strategy::LeastLatency => "least-latency",
        Strategy::Cheapest => "cheapest",
        _ => "fallback",
    }
}
