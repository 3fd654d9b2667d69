//! The list of models, with what services add to OpenAI's four members.
//!
//! | fact | members |
//! |---|---|
//! | name | `name`, `display_name` |
//! | context window | `context_length`, `context_window`, `max_context_length`, `max_model_len` |
//! | output limit | `max_completion_tokens`, `top_provider.max_completion_tokens`, `max_output_tokens` |
//! | modalities | `architecture.input_modalities`, `architecture.output_modalities` |
//! | features | `supported_parameters`, `capabilities` |
//! | operations | `capabilities` |
//! | prices | `pricing`: text is dollars per token, numbers are dollars per million |
//!
//! The list is `data`, or `models`, or the answer itself (Together).
//!
//! <https://platform.openai.com/docs/api-reference/models/list>,
//! <https://openrouter.ai/docs/models>, <https://docs.mistral.ai/api/endpoint/models>

mod capabilities;

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::{Error, ErrorKind, Feature, ModelInfo, Prices};
use tidegate_guest::{Response, Result, json};

use crate::answer::unframed;
use crate::wire::{Count, Text};

#[derive(Deserialize)]
struct Object<'a> {
    #[serde(borrow)]
    data: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    models: Option<Vec<&'a RawValue>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Model<'a> {
    #[serde(borrow)]
    id: Text<'a>,
    #[serde(borrow)]
    name: Text<'a>,
    #[serde(borrow)]
    display_name: Text<'a>,
    created: Option<f64>,
    /// Azure's dated APIs; elsewhere it may be text.
    created_at: Count,
    #[serde(borrow)]
    owned_by: Text<'a>,
    context_length: Count,
    context_window: Count,
    max_context_length: Count,
    max_model_len: Count,
    max_completion_tokens: Count,
    max_output_tokens: Count,
    top_provider: Option<TopProvider>,
    architecture: Option<Architecture>,
    supported_parameters: Option<Vec<String>>,
    #[serde(borrow)]
    pricing: Option<&'a RawValue>,
    #[serde(borrow)]
    capabilities: Option<&'a RawValue>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct TopProvider {
    max_completion_tokens: Count,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Architecture {
    input_modalities: Option<Vec<String>>,
    output_modalities: Option<Vec<String>>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Pricing {
    #[serde(alias = "prompt")]
    input: Option<Price>,
    #[serde(alias = "completion")]
    output: Option<Price>,
    #[serde(alias = "input_cache_read")]
    cache_read: Option<Price>,
    #[serde(alias = "input_cache_write")]
    cache_write: Option<Price>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Price {
    PerToken(String),
    PerMillion(f64),
}

/// Reads a list of models.
pub fn read(response: &Response) -> Result<Vec<ModelInfo>> {
    let text = response.text();
    let list = match serde_json::from_str::<Object>(&text) {
        Ok(object) => object.data.or(object.models),
        Err(_) => Some(json::read(response)?),
    };
    match list {
        Some(list) => Ok(list.into_iter().filter_map(model).collect()),
        None => Err(unframed(&text).unwrap_or_else(|| {
            Error::new(
                ErrorKind::Upstream,
                "the answer of the upstream holds no list of models",
            )
        })),
    }
}

/// Reads a list that an operator wrote: names, or objects as an upstream would give them.
pub fn listed(json: &str) -> Result<Vec<ModelInfo>> {
    let list: Vec<&RawValue> = serde_json::from_str(json).map_err(|error| {
        Error::new(
            ErrorKind::Internal,
            format!("the setting `models` is no list of models: {error}"),
        )
    })?;
    let entry = |raw: &RawValue| match serde_json::from_str::<String>(raw.get()) {
        Ok(id) if !id.is_empty() => Some(ModelInfo {
            id,
            ..ModelInfo::default()
        }),
        Ok(_) => None,
        Err(_) => model(raw),
    };
    Ok(list.into_iter().filter_map(entry).collect())
}

/// An entry without a name that could be asked for is none.
fn model(raw: &RawValue) -> Option<ModelInfo> {
    let model: Model = serde_json::from_str(raw.get()).ok()?;
    let id = model.id.non_empty().or(model.name.non_empty())?;
    let name = model.display_name.non_empty().or(model.name.non_empty());
    let architecture = model.architecture.unwrap_or_default();
    let top_provider = model.top_provider.unwrap_or_default();
    let mut info = ModelInfo {
        id: id.into(),
        name: name.map(Into::into),
        created_ms: model
            .created
            .or(model.created_at.0.map(f64::from))
            .filter(|&seconds| seconds > 0.0)
            .map(|seconds| seconds * 1000.0),
        owner: model.owned_by.non_empty().map(Into::into),
        context_window: model
            .context_length
            .0
            .or(model.context_window.0)
            .or(model.max_context_length.0)
            .or(model.max_model_len.0),
        max_output_tokens: model
            .max_completion_tokens
            .0
            .or(top_provider.max_completion_tokens.0)
            .or(model.max_output_tokens.0),
        input_modalities: architecture.input_modalities.unwrap_or_default(),
        output_modalities: architecture.output_modalities.unwrap_or_default(),
        operations: Vec::new(),
        features: features(&model.supported_parameters.unwrap_or_default()),
        prices: model.pricing.and_then(prices),
        raw: Some(raw.get().into()),
    };
    if let Some(raw) = model.capabilities {
        capabilities::add(&mut info, raw);
    }
    Some(info)
}

fn features(parameters: &[String]) -> Vec<Feature> {
    let feature = |parameter: &String| {
        Some(match parameter.as_str() {
            "tools" => Feature::Tools,
            "parallel_tool_calls" => Feature::ParallelToolCalls,
            "response_format" => Feature::Json,
            "structured_outputs" => Feature::JsonSchema,
            "reasoning" => Feature::Reasoning,
            "logprobs" => Feature::Logprobs,
            _ => return None,
        })
    };
    parameters.iter().filter_map(feature).collect()
}

fn prices(raw: &RawValue) -> Option<Prices> {
    let pricing: Pricing = serde_json::from_str(raw.get()).ok()?;
    let prices = Prices {
        currency: "USD".into(),
        input: pricing.input.and_then(per_million),
        output: pricing.output.and_then(per_million),
        cache_read: pricing.cache_read.and_then(per_million),
        cache_write: pricing.cache_write.and_then(per_million),
    };
    (prices.input.is_some() || prices.output.is_some()).then_some(prices)
}

/// A negative price (OpenRouter's router) means that it depends.
fn per_million(price: Price) -> Option<f64> {
    let price = match price {
        Price::PerMillion(dollars) => dollars,
        Price::PerToken(dollars) => dollars.parse::<f64>().ok()? * 1e6,
    };
    (price >= 0.0).then_some(price)
}
