//! What the courier was handed, as JSON in `raw` events.

use serde_json::{Value, json};
use tidegate_guest::types::*;

/// One input.
pub fn input(input: &Input) -> Action {
    report(match input {
        Input::Response(response) => json!({"response": {
            "status": response.status,
            "headers": headers(&response.headers),
            "body": response.body.as_ref().map(content),
        }}),
        Input::Body(bytes) => json!({"body": String::from_utf8_lossy(bytes)}),
        Input::Frames(frames) => json!({"frames": frames.iter().map(frame).collect::<Value>()}),
        Input::End => json!("end"),
        Input::Failed(failure) => json!({"failed": {
            "kind": kind(failure.kind),
            "message": failure.message,
        }}),
        Input::Elapsed | Input::Again | Input::Other(_) => json!({"body": "out of turn"}),
    })
}

/// The settings of the exchange.
pub fn settings(settings: &[Setting]) -> Action {
    let pairs = settings
        .iter()
        .map(|setting| json!([setting.name, setting.value]));
    report(json!({"settings": pairs.collect::<Value>()}))
}

fn report(report: Value) -> Action {
    Action::Emit(Output::Event(StreamEvent::Raw(report.to_string())))
}

fn headers(headers: &[Header]) -> Value {
    let pairs = headers
        .iter()
        .map(|header| json!([header.name, header.value]));
    pairs.collect()
}

fn frame(frame: &Frame) -> Value {
    match frame {
        Frame::Line(line) => json!(line),
        Frame::Event(event) => json!(event.data),
        Frame::Message(message) => content(&message.payload),
    }
}

fn content(content: &Content) -> Value {
    match content {
        Content::Text(text) => json!(text),
        Content::Bytes(bytes) => json!(String::from_utf8_lossy(bytes)),
    }
}

fn kind(kind: FetchFailureKind) -> &'static str {
    match kind {
        FetchFailureKind::Denied => "denied",
        FetchFailureKind::InvalidRequest => "invalid-request",
        FetchFailureKind::Unreachable => "unreachable",
        FetchFailureKind::Timeout => "timeout",
        FetchFailureKind::Interrupted => "interrupted",
        FetchFailureKind::TooLarge => "too-large",
        FetchFailureKind::Malformed => "malformed",
        FetchFailureKind::Unauthorized => "unauthorized",
    }
}
