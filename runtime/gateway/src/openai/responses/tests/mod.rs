//! Requests read and answers written, without a provider.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod request;
mod stream;

use std::collections::HashMap;

use bytes::BytesMut;
use serde_json::{Value, json};
use tidegate_host::types::*;

use super::answer::Head;
use super::request::Create;
use super::stream::Events;
use crate::call::Writer as _;
use crate::failure::{Failure, FailureKind};
use crate::json;

/// Reads a request with these members beside a model and an input; what is left out is the last.
fn read(members: Value) -> Result<(ChatRequest, Value, Vec<String>), Failure> {
    let mut body = json!({"model": "a/b", "input": "Hi"});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    let body = body.to_string();
    let (request, settings, warnings) = json::read::<Create>(body.as_bytes())?.read()?;
    let subjects = warnings.into_iter().filter_map(|it| it.subject).collect();
    Ok((request, serde_json::to_value(settings).unwrap(), subjects))
}

fn events(request: Value) -> Events {
    let mut body = json!({"model": "a/b", "input": "Hi"});
    for (name, value) in request.as_object().unwrap() {
        body[name] = value.clone();
    }
    let body = body.to_string();
    let (_, settings, _) = json::read::<Create>(body.as_bytes())
        .unwrap()
        .read()
        .unwrap();
    Events::new(Head::new("a/b".into(), settings))
}

/// What was written, each event as it is in `data`. Numbers and names are checked on the way.
fn parsed(out: &BytesMut) -> Vec<Value> {
    let text = std::str::from_utf8(out).unwrap();
    let events = text.split_terminator("\n\n").zip(0..);
    events
        .map(|(event, number)| {
            let (name, data) = event.split_once('\n').unwrap();
            let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
            assert_eq!(name.strip_prefix("event: "), data["type"].as_str());
            assert_eq!(data["sequence_number"], number);
            data
        })
        .collect()
}

/// A whole stream of these events.
fn written(request: Value, all: Vec<StreamEvent>) -> Vec<Value> {
    let mut events = events(request);
    let mut out = BytesMut::new();
    for event in all {
        events.event(event, &mut out);
    }
    events.end(&mut out);
    let all = parsed(&out);
    nested(&all);
    all
}

/// Fails unless every piece is inside its item, and the deltas add up to what is done.
#[track_caller]
fn nested(all: &[Value]) {
    let mut open: Vec<(String, u64)> = Vec::new();
    // By item and piece of it.
    let mut said: HashMap<(u64, Option<u64>), String> = HashMap::new();
    for event in all {
        let kind = event["type"].as_str().unwrap();
        let id = event["item_id"].as_str().or(event["item"]["id"].as_str());
        let Some(id) = id else { continue };
        let index = event["output_index"].as_u64().unwrap();
        if kind == "response.output_item.added" {
            assert_eq!(event["item"]["status"], "in_progress");
            open.push((id.into(), index));
            continue;
        }
        let place = open.iter().position(|it| *it == (id.to_owned(), index));
        let place = place.unwrap_or_else(|| panic!("{event} is of no open item"));
        let said = said.entry((index, event["content_index"].as_u64()));
        let said = said.or_default();
        if kind == "response.output_item.done" {
            assert_ne!(event["item"]["status"], "in_progress");
            open.remove(place);
        } else if kind.ends_with(".delta") {
            said.push_str(event["delta"].as_str().unwrap());
        }
        let done = ["text", "refusal", "arguments"].map(|name| event[name].as_str());
        if let (true, Some(whole)) = (kind.ends_with(".done"), done.iter().flatten().next()) {
            assert_eq!(said, whole, "{event}");
        }
    }
}

fn kinds(all: &[Value]) -> Vec<&str> {
    let kinds = all.iter().map(|event| event["type"].as_str().unwrap());
    kinds
        .map(|kind| kind.strip_prefix("response.").unwrap_or(kind))
        .collect()
}

fn delta(part: u32, text: &str) -> Delta {
    Delta {
        choice: 0,
        part,
        text: text.into(),
    }
}

fn start(part: u32, id: &str) -> StreamEvent {
    StreamEvent::ToolCallStart(ToolCallStart {
        choice: 0,
        part,
        id: id.into(),
        name: "f".into(),
    })
}

fn end(part: u32) -> StreamEvent {
    StreamEvent::ToolCallEnd(PartIndex { choice: 0, part })
}

fn finish(reason: FinishReason) -> StreamEvent {
    StreamEvent::Finish(Finish {
        choice: 0,
        reason,
        raw: Some("raw".into()),
    })
}

fn text(part: u32, text: &str) -> StreamEvent {
    StreamEvent::TextDelta(delta(part, text))
}
