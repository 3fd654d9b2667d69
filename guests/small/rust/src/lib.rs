//! A small subset of chat completions, in Rust: what it speaks is in `guests/small/README.md`.

mod answer;
mod request;

use serde::Deserialize;
use serde_json::Value;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Response, Result, json};

use crate::answer::Answer;

/// The provider.
#[derive(Default)]
pub struct Small;

impl Provider for Small {
    fn describe(&self) -> ProviderInfo {
        ProviderInfo {
            name: "small-rust".into(),
            version: "0.1.0".into(),
            description: "Speaks a small subset of chat completions, in Rust".into(),
            vendor: "Tidegate".into(),
            documentation: None,
            wants: vec![
                Want::new("POST {base-url}/chat/completions", "to answer"),
                Want::new(
                    "GET {base-url}/models",
                    "to list the models, and to check the key",
                ),
            ],
            credentials: vec![Credential {
                name: "api-key".into(),
                description: "A key of the server's".into(),
                placement: Placement::Bearer,
                required: false,
                environment: Some("SMALL_API_KEY".into()),
            }],
            settings: vec![SettingInfo::optional(
                "base-url",
                SettingKind::Url,
                Some("https://llm.example.com/v1"),
                "Where the server is",
            )],
            operations: vec![
                OperationKind::Chat,
                OperationKind::ListModels,
                OperationKind::Check,
            ],
            features: vec![Feature::Streaming, Feature::Tools, Feature::Reasoning],
        }
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        let body = request::body(&request, io)?;
        let mut sent = json::post(&endpoint(io, "/chat/completions"), &body)?;
        if request.stream {
            sent.delivery = Delivery::ServerSentEvents;
        }
        let mut response = io.fetch(sent).await?.error_for_status()?;
        let mut answer = Answer::new(io);
        if response.body.is_some() {
            answer.whole(&response.text())?;
        } else {
            stream(&mut answer, &mut response).await?;
        }
        answer.finish()
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        let url = endpoint(io, "/models");
        let response = io.fetch(json::get(&url)).await?.error_for_status()?;
        let listed: Models = answer::read(&response.text())?;
        Ok(listed.data.into_iter().filter_map(information).collect())
    }
}

tidegate_guest::export!(Small);

async fn stream(answer: &mut Answer, response: &mut Response) -> Result<()> {
    while let Some(event) = response.event().await? {
        if event.data == "[DONE]" {
            return Ok(());
        }
        answer.chunk(&event.data)?;
    }
    Ok(())
}

#[derive(Deserialize)]
struct Models {
    data: Vec<Model>,
}

#[derive(Deserialize)]
struct Model {
    id: Option<String>,
    created: Option<Value>,
    owned_by: Option<Value>,
}

fn information(model: Model) -> Option<ModelInfo> {
    let created = model.created.as_ref().and_then(Value::as_f64);
    let owner = model.owned_by.as_ref().and_then(Value::as_str);
    Some(ModelInfo {
        id: model.id?,
        created_ms: created.map(|seconds| seconds * 1000.0),
        owner: owner.map(Into::into),
        ..ModelInfo::default()
    })
}

fn endpoint(io: &Io, path: &str) -> String {
    format!("{}{path}", io.setting("base-url").unwrap_or_default())
}
