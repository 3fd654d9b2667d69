//! For programs. `README.md` has the shape.

use serde_json::{Value, json};
use tidegate_config::{Admin, Config, GatewayKey, ModelRoute, Money, Rate};

use super::Checked;
use crate::failure;
use crate::providers;

pub(super) fn of(checked: &Checked) -> Value {
    let problems = checked.problems.iter().flat_map(|error| error.problems());
    let warnings = checked
        .warnings
        .iter()
        .map(|warning| json!({ "message": warning.message, "hint": warning.hint }));
    let providers = checked.providers.iter().map(providers::json_of_loaded);
    let config = checked.config.as_ref();
    json!({
        "configuration": checked.file,
        "good": checked.problems.is_none(),
        "problems": problems.map(failure::json_of_problem).collect::<Vec<_>>(),
        "warnings": warnings.collect::<Vec<_>>(),
        "providers": providers.collect::<Vec<_>>(),
        "models": config.map(models).unwrap_or_default(),
        "gateway": config.map(gateway),
        "admin": config.and_then(|config| config.admin.as_ref()).map(admin),
    })
}

fn models(config: &Config) -> Vec<Value> {
    let models = config.models.iter();
    models.map(|(name, route)| model(name, route)).collect()
}

fn model(name: &str, route: &ModelRoute) -> Value {
    let entries = route
        .route
        .iter()
        .map(|entry| json!({ "model": entry.to_string(), "weight": entry.weight }));
    json!({
        "name": name,
        "strategy": route.strategy.name(),
        "route": entries.collect::<Vec<_>>(),
        "retries": route.retries,
        "timeout-ms": route.timeout.map(|timeout| timeout.as_millis()),
    })
}

fn gateway(config: &Config) -> Value {
    json!({
        "listen": config.gateway.listen.to_string(),
        "cors-origins": config.gateway.cors_origins,
        "keys": config.gateway.keys.iter().map(key).collect::<Vec<_>>(),
    })
}

fn key(key: &GatewayKey) -> Value {
    let Rate { requests, tokens } = key.rate;
    let missing = key.secret.missing.iter();
    json!({
        "name": key.name,
        "models": key.models.iter().map(ToString::to_string).collect::<Vec<_>>(),
        "rpm": requests,
        "tpm": tokens,
        "budget-day-usd": key.budget.day.map(Money::dollars),
        "budget-month-usd": key.budget.month.map(Money::dollars),
        "missing": missing.map(|secret| &secret.reason).collect::<Vec<_>>(),
    })
}

fn admin(admin: &Admin) -> Value {
    let missing = admin.key.missing.iter();
    json!({
        "listen": admin.listen.to_string(),
        "missing": missing.map(|secret| &secret.reason).collect::<Vec<_>>(),
    })
}
