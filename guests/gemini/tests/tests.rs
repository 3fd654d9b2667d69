//! What the fixtures cannot tell apart: the order of events, how many requests there are, what is said
//! of models and of the provider itself.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod support;

use serde_json::{Value, json};
use support::{Run, chat, parts};
use tidegate_guest::Provider;
use tidegate_guest::types::*;
use tidegate_provider_gemini::Gemini;

#[test]
fn events_come_in_the_order_of_the_parts() {
    let mut run = Run::start(chat(true));
    run.head();
    run.events(&[
        parts(json!([{"text": "Hm", "thought": true}])),
        parts(json!([{"text": "."}, {"text": "Let me"}])),
        parts(json!([{"executableCode": {"code": "1"}}])),
        parts(json!([{"text": " see"}, {"text": ".", "thoughtSignature": "c2ln"}])),
        parts(json!([{"text": "More"}, {"inlineData": {"mimeType": "image/png", "data": ""}}])),
        parts(json!([{"functionCall": {"name": "f", "willContinue": true}}])),
        parts(json!([{"functionCall": {"partialArgs": [{"jsonPath": "$.a", "boolValue": true}]}}])),
        json!({"candidates": [{"finishReason": "STOP"}]}),
        json!({"usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 9}}),
        json!({"usageMetadata": {"promptTokenCount": 1, "candidatesTokenCount": 9}}),
    ]);
    run.step(Input::End);
    assert_eq!(
        run.told(),
        [
            "0 reasoning Hm",
            "1 text .",
            "1 text Let me",
            "raw",
            "2 text  see",
            "2 text .",
            "2 metadata",
            "3 text More",
            "4 file",
            "5 call f",
            "5 arguments {\"a\":true}",
            "5 call ends",
            "usage 9",
            "finish STOP",
            "done",
        ]
    );
}

#[test]
fn a_call_ends_where_the_next_one_begins() {
    let mut run = Run::start(chat(true));
    run.head();
    run.events(&[
        parts(json!([{"functionCall": {"name": "f", "args": {"a": 1}, "willContinue": true}}])),
        parts(json!([{"functionCall": {"name": "g"}}])),
        parts(json!([{"functionCall": {}}])),
    ]);
    assert_eq!(
        run.told(),
        [
            "0 call f",
            "0 arguments {\"a\":1}",
            "0 call ends",
            "1 call g",
            "1 arguments {}",
            "1 call ends",
        ]
    );
}

#[test]
fn every_answer_finishes_in_its_turn() {
    let mut run = Run::start(chat(false));
    let candidate = |index: u32, text: &str| json!({"index": index, "content": {"parts": [{"text": text}]}, "finishReason": "STOP"});
    run.whole(&json!({"candidates": [candidate(1, "b"), candidate(0, "a")]}));
    assert_eq!(
        run.told(),
        ["0 text b", "0 text a", "finish STOP", "finish STOP", "done"]
    );
}

#[test]
fn a_candidate_of_an_absurd_number_is_the_upstreams_mistake() {
    let mut run = Run::start(chat(false));
    run.whole(&json!({"candidates": [{"index": 4_000_000_000_u32}]}));
    let [told] = run.told() else {
        panic!("{:?}", run.told())
    };
    assert!(told.contains("4000000000"), "{told}");
}

#[test]
fn many_inputs_become_several_requests() {
    let inputs = (0..150).map(|input| EmbedInput::Text(input.to_string()));
    let mut run = Run::start(Operation::Embed(EmbedRequest {
        model: "gemini-embedding-001".into(),
        inputs: inputs.collect(),
        ..EmbedRequest::default()
    }));
    for count in [100, 50] {
        let vectors = vec![json!({"values": [count]}); count];
        run.whole(&json!({"embeddings": vectors, "usageMetadata": {"promptTokenCount": count}}));
    }
    let sizes: Vec<usize> = run.fetches.iter().map(|it| requests(it).len()).collect();
    assert_eq!(sizes, [100, 50]);
    let embeddings = run.embeddings.unwrap();
    assert_eq!(embeddings.vectors.len(), 150);
    assert_eq!(embeddings.vectors.last(), Some(&vec![50.0]));
    assert_eq!(embeddings.usage.unwrap().input, Some(150));
}

fn requests(fetch: &HttpRequest) -> Vec<Value> {
    let Some(Content::Text(body)) = &fetch.body else {
        panic!("a body is expected")
    };
    let body: Value = serde_json::from_str(body).unwrap();
    body["requests"].as_array().unwrap().clone()
}

#[test]
fn a_model_tells_its_limits() {
    let mut run = Run::start(Operation::ListModels);
    run.whole(&json!({"models": [
        {
            "name": "models/gemini-2.5-flash", "displayName": "Gemini 2.5 Flash",
            "inputTokenLimit": 1_048_576, "outputTokenLimit": 65_536, "thinking": true,
            "supportedGenerationMethods": ["generateContent", "countTokens"]
        },
        {"name": "models/e", "outputTokenLimit": 1, "supportedGenerationMethods": ["embedContent"]}
    ]}));
    let [flash, embedding] = &*run.models else {
        panic!("two models are expected")
    };
    assert_eq!(flash.name.as_deref(), Some("Gemini 2.5 Flash"));
    assert_eq!(flash.context_window, Some(1_048_576));
    assert_eq!(flash.max_output_tokens, Some(65_536));
    let operations = [OperationKind::Chat, OperationKind::CountTokens];
    assert_eq!(flash.operations, operations);
    assert!(flash.raw.as_deref().unwrap().contains("\"thinking\":true"));
    assert_eq!(embedding.max_output_tokens, None);
    assert_eq!(embedding.operations, [OperationKind::Embed]);
}

#[test]
fn a_list_that_never_ends_is_ended() {
    let mut run = Run::start(Operation::ListModels);
    while run.told().is_empty() {
        run.whole(&json!({"models": [], "nextPageToken": "again"}));
    }
    assert_eq!(run.told(), ["done"]);
    assert_eq!(run.fetches.len(), 100);
}

#[test]
fn a_project_without_the_address_of_vertex_ai_is_said_to_the_operator() {
    let run = Run::start_with(chat(true), &[("project", "p")]);
    let [told] = run.told() else {
        panic!("{:?}", run.told())
    };
    assert!(told.contains("hint: set `base-url`"), "{told}");
}

#[test]
fn the_credential_is_that_of_the_api() {
    let run = Run::start(chat(true));
    assert_eq!(run.fetches[0].credential, None);
    let vertex = [("base-url", "https://v"), ("project", "p")];
    let run = Run::start_with(chat(true), &vertex);
    assert_eq!(run.fetches[0].credential.as_deref(), Some("access-token"));
    let declared = Gemini.describe().credentials;
    assert!(declared.iter().any(|it| it.name == "access-token"));
}

#[test]
fn every_request_is_among_the_wants() {
    let wants = Gemini.describe().wants;
    let embed = || {
        Operation::Embed(EmbedRequest {
            model: "gemini-embedding-001".into(),
            inputs: vec![EmbedInput::Text("a".into())],
            ..EmbedRequest::default()
        })
    };
    let base = "https://v/v1beta1";
    for (operation, gemini, vertex) in [
        (
            chat(true),
            "POST {base-url}/models/*",
            "POST {base-url}/projects/*",
        ),
        (
            embed(),
            "POST {base-url}/models/*",
            "POST {base-url}/projects/*",
        ),
        (
            Operation::ListModels,
            "GET {base-url}/models",
            "GET {base-url}/publishers/google/models",
        ),
        (
            Operation::Check,
            "GET {base-url}/models",
            "GET {base-url}/publishers/google/models",
        ),
    ] {
        for (settings, want) in [
            (&[("base-url", base)][..], gemini),
            (&[("base-url", base), ("project", "p")][..], vertex),
        ] {
            let run = Run::start_with(operation.clone(), settings);
            let [fetch] = &*run.fetches else {
                panic!("one request is expected")
            };
            let path = fetch.url.split('?').next().unwrap();
            let request = format!("{} {path}", fetch.method);
            let pattern = want.replace("{base-url}", base);
            let matches = match pattern.strip_suffix('*') {
                Some(prefix) => request.starts_with(prefix),
                None => request == pattern,
            };
            assert!(matches, "{request} is not {pattern}");
            assert!(wants.iter().any(|it| it.pattern == want), "{want}");
        }
    }
}

#[test]
fn every_default_of_a_setting_is_one_that_the_code_uses() {
    let run = Run::start(Operation::ListModels);
    for setting in Gemini.describe().settings {
        match (&*setting.name, setting.default.as_deref()) {
            ("base-url", Some(url)) => assert!(run.fetches[0].url.starts_with(url)),
            ("location", default) => assert_eq!(default, Some("global")),
            (name, default) => assert_eq!((name, default), ("project", None)),
        }
    }
}
