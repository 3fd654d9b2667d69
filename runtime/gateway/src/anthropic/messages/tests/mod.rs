//! Requests read and answers written, without a provider.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod request;
mod stream;

use bytes::BytesMut;
use http::HeaderMap;
use serde_json::{Value, json};
use tidegate_host::types::*;

use super::identity::Identity;
use super::request::Messages;
use super::stream::Events;
use crate::call::{RequestId, Writer as _};
use crate::json::{self, Misread};

/// Reads a request with these members beside what every request has.
fn read(members: Value) -> Result<(ChatRequest, Vec<String>), Misread> {
    let mut body = json!({
        "model": "a/b", "max_tokens": 9, "messages": [{"role": "user", "content": "Hi"}],
    });
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    let body = body.to_string();
    let (request, warnings) = json::read::<Messages>(body.as_bytes())?.read()?;
    let subjects = warnings.filter_map(|warning| warning.subject).collect();
    Ok((request, subjects))
}

/// Reads a request with one message.
fn message(role: &str, content: Value) -> Vec<Message> {
    let messages = json!({"messages": [{"role": role, "content": content}]});
    read(messages).unwrap().0.messages
}

fn misread(members: Value) -> String {
    read(members).unwrap_err().to_string()
}

/// Names and data of what a stream of these events is written as.
fn written(events: Vec<StreamEvent>) -> Vec<Value> {
    let identity = Identity::new(&RequestId::of(&HeaderMap::new()), "a/b".into());
    let mut writer = Events::new(identity);
    let mut out = BytesMut::new();
    for event in events {
        writer.event(event, &mut out);
    }
    writer.end(&mut out);
    let text = std::str::from_utf8(&out).unwrap();
    let events = text.split_terminator("\n\n").map(|event| {
        let (name, data) = event.split_once('\n').unwrap();
        let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
        assert_eq!(name.strip_prefix("event: "), data["type"].as_str());
        data
    });
    events.collect()
}

/// The blocks of a stream, put together the way official clients do it. Fails where one does not
/// begin, grow and end before the next.
fn blocks(events: &[Value]) -> Vec<Value> {
    let mut blocks: Vec<Value> = Vec::new();
    let mut is_open = false;
    let (first, rest) = events.split_first().unwrap();
    assert_eq!(first["type"], "message_start");
    for event in rest {
        let index = event["index"]
            .as_u64()
            .map(|index| usize::try_from(index).unwrap());
        match event["type"].as_str().unwrap() {
            "content_block_start" => {
                assert_eq!((index, is_open), (Some(blocks.len()), false), "{event}");
                is_open = true;
                blocks.push(event["content_block"].clone());
            }
            "content_block_delta" => {
                assert_eq!((index, is_open), (Some(blocks.len() - 1), true), "{event}");
                let delta = &event["delta"];
                let (member, piece) = match delta["type"].as_str().unwrap() {
                    "text_delta" => ("text", "text"),
                    "thinking_delta" => ("thinking", "thinking"),
                    "signature_delta" => ("signature", "signature"),
                    "input_json_delta" => ("partial", "partial_json"),
                    "citations_delta" => ("citation", "citation"),
                    other => panic!("{other}"),
                };
                let block = blocks.last_mut().unwrap();
                block[member] = match (&block[member], &delta[piece]) {
                    (Value::String(text), Value::String(more)) => json!(format!("{text}{more}")),
                    (_, piece) => piece.clone(),
                };
            }
            "content_block_stop" => {
                assert_eq!((index, is_open), (Some(blocks.len() - 1), true), "{event}");
                is_open = false;
            }
            "message_delta" | "message_stop" => assert!(!is_open),
            other => panic!("{other}"),
        }
    }
    assert_eq!(rest.last().unwrap()["type"], "message_stop");
    blocks
}

fn delta(part: u32, text: &str) -> Delta {
    Delta {
        choice: 0,
        part,
        text: text.into(),
    }
}

fn start(part: u32, name: &str) -> StreamEvent {
    StreamEvent::ToolCallStart(ToolCallStart {
        choice: 0,
        part,
        id: format!("c{part}"),
        name: name.into(),
    })
}

fn finish(reason: FinishReason, raw: Option<&str>) -> StreamEvent {
    StreamEvent::Finish(Finish {
        choice: 0,
        reason,
        raw: raw.map(Into::into),
    })
}

fn metadata(part: Option<u32>, json: &str) -> StreamEvent {
    StreamEvent::Metadata(Metadata {
        choice: 0,
        part,
        json: json.into(),
    })
}

const ENDED: fn(u32) -> StreamEvent =
    |part| StreamEvent::ToolCallEnd(PartIndex { choice: 0, part });
