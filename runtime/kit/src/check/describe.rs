//! Whether what a provider says of itself is complete, and true.

use std::collections::BTreeMap;

use tidegate_host::Component;
use tidegate_host::types::{
    ChatRequest, EmbedRequest, ErrorKind, Feature, Message, Operation, OperationKind, Placement,
    ProviderInfo, RerankRequest, SettingInfo, SettingKind, TextRequest,
};

use super::area::Area;
use super::features::{kind, made, name, shown};
use super::score::{Board, Finding};
use super::study::Study;
use crate::fixture::{Stage, default_base_path};

/// Everything about `describe`.
pub(super) async fn check(component: &Component, studies: &[Study], board: &mut Board) {
    let info = component.info();
    completeness(info, board);
    for declared in &info.operations {
        let shows = |study: &&Study| {
            study.ends_well() && study.operation.as_ref().and_then(kind) == Some(*declared)
        };
        if studies.iter().any(|study| shows(&study)) {
            board.point((Area::Describe, Vec::new()));
            continue;
        }
        let lie = lie(component, *declared, studies).await;
        board.point((Area::Describe, lie.into_iter().collect()));
        board.not_shown(Area::Describe, format!("operation `{}`", name(declared)));
    }
    features(info, studies, board);
}

/// What an operator reads before he grants anything.
fn completeness(info: &ProviderInfo, board: &mut Board) {
    let mut text = |field: String, text: &str, expected: &str| {
        let missing = text.trim().is_empty();
        let finding = missing.then(|| finding(&field, expected, "nothing"));
        board.point((Area::Describe, finding.into_iter().collect()));
    };
    text(
        "description".into(),
        &info.description,
        "one sentence on what it connects to",
    );
    text(
        "vendor".into(),
        &info.vendor,
        "the vendor's name for people",
    );
    text(
        "version".into(),
        &info.version,
        "a version, by semantic versioning",
    );
    for (index, want) in info.wants.iter().enumerate() {
        let field = format!("wants[{index}].reason");
        text(
            field,
            &want.reason,
            "one sentence for the operator who decides",
        );
    }
    for credential in &info.credentials {
        let field = format!("credentials.{}.description", credential.name);
        text(
            field,
            &credential.description,
            "what it is and where to get one",
        );
    }
    for setting in &info.settings {
        let field = format!("settings.{}.description", setting.name);
        text(field, &setting.description, "what it does");
    }
    for credential in &info.credentials {
        if let Placement::Other(other) = &credential.placement {
            let field = format!("credentials.{}.placement", credential.name);
            let expected = "a placement that this host knows";
            let finding = finding(&field, expected, &format!("`{}`", other.name));
            board.point((Area::Describe, vec![finding]));
        }
    }
    if info.operations.is_empty() {
        let finding = finding("operations", "one at least", "none");
        board.point((Area::Describe, vec![finding]));
    }
}

/// A feature that is declared is shown, or listed; one that is not declared does not come.
fn features(info: &ProviderInfo, studies: &[Study], board: &mut Board) {
    let studies = || studies.iter().filter(|study| study.ends_well());
    for declared in &info.features {
        let shows = studies().any(|study| {
            let operation = study.operation.as_ref();
            operation.is_some_and(|it| shown(it, &study.outcome).contains(declared))
        });
        match shows {
            true => board.point((Area::Describe, Vec::new())),
            false => board.not_shown(Area::Describe, format!("feature `{}`", name(declared))),
        }
    }
    let mut undeclared: Vec<Feature> = Vec::new();
    for study in studies() {
        let Some(operation) = &study.operation else {
            continue;
        };
        for feature in made(operation, &study.outcome) {
            if !info.features.contains(&feature) && !undeclared.contains(&feature) {
                let name = name(&feature);
                let expected = format!("`{name}`, which comes in `{}`", study.name);
                let finding = finding("features", &expected, "a list without it");
                board.point((Area::Describe, vec![finding]));
                undeclared.push(feature);
            }
        }
    }
}

/// An operation that no fixture shows, asked in the simplest way: whoever declares it and refuses it
/// without having asked anybody does not have it.
async fn lie(component: &Component, declared: OperationKind, studies: &[Study]) -> Option<Finding> {
    let info = component.info();
    let asked = studies.iter().find_map(|study| {
        let operation = study.operation.as_ref()?;
        (kind(operation) == Some(declared)).then_some(study)
    });
    let mut settings = required(info);
    settings.extend(
        asked
            .map(|study| study.fixture.settings.clone())
            .unwrap_or_default(),
    );
    let stage = match Stage::new(component.clone(), &default_base_path(info), &settings) {
        Ok(stage) => stage,
        Err(error) => {
            return Some(finding(
                "settings",
                "settings that it takes",
                &error.to_string(),
            ));
        }
    };
    let played = stage.play(simplest(declared), Vec::new()).await;
    let failed = played.outcome.error?;
    let field = format!("operations.{}", name(&declared));
    if failed.fault {
        let expected = "an answer or an error to the simplest request";
        return Some(finding(&field, expected, &failed.error.message));
    }
    let refused = failed.error.kind == ErrorKind::Unsupported && played.requests.is_empty();
    refused.then(|| Finding {
        hint: "implement it, or leave it out of `operations`".into(),
        ..finding(
            &field,
            "an operation that it has",
            &format!("`unsupported`: {}", failed.error.message),
        )
    })
}

/// A value for every setting without which nothing works.
fn required(info: &ProviderInfo) -> BTreeMap<String, String> {
    let needed = |setting: &&SettingInfo| {
        setting.required && setting.default.is_none() && setting.name != "base-url"
    };
    let value = |setting: &SettingInfo| match &setting.kind {
        SettingKind::Text => "some".into(),
        SettingKind::Url => "https://setting.example".into(),
        SettingKind::Integer | SettingKind::Number => "1".into(),
        SettingKind::Boolean => "true".into(),
        SettingKind::Choice(choices) => choices.first().cloned().unwrap_or_default(),
        SettingKind::Json => "{}".into(),
    };
    let needed = info.settings.iter().filter(needed);
    needed
        .map(|setting| (setting.name.clone(), value(setting)))
        .collect()
}

fn simplest(kind: OperationKind) -> Operation {
    let (model, text) = ("some-model", "Hi");
    let chat = || ChatRequest::new(model, vec![Message::user(text)]);
    match kind {
        OperationKind::Chat => Operation::Chat(chat()),
        OperationKind::Complete => Operation::Complete(TextRequest::new(model, text)),
        OperationKind::Embed => Operation::Embed(EmbedRequest::new(model, [text])),
        OperationKind::Rerank => Operation::Rerank(RerankRequest {
            model: model.into(),
            query: text.into(),
            documents: vec![text.into()],
            top_n: None,
            extra: None,
        }),
        OperationKind::ListModels => Operation::ListModels,
        OperationKind::CountTokens => Operation::CountTokens(chat()),
        OperationKind::Check => Operation::Check,
    }
}

fn finding(field: &str, expected: &str, got: &str) -> Finding {
    Finding {
        case: None,
        how: None,
        field: format!("describe.{field}"),
        expected: expected.into(),
        got: got.into(),
        hint: Area::Describe.hint().into(),
    }
}
