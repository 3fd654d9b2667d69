//! For programs.

use serde_json::{Map, Value, json};
use tidegate_config::{LIMITS, Limit};
use tidegate_host::json::{JsonError, to_json};

use crate::found::Found;

pub(super) fn of(found: &Found) -> Result<Value, JsonError> {
    let Found {
        source,
        component,
        info,
        profile,
        config,
    } = found;
    let limits = found.limits();
    let limits: Map<String, Value> = LIMITS
        .iter()
        .map(|limit| (key(limit), limit.number(&limits).into()))
        .collect();
    let grant = config.as_ref().map(|config| {
        let secrets: Vec<&str> = config.secrets.iter().map(|it| it.name.as_str()).collect();
        json!({ "allow": config.allow, "private": config.private, "secrets": secrets })
    });
    Ok(json!({
        "component": source.to_string(),
        "profile": profile,
        "digest": component.digest().to_string(),
        "size-bytes": component.size(),
        "compiled-in-ms": component.compiled_in().as_secs_f64() * 1000.0,
        "from-cache": component.from_cache(),
        "imports": component.imports(),
        "exports": component.exports(),
        "info": to_json(info)?,
        "grant": grant,
        "limits": limits,
    }))
}

/// Its name with the unit: `memory-bytes`, `cpu-ms`, `fetches`.
fn key(limit: &Limit) -> String {
    match limit.unit() {
        Some(unit) if !limit.name.ends_with(unit) => format!("{}-{unit}", limit.name),
        _ => limit.name.into(),
    }
}
