//! `list-models` and `check`: `GET /v1/models` (<https://docs.cohere.com/reference/list-models>).

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::answer::count;
use crate::upstream::{endpoint, fetch};
use crate::warnings::Warnings;

/// The most that the API puts on one page.
const PAGE: u32 = 1000;

#[derive(Deserialize)]
struct Page {
    #[serde(default)]
    models: Vec<Box<RawValue>>,
    next_page_token: Option<String>,
}

/// What is not listed here stays in `raw`.
#[derive(Deserialize)]
struct Model {
    name: String,
    endpoints: Option<Vec<String>>,
    context_length: Option<f64>,
    features: Option<Vec<String>>,
}

/// All models, page by page.
pub async fn list(io: &Io) -> Result<Vec<ModelInfo>> {
    let mut models = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = page(io, PAGE, after.as_deref()).await?;
        for raw in page.models {
            models.push(model_info(&raw)?);
        }
        // An upstream that names the same page again would be asked forever.
        match page.next_page_token.filter(|token| !token.is_empty()) {
            Some(next) if after.as_ref() != Some(&next) => after = Some(next),
            _ => return Ok(models),
        }
    }
}

/// Asks for a single model: it costs nothing, and needs a valid key.
pub async fn check(io: &Io) -> Result<Health> {
    let page = page(io, 1, None).await?;
    let message = match page.models.first() {
        Some(raw) => format!(
            "the key is valid, for `{}` among others",
            model_info(raw)?.id
        ),
        None => "the key is valid, but no model is open to it".into(),
    };
    Ok(Health { message })
}

async fn page(io: &Io, size: u32, after: Option<&str>) -> Result<Page> {
    let mut url = endpoint(io, &format!("/v1/models?page_size={size}"));
    if let Some(token) = after {
        url.push_str("&page_token=");
        url.push_str(&query_value(token));
    }
    let response = fetch(json::get(&url), &mut Warnings::default(), io).await?;
    json::read(&response)
}

/// Percent-encodes everything but unreserved characters (RFC 3986, section 2.3).
fn query_value(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                encoded.push(byte.into());
            }
            _ => encoded.push_str(&format!("%{byte:02X}")),
        }
    }
    encoded
}

fn model_info(raw: &RawValue) -> Result<ModelInfo> {
    let model: Model = json::parse("a model", raw.get())?;
    let endpoints = model.endpoints.unwrap_or_default();
    let operations: Vec<OperationKind> = endpoints.iter().filter_map(|it| operation(it)).collect();
    let mut features: Vec<Feature> = Vec::new();
    if operations.contains(&OperationKind::Chat) {
        features.push(Feature::Streaming);
    }
    for name in model.features.iter().flatten() {
        features.extend(self::features(name));
    }
    let sees = features.contains(&Feature::ImageInput)
        || endpoints.iter().any(|endpoint| endpoint == "embed_image");
    Ok(ModelInfo {
        id: model.name,
        owner: Some("cohere".into()),
        context_window: model.context_length.map(count).filter(|&tokens| tokens > 0),
        input_modalities: match sees {
            true => vec!["text".into(), "image".into()],
            false => vec!["text".into()],
        },
        operations,
        features,
        raw: Some(raw.get().into()),
        ..ModelInfo::default()
    })
}

/// `classify`, `summarize`, `generate` and `rate` have no operation here.
fn operation(endpoint: &str) -> Option<OperationKind> {
    Some(match endpoint {
        "chat" => OperationKind::Chat,
        "embed" => OperationKind::Embed,
        "rerank" => OperationKind::Rerank,
        _ => return None,
    })
}

fn features(name: &str) -> &'static [Feature] {
    match name {
        "tools" => &[Feature::Tools, Feature::ParallelToolCalls],
        "json_mode" => &[Feature::Json],
        "json_schema" => &[Feature::JsonSchema],
        "vision" => &[Feature::ImageInput],
        "reasoning" => &[Feature::Reasoning],
        "logprobs" => &[Feature::Logprobs],
        _ => &[],
    }
}
