//! `list-models`: `GET /api/tags` (<https://docs.ollama.com/api/tags>), and `check`:
//! `GET /api/version`.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json, time};

use crate::endpoint;

#[derive(Deserialize)]
struct Tags {
    #[serde(default)]
    models: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
struct Model {
    /// The name to ask for. Old versions say it in `name` alone.
    model: Option<String>,
    name: Option<String>,
    modified_at: Option<String>,
}

#[derive(Deserialize)]
struct Version {
    version: String,
}

pub async fn list(io: &Io) -> Result<Vec<ModelInfo>> {
    let response = io.fetch(json::get(&endpoint(io, "/api/tags"))).await?;
    let tags: Tags = json::read(&response.error_for_status()?)?;
    let mut models = Vec::with_capacity(tags.models.len());
    for raw in &tags.models {
        let model: Model = json::parse("a model", raw.get())?;
        let Some(id) = model.model.or(model.name) else {
            continue;
        };
        models.push(ModelInfo {
            id,
            created_ms: model.modified_at.as_deref().and_then(time::rfc3339_ms),
            raw: Some(raw.get().into()),
            ..ModelInfo::default()
        });
    }
    Ok(models)
}

pub async fn check(io: &Io) -> Result<Health> {
    let response = io.fetch(json::get(&endpoint(io, "/api/version"))).await?;
    let version: Version = json::read(&response.error_for_status()?)?;
    Ok(Health {
        message: format!("Ollama {}", version.version),
    })
}
