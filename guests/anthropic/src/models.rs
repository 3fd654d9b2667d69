//! [The list of models](https://platform.claude.com/docs/en/api/models/list).

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json, time};

use crate::upstream::Upstream;

/// The most that the API puts on one page.
const PAGE: u32 = 1000;

#[derive(Deserialize)]
struct Page {
    data: Vec<Box<RawValue>>,
    #[serde(default)]
    has_more: bool,
    last_id: Option<String>,
}

#[derive(Deserialize)]
struct Model {
    id: String,
    display_name: Option<String>,
    created_at: Option<String>,
    max_input_tokens: Option<u32>,
    max_tokens: Option<u32>,
    capabilities: Option<Capabilities>,
}

/// What is not listed here stays in `raw`.
#[derive(Deserialize)]
struct Capabilities {
    image_input: Option<Support>,
    pdf_input: Option<Support>,
    structured_outputs: Option<Support>,
    thinking: Option<Support>,
}

#[derive(Deserialize)]
struct Support {
    supported: bool,
}

/// All models, page by page.
pub async fn list(io: &Io) -> Result<Vec<ModelInfo>> {
    let mut models = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = page(io, PAGE, after.as_deref()).await?;
        for raw in page.data {
            models.push(model_info(&raw)?);
        }
        // An upstream that names the same last model again would be asked forever.
        match page.last_id {
            Some(last) if page.has_more && after.as_ref() != Some(&last) => after = Some(last),
            _ => return Ok(models),
        }
    }
}

/// Asks for a single model: it costs no tokens, and needs a valid key.
pub async fn check(io: &Io) -> Result<Health> {
    let page = page(io, 1, None).await?;
    let message = match page.data.into_iter().next() {
        Some(raw) => format!(
            "the key is valid, for `{}` among others",
            model_info(&raw)?.id
        ),
        None => "the key is valid, but no model is open to it".into(),
    };
    Ok(Health { message })
}

async fn page(io: &Io, limit: u32, after: Option<&str>) -> Result<Page> {
    let path = match after {
        Some(id) => format!("models?limit={limit}&after_id={}", query_value(id)),
        None => format!("models?limit={limit}"),
    };
    let response = io.fetch(Upstream::new(io).get(&path)).await?;
    json::read(&response.error_for_status()?)
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
    let mut info = ModelInfo {
        id: model.id,
        name: model.display_name,
        // A date that is not known comes as the beginning of the epoch.
        created_ms: model
            .created_at
            .and_then(|date| time::rfc3339_ms(&date))
            .filter(|&date| date > 0.0),
        context_window: model.max_input_tokens.filter(|&tokens| tokens > 0),
        max_output_tokens: model.max_tokens.filter(|&tokens| tokens > 0),
        raw: Some(raw.get().into()),
        ..ModelInfo::default()
    };
    if let Some(capabilities) = model.capabilities {
        add_capabilities(&mut info, &capabilities);
    }
    Ok(info)
}

fn add_capabilities(info: &mut ModelInfo, capabilities: &Capabilities) {
    let has = |support: &Option<Support>| support.as_ref().is_some_and(|it| it.supported);
    info.operations = vec![OperationKind::Chat, OperationKind::CountTokens];
    info.input_modalities = vec!["text".into()];
    info.output_modalities = vec!["text".into()];
    // What every model of the vendor can do is not among its capabilities.
    info.features = vec![
        Feature::Streaming,
        Feature::Tools,
        Feature::ParallelToolCalls,
        Feature::PromptCache,
    ];
    if has(&capabilities.image_input) {
        info.input_modalities.push("image".into());
        info.features.push(Feature::ImageInput);
    }
    if has(&capabilities.pdf_input) {
        info.input_modalities.push("file".into());
        info.features.push(Feature::FileInput);
    }
    if has(&capabilities.structured_outputs) {
        info.features.push(Feature::JsonSchema);
    }
    if has(&capabilities.thinking) {
        info.features.push(Feature::Reasoning);
    }
}
