//! For people: what a configuration without problems amounts to.

use std::time::Duration;

use tidegate_config::{Config, GatewayKey, ModelRoute};

use super::Checked;
use crate::providers;
use crate::table::columns;

pub(super) fn of(checked: &Checked) -> String {
    let loaded = match checked.providers.as_slice() {
        [] => "It has no providers.",
        _ => "Components were loaded, and what they want compared with what they may reach.",
    };
    let mut text = format!("`{}` is good. {loaded}\n\n", checked.file);
    for loaded in &checked.providers {
        text.push_str(&providers::text_of(loaded));
    }
    if let Some(config) = &checked.config {
        text.push_str(&models(config));
        text.push_str(&listeners(config));
    }
    text
}

fn models(config: &Config) -> String {
    if config.models.is_empty() {
        return String::new();
    }
    let rows: Vec<[String; 3]> = config
        .models
        .iter()
        .map(|(alias, route)| [alias.clone(), way(route), models_of(route)])
        .collect();
    format!("models\n{}\n", columns(&rows, "  "))
}

/// `fallback, 2 retries, 30 s in all`.
fn way(route: &ModelRoute) -> String {
    let retries = match route.retries {
        1 => "1 retry".into(),
        more => format!("{more} retries"),
    };
    let timeout = route
        .timeout
        .map(|timeout| format!(", {} in all", seconds(timeout)))
        .unwrap_or_default();
    format!("{}, {retries}{timeout}", route.strategy.name())
}

fn models_of(route: &ModelRoute) -> String {
    let models = route.route.iter().map(|entry| match entry.weight {
        1 => entry.to_string(),
        weight => format!("{entry} (weight {weight})"),
    });
    models.collect::<Vec<_>>().join(", ")
}

fn listeners(config: &Config) -> String {
    let keys = &config.gateway.keys;
    let who = match keys.as_slice() {
        [] => "without keys, for this machine only".into(),
        [_] => "with 1 key".into(),
        keys => format!("with {} keys", keys.len()),
    };
    let mut text = format!("gateway on {}, {who}\n", config.gateway.listen);
    let rows: Vec<[String; 3]> = keys.iter().map(key).collect();
    text.push_str(&columns(&rows, "  "));
    text.push_str(&match &config.admin {
        Some(admin) => {
            let missing = admin.key.missing.iter();
            let missing: String = missing
                .map(|it| format!(", missing: {}", it.reason))
                .collect();
            format!("admin on {}{missing}\n", admin.listen)
        }
        None => "no admin listener\n".into(),
    });
    text
}

fn key(key: &GatewayKey) -> [String; 3] {
    let models = key.models.iter().map(ToString::to_string);
    let bounds = [
        key.rate
            .requests
            .map(|count| format!("{count} requests a minute")),
        key.rate
            .tokens
            .map(|count| format!("{count} tokens a minute")),
        key.budget.day.map(|money| format!("{money} a day")),
        key.budget.month.map(|money| format!("{money} a month")),
    ];
    let mut bounds: Vec<String> = bounds.into_iter().flatten().collect();
    bounds.extend(
        key.secret
            .missing
            .iter()
            .map(|it| format!("missing: {}", it.reason)),
    );
    [
        key.name.clone(),
        models.collect::<Vec<_>>().join(", "),
        bounds.join(", "),
    ]
}

fn seconds(time: Duration) -> String {
    format!("{} s", time.as_secs_f64())
}
