//! `list-models`: the models of a collection
//! (<https://replicate.com/docs/reference/http#collections.get>), and `check`: the account
//! (<https://replicate.com/docs/reference/http#account.get>).
//!
//! `GET /models` would list every public model there is, tens of thousands on pages of 25, most of
//! which put out pictures or sound.

use serde::{Deserialize, Serialize};
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json, time};

use crate::describe::COLLECTION;
use crate::{api, failure};

#[derive(Deserialize)]
struct Collection {
    #[serde(default)]
    models: Vec<Model>,
}

/// What is worth keeping of a model. Its schema and example predictions, tens of kilobytes each,
/// are not.
#[derive(Deserialize, Serialize)]
struct Model {
    owner: String,
    name: String,
    url: Option<String>,
    description: Option<String>,
    visibility: Option<String>,
    run_count: Option<u64>,
    is_official: Option<bool>,
    license_url: Option<String>,
    #[serde(skip_serializing)]
    latest_version: Option<Version>,
}

#[derive(Deserialize)]
struct Version {
    created_at: Option<String>,
}

#[derive(Deserialize)]
struct Account {
    username: String,
}

pub async fn list(io: &Io) -> Result<Vec<ModelInfo>> {
    let collection = io.setting("collection").unwrap_or(COLLECTION);
    if !api::is_name(collection) {
        return Err(Error::new(
            ErrorKind::InvalidRequest,
            format!("`{collection}` is no name of a collection"),
        ));
    }
    let url = api::url(io, &format!("/collections/{collection}"));
    let response = failure::check(io.fetch(json::get(&url)).await?)?;
    let collection: Collection = json::read(&response)?;
    Ok(collection.models.into_iter().map(model).collect())
}

fn model(model: Model) -> ModelInfo {
    let version = model.latest_version.as_ref();
    let created = version.and_then(|version| version.created_at.as_deref());
    ModelInfo {
        id: format!("{}/{}", model.owner, model.name),
        created_ms: created.and_then(time::rfc3339_ms),
        raw: serde_json::to_string(&model).ok(),
        owner: Some(model.owner),
        ..ModelInfo::default()
    }
}

pub async fn check(io: &Io) -> Result<Health> {
    let url = api::url(io, "/account");
    let response = failure::check(io.fetch(json::get(&url)).await?)?;
    let account: Account = json::read(&response)?;
    Ok(Health {
        message: format!("the account `{}` on Replicate", account.username),
    })
}
