//! Which of the contract's features a fixture shows.

use tidegate_host::json::to_json;
use tidegate_host::types::{
    ChatRequest, Feature, Operation, OperationKind, PartContent, ResponseFormat,
};

use crate::fixture::{Outcome, PartKind};

/// What a fixture that ended well shows: what was asked for, and what came.
pub(super) fn shown(operation: &Operation, outcome: &Outcome) -> Vec<Feature> {
    let mut shown = made(operation, outcome);
    match operation {
        Operation::Chat(request) => shown.extend(asked(request)),
        Operation::Complete(request) if request.stream => shown.push(Feature::Streaming),
        _ => {}
    }
    shown
}

/// What cannot come from a provider that does not have it.
pub(super) fn made(operation: &Operation, outcome: &Outcome) -> Vec<Feature> {
    let choices = match operation {
        Operation::Chat(_) => outcome.choices.len() > 1,
        // Several prompts have an answer each.
        Operation::Complete(request) => outcome.choices.len() > request.prompts.len(),
        _ => false,
    };
    let calls = outcome.parts(PartKind::ToolCall).count();
    let media = |kind: &str| {
        outcome.parts(PartKind::File).any(|(_, part)| {
            let file = part
                .file
                .as_ref()
                .and_then(|media| media.media_type.as_deref());
            file.is_some_and(|media_type| media_type.starts_with(kind))
        })
    };
    let logprobs = outcome
        .choices
        .values()
        .any(|choice| !choice.logprobs.is_empty());
    let came = [
        (Feature::Choices, choices),
        (Feature::Tools, calls > 0),
        (Feature::ParallelToolCalls, calls > 1),
        (
            Feature::Reasoning,
            outcome.parts(PartKind::Reasoning).count() > 0,
        ),
        (Feature::ImageOutput, media("image/")),
        (Feature::AudioOutput, media("audio/")),
        (Feature::Logprobs, logprobs),
    ];
    came.into_iter()
        .filter(|(_, came)| *came)
        .map(|(feature, _)| feature)
        .collect()
}

fn asked(request: &ChatRequest) -> Vec<Feature> {
    let parts = || request.messages.iter().flat_map(|message| &message.parts);
    let any = |is: fn(&PartContent) -> bool| parts().any(|part| is(&part.content));
    let format = request.response_format.as_ref();
    let cached = parts().any(|part| part.cache.is_some());
    let asked = [
        (Feature::Streaming, request.stream),
        (
            Feature::ImageInput,
            any(|it| matches!(it, PartContent::Image(_))),
        ),
        (
            Feature::AudioInput,
            any(|it| matches!(it, PartContent::Audio(_))),
        ),
        (
            Feature::FileInput,
            any(|it| matches!(it, PartContent::File(_))),
        ),
        (Feature::Json, matches!(format, Some(ResponseFormat::Json))),
        (
            Feature::JsonSchema,
            matches!(format, Some(ResponseFormat::JsonSchema(_))),
        ),
        (Feature::PromptCache, cached),
        (Feature::Reasoning, request.reasoning.is_some()),
    ];
    asked
        .into_iter()
        .filter(|(_, asked)| *asked)
        .map(|(feature, _)| feature)
        .collect()
}

/// The operation without its request.
pub(super) fn kind(operation: &Operation) -> Option<OperationKind> {
    Some(match operation {
        Operation::Chat(_) => OperationKind::Chat,
        Operation::Complete(_) => OperationKind::Complete,
        Operation::Embed(_) => OperationKind::Embed,
        Operation::Rerank(_) => OperationKind::Rerank,
        Operation::ListModels => OperationKind::ListModels,
        Operation::CountTokens(_) => OperationKind::CountTokens,
        Operation::Check => OperationKind::Check,
        Operation::Other(_) => return None,
    })
}

/// The name in the contract.
pub(super) fn name<T: serde::Serialize>(case: &T) -> String {
    let name = to_json(case).ok();
    name.and_then(|name| Some(name.as_str()?.to_owned()))
        .unwrap_or_default()
}
