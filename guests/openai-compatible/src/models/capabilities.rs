//! What a model can do, as an object of yes and no.
//!
//! <https://docs.mistral.ai/api/endpoint/models>

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::{Feature, ModelInfo, OperationKind};

/// What is not listed here stays in `raw`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Capabilities {
    completion_chat: bool,
    completion_fim: bool,
    function_calling: bool,
    vision: bool,
    audio: bool,
}

/// Adds what an object says. Other services have lists or anything else under the same name.
pub fn add(info: &mut ModelInfo, raw: &RawValue) {
    let capabilities: Capabilities = serde_json::from_str(raw.get()).unwrap_or_default();
    let answers = capabilities.completion_chat || capabilities.completion_fim;
    for (has, operation) in [
        (capabilities.completion_chat, OperationKind::Chat),
        (capabilities.completion_fim, OperationKind::Complete),
    ] {
        info.operations.extend(has.then_some(operation));
    }
    for (has, feature) in [
        (answers, Feature::Streaming),
        (capabilities.function_calling, Feature::Tools),
        (capabilities.function_calling, Feature::ParallelToolCalls),
        (capabilities.vision, Feature::ImageInput),
        (capabilities.audio, Feature::AudioInput),
    ] {
        info.features.extend(has.then_some(feature));
    }
    for (has, modality) in [
        (answers, "text"),
        (capabilities.vision, "image"),
        (capabilities.audio, "audio"),
    ] {
        info.input_modalities
            .extend(has.then_some(modality).map(Into::into));
    }
}
