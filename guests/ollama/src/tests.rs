//! What fixtures cannot say: ids, log probabilities, the order of a schema, the health message.
//! Everything else is in `fixtures/`, which the conformance suite runs through the real host.
#![expect(clippy::unwrap_used, reason = "a test may fail by panicking")]

use tidegate_guest::types::*;
use tidegate_guest::{Exchange, Provider};

use crate::Ollama;

/// Runs an operation against one answer of status 200.
fn run(operation: Operation, answer: &str) -> (HttpRequest, Vec<Action>) {
    let (mut exchange, mut actions) = Exchange::start(Ollama, operation, Context::default());
    let Some(Action::Fetch(request)) = actions.pop() else {
        panic!("no request: {actions:?}");
    };
    let actions = exchange.step(Input::Response(Response {
        status: 200,
        headers: vec![],
        body: Some(Content::Text(answer.into())),
    }));
    (request, actions)
}

fn chat(request: ChatRequest, answer: &str) -> (HttpRequest, Vec<StreamEvent>) {
    let (request, actions) = run(Operation::Chat(request), answer);
    let events = actions.into_iter().filter_map(|action| match action {
        Action::Emit(Output::Event(event)) => Some(event),
        _ => None,
    });
    (request, events.collect())
}

#[test]
fn calls_without_an_id_get_one_each() {
    let (_, events) = chat(
        ChatRequest::default(),
        r#"{"message":{"role":"assistant","content":"","tool_calls":[
            {"function":{"name":"a","arguments":{}}},
            {"function":{"name":"a","arguments":{}}}]},"done":true,"done_reason":"stop"}"#,
    );
    let ids: Vec<_> = events
        .iter()
        .filter_map(|event| match event {
            StreamEvent::ToolCallStart(start) => Some(&start.id),
            _ => None,
        })
        .collect();
    assert_eq!(ids.len(), 2);
    assert_ne!(ids.first(), ids.last());
}

#[test]
fn log_probabilities_come_with_their_alternatives() {
    let request = ChatRequest {
        sampling: Sampling {
            logprobs: Some(1),
            ..Sampling::default()
        },
        ..ChatRequest::default()
    };
    let (request, events) = chat(
        request,
        r#"{"message":{"role":"assistant","content":"Hi"},"done":true,"logprobs":[
            {"token":"Hi","logprob":-0.5,"bytes":[72,105],
             "top_logprobs":[{"token":"Hey","logprob":-1.5,"bytes":[72]}]}]}"#,
    );
    let Some(Content::Text(body)) = request.body else {
        panic!("no body");
    };
    assert!(
        body.contains(r#""logprobs":true,"top_logprobs":1"#),
        "{body}"
    );
    let logprobs = events.iter().find_map(|event| match event {
        StreamEvent::Logprobs(logprobs) => Some(logprobs),
        _ => None,
    });
    let token = logprobs.unwrap().tokens.first().unwrap();
    assert_eq!(token.token.logprob, -0.5);
    assert_eq!(token.token.bytes.as_deref(), Some(&b"Hi"[..]));
    assert_eq!(token.top.first().unwrap().token, "Hey");
}

#[test]
fn a_schema_keeps_the_order_of_its_members_even_beside_extra() {
    let schema = r#"{"type":"object","properties":{"z":{},"a":{}}}"#;
    let (request, _) = chat(
        ChatRequest {
            response_format: Some(ResponseFormat::JsonSchema(JsonSchema {
                name: "answer".into(),
                description: None,
                schema: schema.into(),
                strict: Some(true),
            })),
            extra: Some(r#"{"keep_alive":"10m"}"#.into()),
            ..ChatRequest::default()
        },
        r#"{"done":true}"#,
    );
    let Some(Content::Text(body)) = request.body else {
        panic!("no body");
    };
    assert!(body.contains(schema), "{body}");
}

#[test]
fn an_answer_without_a_reason_is_stopped() {
    let (_, events) = chat(
        ChatRequest::default(),
        r#"{"created_at":"1970-01-01T00:00:01Z","done":true}"#,
    );
    assert_eq!(
        events,
        [
            StreamEvent::Answer(AnswerInfo {
                created_ms: Some(1000.0),
                ..AnswerInfo::default()
            }),
            StreamEvent::Finish(Finish {
                choice: 0,
                reason: FinishReason::Stop,
                raw: None
            })
        ]
    );
}

#[test]
fn check_names_the_version() {
    let (request, actions) = run(Operation::Check, r#"{"version":"0.12.6"}"#);
    assert_eq!(request.url, "http://127.0.0.1:11434/api/version");
    let health = Health {
        message: "Ollama 0.12.6".into(),
    };
    assert_eq!(
        actions,
        [Action::Emit(Output::Health(health)), Action::Done]
    );
}

#[test]
fn every_default_of_a_setting_is_one_that_the_code_uses() {
    let info = Ollama.describe();
    let default = info.settings.first().unwrap().default.as_deref();
    assert_eq!(default, Some(crate::describe::BASE_URL));
}
