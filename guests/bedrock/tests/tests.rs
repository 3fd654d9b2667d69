//! What the fixtures cannot tell apart: the order of events, how an exchange ends after its last event,
//! the order of a schema's members, and what the description promises.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use serde_json::{Value, json};
use tidegate_guest::types::*;
use tidegate_guest::{Exchange, Provider};
use tidegate_provider_bedrock::Bedrock;

fn chat() -> ChatRequest {
    let part = Part {
        content: PartContent::Text("Hi".into()),
        cache: None,
        metadata: None,
    };
    ChatRequest {
        model: "amazon.nova-lite-v1:0".into(),
        messages: vec![Message {
            role: Role::User,
            parts: vec![part],
            name: None,
            metadata: None,
        }],
        stream: true,
        ..ChatRequest::default()
    }
}

/// The exchange and the request that it begins with.
fn start(request: ChatRequest) -> (Exchange, HttpRequest) {
    let context = Context::default();
    let (exchange, mut actions) = Exchange::start(Bedrock, Operation::Chat(request), context);
    match actions.pop() {
        Some(Action::Fetch(fetch)) => (exchange, fetch),
        other => panic!("no request: {other:?}"),
    }
}

fn message(event: &str, payload: &Value) -> Frame {
    let header = |name: &str, value: &str| Header {
        name: name.into(),
        value: value.into(),
    };
    Frame::Message(EventStreamMessage {
        headers: vec![
            header(":event-type", event),
            header(":message-type", "event"),
        ],
        payload: Content::Text(payload.to_string()),
    })
}

/// What comes of these events, one line each.
fn told(events: &[(&str, Value)], end: Input) -> Vec<String> {
    let (mut exchange, _) = start(chat());
    let head = Response {
        status: 200,
        headers: vec![],
        body: None,
    };
    let mut actions = exchange.step(Input::Response(head));
    for (event, payload) in events {
        actions.extend(exchange.step(Input::Frames(vec![message(event, payload)])));
    }
    if !exchange.is_over() {
        actions.extend(exchange.step(end));
    }
    actions.into_iter().map(line).collect()
}

fn line(action: Action) -> String {
    match action {
        Action::Emit(Output::Event(event)) => match event {
            StreamEvent::TextDelta(it) => format!("{} text {}", it.part, it.text),
            StreamEvent::ReasoningDelta(it) => format!("{} reasoning {}", it.part, it.text),
            StreamEvent::ReasoningSignature(it) => format!("{} signature {}", it.part, it.text),
            StreamEvent::ReasoningRedacted(it) => format!("{} redacted {}", it.part, it.text),
            StreamEvent::ToolCallStart(it) => format!("{} call {}", it.part, it.name),
            StreamEvent::ToolCallDelta(it) => format!("{} arguments {}", it.part, it.text),
            StreamEvent::ToolCallEnd(it) => format!("{} call ends", it.part),
            StreamEvent::Usage(_) => "usage".into(),
            StreamEvent::Finish(it) => format!("finish {}", it.raw.unwrap_or_default()),
            other => format!("{other:?}"),
        },
        Action::Done => "done".into(),
        Action::Fail(error) => format!("fail {}", error.message),
        other => format!("{other:?}"),
    }
}

fn failed() -> Input {
    Input::Failed(FetchFailure {
        kind: FetchFailureKind::Interrupted,
        message: "cut".into(),
    })
}

#[test]
fn events_come_in_the_order_of_the_blocks() {
    let told = told(
        &[
            ("messageStart", json!({"role": "assistant"})),
            (
                "contentBlockDelta",
                json!({"contentBlockIndex": 0, "delta": {"reasoningContent": {"text": "Hm"}}}),
            ),
            (
                "contentBlockDelta",
                json!({"contentBlockIndex": 0, "delta": {"reasoningContent": {"signature": "s"}}}),
            ),
            ("contentBlockStop", json!({"contentBlockIndex": 0})),
            (
                "contentBlockDelta",
                json!({"contentBlockIndex": 1, "delta": {"reasoningContent": {"redactedContent": "ZW5j"}}}),
            ),
            ("contentBlockStop", json!({"contentBlockIndex": 1})),
            (
                "contentBlockDelta",
                json!({"contentBlockIndex": 2, "delta": {"text": "Yes"}}),
            ),
            ("contentBlockStop", json!({"contentBlockIndex": 2})),
            (
                "contentBlockStart",
                json!({"contentBlockIndex": 3, "start": {"toolUse": {"toolUseId": "t", "name": "f"}}}),
            ),
            (
                "contentBlockDelta",
                json!({"contentBlockIndex": 3, "delta": {"toolUse": {"input": "{}"}}}),
            ),
            ("contentBlockStop", json!({"contentBlockIndex": 3})),
            ("messageStop", json!({"stopReason": "tool_use"})),
            ("metadata", json!({"usage": {"inputTokens": 1}})),
        ],
        Input::End,
    );
    assert_eq!(
        told,
        [
            "0 reasoning Hm",
            "0 signature s",
            "1 redacted ZW5j",
            "2 text Yes",
            "3 call f",
            "3 arguments {}",
            "3 call ends",
            "usage",
            "finish tool_use",
            "done",
        ]
    );
}

#[test]
fn what_breaks_after_the_last_event_does_no_harm_and_what_breaks_before_it_does() {
    let text = (
        "contentBlockDelta",
        json!({"contentBlockIndex": 0, "delta": {"text": "Hi"}}),
    );
    let stop = ("messageStop", json!({"stopReason": "end_turn"}));
    let metadata = ("metadata", json!({"usage": {}}));
    assert_eq!(
        told(&[text.clone(), stop.clone(), metadata], failed()),
        ["0 text Hi", "usage", "finish end_turn", "done"]
    );
    assert_eq!(told(&[text, stop], failed()), ["0 text Hi", "fail cut"]);
}

#[test]
fn the_members_of_a_schema_keep_their_order() {
    let parameters = r#"{"properties":{"z":{},"a":{}},"required":["z"]}"#;
    let (_, fetch) = start(ChatRequest {
        tools: vec![Tool::Function(FunctionTool {
            name: "f".into(),
            description: None,
            parameters: parameters.into(),
            strict: None,
            cache: None,
        })],
        ..chat()
    });
    let Some(Content::Text(body)) = fetch.body else {
        panic!("no body");
    };
    let wanted = format!(
        r#""json":{{"type":"object",{}"#,
        parameters.strip_prefix('{').unwrap()
    );
    assert!(body.contains(&wanted), "{body}");
}

#[test]
fn requests_go_where_the_description_says_and_carry_whichever_credential_there_is() {
    let (_, fetch) = start(chat());
    assert_eq!(
        fetch.url,
        "https://bedrock-runtime.us-east-1.amazonaws.com/model/amazon.nova-lite-v1%3A0/converse-stream"
    );
    assert_eq!(fetch.delivery, Delivery::AwsEventStream);
    assert_eq!(fetch.credential, None);
    let names: Vec<String> = Bedrock
        .describe()
        .credentials
        .into_iter()
        .map(|it| it.name)
        .collect();
    assert_eq!(names, ["api-key", "access-key"]);
}
