//! The list of models: of the [Gemini API](https://ai.google.dev/api/models), or of
//! [Vertex AI](https://docs.cloud.google.com/vertex-ai/docs/reference/rest/v1beta1/publishers.models/list).
//!
//! Both tell of models that nothing here can ask, those that make videos for example; they are left
//! out. Neither tells prices.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::failure;
use crate::upstream::Upstream;

/// The most that both put on one page is more, but Vertex AI refuses to be asked for it.
const PAGE: u32 = 100;

/// Pages that no list will ever have: an upstream that always names another would be asked forever.
const MOST_PAGES: usize = 100;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Page {
    #[serde(default)]
    models: Vec<Box<RawValue>>,
    #[serde(default)]
    publisher_models: Vec<Box<RawValue>>,
    next_page_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    name: String,
    display_name: Option<String>,
    input_token_limit: Option<u32>,
    output_token_limit: Option<u32>,
    supported_generation_methods: Option<Vec<String>>,
}

/// All models, page by page.
pub async fn list(io: &Io) -> Result<Vec<ModelInfo>> {
    let mut models = Vec::new();
    let mut next: Option<String> = None;
    for _ in 0..MOST_PAGES {
        let page = page(io, PAGE, next.as_deref()).await?;
        for raw in page.models.iter().chain(&page.publisher_models) {
            models.extend(model_info(raw)?);
        }
        next = page.next_page_token.filter(|token| !token.is_empty());
        if next.is_none() {
            break;
        }
    }
    Ok(models)
}

/// Asks for a single model: it costs no tokens, and needs a valid key.
pub async fn check(io: &Io) -> Result<Health> {
    let page = page(io, 1, None).await?;
    let what = match Upstream::new(io)?.is_vertex() {
        true => "token",
        false => "key",
    };
    let mut models = page.models.iter().chain(&page.publisher_models);
    let message = match models.next() {
        Some(raw) => {
            let model: Model = json::parse("a model", raw.get())?;
            format!(
                "the {what} is valid, for `{}` among others",
                own_name(&model.name)
            )
        }
        None => format!("the {what} is valid, but no model is open to it"),
    };
    Ok(Health { message })
}

async fn page(io: &Io, size: u32, token: Option<&str>) -> Result<Page> {
    let response = io.fetch(Upstream::new(io)?.models(size, token)).await?;
    json::read(&failure::check(response, io)?)
}

fn own_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// `None` for a model that cannot be asked for anything here.
fn model_info(raw: &RawValue) -> Result<Option<ModelInfo>> {
    let model: Model = json::parse("a model", raw.get())?;
    let id = own_name(&model.name);
    let operations = match &model.supported_generation_methods {
        Some(methods) => operations(methods),
        // Vertex AI does not say; its names do.
        None if id.contains("embedding") => vec![OperationKind::Embed],
        None if id.starts_with("gemini-") => vec![OperationKind::Chat, OperationKind::CountTokens],
        None => vec![],
    };
    Ok((!operations.is_empty()).then(|| ModelInfo {
        id: id.into(),
        name: model.display_name,
        owner: Some("google".into()),
        context_window: model.input_token_limit.filter(|&tokens| tokens > 0),
        // A vector counts as one token.
        max_output_tokens: model.output_token_limit.filter(|&tokens| tokens > 1),
        operations,
        raw: Some(raw.get().into()),
        ..ModelInfo::default()
    }))
}

fn operations(methods: &[String]) -> Vec<OperationKind> {
    let known = methods.iter().filter_map(|method| match method.as_str() {
        "generateContent" => Some(OperationKind::Chat),
        "countTokens" => Some(OperationKind::CountTokens),
        "embedContent" => Some(OperationKind::Embed),
        _ => None,
    });
    let operations: Vec<_> = known.collect();
    match operations.as_slice() {
        // Every model can count; one that can do nothing else is no model for anybody.
        [OperationKind::CountTokens] => vec![],
        _ => operations,
    }
}
