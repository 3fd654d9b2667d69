//! Where requests go, and on which settings that depends. Whole conversations are in `fixtures/`.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use tidegate_guest::Exchange;
use tidegate_guest::types::*;

use crate::AzureOpenAi;

const ENDPOINT: &str = "https://r.openai.azure.com";

fn start(operation: Operation, settings: &[(&str, &str)]) -> Action {
    let endpoint = [("endpoint", ENDPOINT)];
    let settings = endpoint
        .iter()
        .chain(settings)
        .map(|(name, value)| Setting {
            name: (*name).into(),
            value: (*value).into(),
        });
    let context = Context {
        settings: settings.collect(),
        ..Context::default()
    };
    let (_, mut actions) = Exchange::start(AzureOpenAi, operation, context);
    actions.pop().unwrap()
}

fn url(operation: Operation, settings: &[(&str, &str)]) -> String {
    match start(operation, settings) {
        Action::Fetch(request) => request.url.strip_prefix(ENDPOINT).unwrap().into(),
        action => panic!("no fetch: {action:?}"),
    }
}

fn error(operation: Operation, settings: &[(&str, &str)]) -> Error {
    match start(operation, settings) {
        Action::Fail(error) => error,
        action => panic!("no error: {action:?}"),
    }
}

fn chat(model: &str) -> Operation {
    Operation::Chat(ChatRequest {
        model: model.into(),
        ..ChatRequest::default()
    })
}

fn embed() -> Operation {
    Operation::Embed(EmbedRequest {
        model: "e".into(),
        inputs: vec![EmbedInput::Text("a".into())],
        ..EmbedRequest::default()
    })
}

#[test]
fn every_operation_has_its_place_on_every_surface() {
    let deployments = [("surface", "deployments")];
    let models = [("surface", "models")];
    assert_eq!(url(chat("m"), &[]), "/openai/v1/chat/completions");
    assert_eq!(
        url(chat("m"), &deployments),
        "/openai/deployments/m/chat/completions?api-version=2024-10-21"
    );
    assert_eq!(
        url(chat("m"), &models),
        "/models/chat/completions?api-version=2024-05-01-preview"
    );
    assert_eq!(url(chat("gpt-5-codex"), &[]), "/openai/v1/responses");
    assert_eq!(
        url(chat("gpt-5-codex"), &deployments),
        "/openai/responses?api-version=2025-04-01-preview"
    );
    assert_eq!(url(chat("gpt-5-codex"), &models), "/openai/v1/responses");
    assert_eq!(url(embed(), &[]), "/openai/v1/embeddings");
    assert_eq!(
        url(embed(), &deployments),
        "/openai/deployments/e/embeddings?api-version=2024-10-21"
    );
    assert_eq!(url(Operation::ListModels, &[]), "/openai/v1/models");
    assert_eq!(
        url(Operation::ListModels, &deployments),
        "/openai/models?api-version=2024-10-21"
    );
    assert_eq!(url(Operation::ListModels, &models), "/openai/v1/models");
}

#[test]
fn the_operators_version_stands_where_versions_mean_something() {
    let version = ("api-version", "preview");
    assert_eq!(
        url(chat("m"), &[version]),
        "/openai/v1/chat/completions?api-version=preview"
    );
    assert_eq!(
        url(Operation::ListModels, &[version, ("surface", "models")]),
        "/openai/v1/models"
    );
}

#[test]
fn the_model_of_a_deployment_decides_which_api_answers() {
    let mapped = ("deployments", r#"{"gpt-5-codex": "mine"}"#);
    assert_eq!(url(chat("gpt-5-codex"), &[mapped]), "/openai/v1/responses");
    assert_eq!(
        url(
            chat("gpt-5-codex"),
            &[
                mapped,
                ("api", "chat-completions"),
                ("surface", "deployments")
            ]
        ),
        "/openai/deployments/mine/chat/completions?api-version=2024-10-21"
    );
}

#[test]
fn a_name_that_would_lead_elsewhere_is_refused() {
    for name in ["", "..", "a/b", "a?b", "a%2fb", "é"] {
        let error = error(chat(name), &[("surface", "deployments")]);
        assert_eq!(error.kind, ErrorKind::InvalidRequest, "{name}");
    }
}

#[test]
fn a_mapping_of_anything_but_names_is_the_operators_mistake() {
    let error = error(chat("m"), &[("deployments", r#"{"m": 1}"#)]);
    assert_eq!(error.kind, ErrorKind::Internal);
    assert!(error.message.contains("`deployments`"), "{}", error.message);
}
