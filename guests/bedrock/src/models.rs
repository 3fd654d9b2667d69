//! `list-models` and `check`:
//! [foundation models](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListFoundationModels.html)
//! and [inference profiles](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_ListInferenceProfiles.html).
//!
//! Newer models are asked for by a profile, which spreads requests over regions, and not by their own
//! names; so those that cannot be asked for are left out, and the profiles are listed beside the rest.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::failure;
use crate::upstream::{Upstream, encoded};

/// The most profiles on one page.
const PAGE: u32 = 1000;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Models {
    #[serde(default)]
    model_summaries: Vec<Box<RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Model {
    model_id: String,
    model_name: Option<String>,
    provider_name: Option<String>,
    #[serde(default)]
    input_modalities: Vec<String>,
    #[serde(default)]
    output_modalities: Vec<String>,
    response_streaming_supported: Option<bool>,
    inference_types_supported: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profiles {
    #[serde(default)]
    inference_profile_summaries: Vec<Box<RawValue>>,
    next_token: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Profile {
    inference_profile_id: String,
    inference_profile_name: Option<String>,
    #[serde(default)]
    models: Vec<Target>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Target {
    model_arn: Option<String>,
}

/// Models and profiles.
pub async fn list(io: &Io) -> Result<Vec<ModelInfo>> {
    let models = models(io).await?;
    let profiles = match profiles(io).await {
        Ok(profiles) => Some(profiles),
        // An identity may be allowed to list the one and not the other.
        Err(error) if matches!(error.kind, ErrorKind::Forbidden | ErrorKind::Denied) => {
            io.log(
                LogLevel::Warn,
                format!("inference profiles are not listed: {}", error.message),
            );
            None
        }
        Err(error) => return Err(error),
    };
    let all = profiles.is_none();
    let asked_for = |model: &Model| {
        let types = model.inference_types_supported.as_ref();
        all || types.is_none_or(|types| types.iter().any(|it| it == "ON_DEMAND"))
    };
    let listed = models.iter().filter(|(model, _)| asked_for(model));
    let mut listed: Vec<ModelInfo> = listed.map(|(model, raw)| info(model, raw)).collect();
    for (profile, raw) in profiles.into_iter().flatten() {
        let behind = profile.models.iter().find_map(|target| {
            let (_, name) = target.model_arn.as_deref()?.rsplit_once('/')?;
            models.iter().find(|(model, _)| model.model_id == name)
        });
        let mut info = match behind {
            Some((model, _)) => info(model, &raw),
            None => ModelInfo {
                raw: Some(raw.get().into()),
                ..ModelInfo::default()
            },
        };
        info.id = profile.inference_profile_id;
        info.name = profile.inference_profile_name;
        listed.push(info);
    }
    Ok(listed)
}

/// Lists the models alone: it costs nothing, and needs a valid key.
pub async fn check(io: &Io) -> Result<Health> {
    let models = models(io).await?;
    Ok(Health {
        message: format!(
            "the key is valid, and the region has {} models",
            models.len()
        ),
    })
}

async fn models(io: &Io) -> Result<Vec<(Model, Box<RawValue>)>> {
    let url = Upstream::new(io).list("foundation-models");
    let response = failure::check(io.fetch(json::get(&url)).await?)?;
    let models: Models = json::read(&response)?;
    let models = models.model_summaries.into_iter();
    models
        .map(|raw| Ok((json::parse("a model", raw.get())?, raw)))
        .collect()
}

async fn profiles(io: &Io) -> Result<Vec<(Profile, Box<RawValue>)>> {
    let url = Upstream::new(io).list(&format!("inference-profiles?maxResults={PAGE}"));
    let mut profiles = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = match &after {
            Some(token) => format!("{url}&nextToken={}", encoded(token)),
            None => url.clone(),
        };
        let response = failure::check(io.fetch(json::get(&page)).await?)?;
        let page: Profiles = json::read(&response)?;
        for raw in page.inference_profile_summaries {
            profiles.push((json::parse("an inference profile", raw.get())?, raw));
        }
        // An upstream that names the same page again would be asked forever.
        match page.next_token.filter(|token| !token.is_empty()) {
            Some(next) if after.as_ref() != Some(&next) => after = Some(next),
            _ => return Ok(profiles),
        }
    }
}

fn info(model: &Model, raw: &RawValue) -> ModelInfo {
    let makes = |modality: &str| model.output_modalities.iter().any(|it| it == modality);
    let operations = match () {
        _ if makes("EMBEDDING") => vec![OperationKind::Embed],
        _ if makes("TEXT") => vec![OperationKind::Chat],
        _ => vec![],
    };
    let streams = model.response_streaming_supported == Some(true);
    ModelInfo {
        id: model.model_id.clone(),
        name: model.model_name.clone(),
        owner: model.provider_name.clone(),
        input_modalities: modalities(&model.input_modalities),
        output_modalities: modalities(&model.output_modalities),
        operations,
        features: streams.then_some(Feature::Streaming).into_iter().collect(),
        raw: Some(raw.get().into()),
        ..ModelInfo::default()
    }
}

/// In the contract's words; vectors have none.
fn modalities(names: &[String]) -> Vec<String> {
    let known = names.iter().filter_map(|name| match name.as_str() {
        "TEXT" => Some("text"),
        "IMAGE" => Some("image"),
        "SPEECH" | "AUDIO" => Some("audio"),
        "VIDEO" => Some("video"),
        _ => None,
    });
    known.map(Into::into).collect()
}
