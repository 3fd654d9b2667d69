//! `GET /v1/models`: all models of all providers, under the names to ask for.
//!
//! <https://platform.openai.com/docs/api-reference/models>

use percent_encoding::percent_decode_str;
use serde::Serialize;
use tidegate_host::types::{ErrorKind, ModelInfo};

use crate::call::{Call, Response};
use crate::failure::{Failure, FailureKind};

/// Where models that say nothing of it are placed in time.
const UNKNOWN: u64 = 0;

#[derive(Serialize)]
struct List<'a> {
    object: &'static str,
    data: Vec<Model<'a>>,
}

/// A model. The last members are not OpenAI's; other gateways name them so.
#[derive(Serialize)]
struct Model<'a> {
    id: String,
    object: &'static str,
    /// Seconds since the Unix epoch.
    created: u64,
    owned_by: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    context_length: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_output_tokens: Option<u32>,
}

impl<'a> Model<'a> {
    fn new(provider: &'a str, model: &'a ModelInfo) -> Self {
        Model {
            id: format!("{provider}/{}", model.id),
            object: "model",
            created: model.created_ms.map_or(UNKNOWN, |it| (it / 1000.0) as u64),
            owned_by: model.owner.as_deref().unwrap_or(provider),
            name: model.name.as_deref(),
            context_length: model.context_window,
            max_output_tokens: model.max_output_tokens,
        }
    }
}

impl<'a> Model<'a> {
    /// A route, which answers like a model and belongs to the gateway.
    fn route(alias: &str) -> Self {
        Model {
            id: alias.into(),
            object: "model",
            created: UNKNOWN,
            owned_by: "tidegate",
            name: None,
            context_length: None,
            max_output_tokens: None,
        }
    }
}

/// Lists the routes and the models that the client may use. A provider that does not answer is left out, with a
/// warning in the header; only where all fail, the list does.
pub async fn list(call: Call) -> Result<Response, Failure> {
    let (aliases, found) = call.listed().await?;
    let all = found
        .models
        .iter()
        .flat_map(|(provider, models)| models.iter().map(move |model| Model::new(provider, model)));
    let list = List {
        object: "list",
        data: aliases
            .iter()
            .map(|alias| Model::route(alias))
            .chain(all.filter(|model| call.may_use(&model.id)))
            .collect(),
    };
    let body = serde_json::to_vec(&list).map_err(unwritable)?;
    Ok(call.whole(body, None, &found.warnings))
}

/// One model. Its id contains a `/`, which clients encode or not.
pub async fn one(call: Call) -> Result<Response, Failure> {
    let path = call.uri().path();
    let encoded = path.strip_prefix("/v1/models/").unwrap_or_default();
    let id = percent_decode_str(encoded).decode_utf8_lossy().into_owned();
    let found = match id.split_once('/') {
        _ if call.aliases().contains(&id) => {
            Some(serde_json::to_vec(&Model::route(&id)).map_err(unwritable))
        }
        Some((provider, rest)) if call.may_use(&id) => {
            let models = call.models_of(provider).await?;
            models
                .iter()
                .find(|model| model.id == rest)
                .map(|model| serde_json::to_vec(&Model::new(provider, model)).map_err(unwritable))
        }
        _ => None,
    };
    match found {
        Some(body) => Ok(call.whole(body?, None, &[])),
        None => Err(Failure {
            parameter: Some("model".into()),
            ..Failure::new(
                FailureKind::Call(ErrorKind::NotFound),
                format!(
                    "there is no model `{}`\nhint: `GET /v1/models` lists the models",
                    id.escape_debug()
                ),
            )
        }),
    }
}

fn unwritable(error: serde_json::Error) -> Failure {
    Failure::new(FailureKind::Call(ErrorKind::Internal), error.to_string())
}
