//! Requests read and answers written, without a provider.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use bytes::BytesMut;
use http::HeaderMap;
use serde_json::{Value, json};
use tidegate_host::types::*;

use super::request::Chat;
use super::shape::Shape;
use super::stream::Chunks;
use crate::call::{RequestId, Writer as _};
use crate::json::{self, Misread};
use crate::openai::identity::Identity;

/// Reads a request with these members beside a model and one message.
fn read(members: Value) -> Result<(ChatRequest, Shape, Vec<String>), Misread> {
    let mut body = json!({"model": "a/b", "messages": [{"role": "user", "content": "Hi"}]});
    for (name, value) in members.as_object().unwrap() {
        body[name] = value.clone();
    }
    let body = body.to_string();
    let (request, shape, warnings) = json::read::<Chat>(body.as_bytes())?.read()?;
    let subjects = warnings.filter_map(|warning| warning.subject).collect();
    Ok((request, shape, subjects))
}

/// The data of what a stream of these events is written as; whole, unless it fails.
fn written(shape: Shape, events: Vec<StreamEvent>) -> Vec<Value> {
    let identity = Identity::new("chatcmpl", &RequestId::of(&HeaderMap::new()), "a/b".into());
    let mut chunks = Chunks::new(identity, shape);
    let mut out = BytesMut::new();
    for event in events {
        chunks.event(event, &mut out);
    }
    chunks.end(&mut out);
    let text = std::str::from_utf8(&out).unwrap();
    let data = text.strip_suffix("data: [DONE]\n\n").unwrap();
    data.split_terminator("\n\n")
        .map(|event| serde_json::from_str(event.strip_prefix("data: ").unwrap()).unwrap())
        .collect()
}

fn deltas(events: Vec<StreamEvent>) -> Vec<Value> {
    let chunks = written(Shape::default(), events);
    let deltas = chunks.into_iter().skip(1);
    deltas
        .map(|mut chunk| chunk["choices"][0]["delta"].take())
        .collect()
}

fn delta(part: u32, text: &str) -> Delta {
    Delta {
        choice: 0,
        part,
        text: text.into(),
    }
}

#[test]
fn null_is_the_same_as_absent() {
    let (request, shape, warnings) = read(json!({
        "temperature": null, "stop": null, "tools": null, "tool_choice": null, "stream_options": null,
        "response_format": null, "metadata": null, "stream": null, "unknown": null,
    }))
    .unwrap();
    let (plain, ..) = read(json!({})).unwrap();
    assert_eq!(request.extra.as_deref(), Some(r#"{"unknown":null}"#));
    assert_eq!(
        ChatRequest {
            extra: None,
            ..request
        },
        plain
    );
    assert_eq!((shape, warnings), (Shape::default(), vec![]));
}

#[test]
fn what_only_the_vendor_knows_goes_there_as_it_is() {
    let (request, _, warnings) = read(json!({
        "tools": [{"type": "web_search", "size": 1}],
        "tool_choice": {"type": "allowed_tools", "tools": []},
        "response_format": {"type": "grammar", "syntax": "lark"},
        "logit_bias": {"1": 2},
    }))
    .unwrap();
    let Some(Tool::Other(tool)) = request.tools.first() else {
        panic!("{:?}", request.tools);
    };
    let tool_json: Value = serde_json::from_str(&tool.json).unwrap();
    assert_eq!(
        (tool.name.as_str(), tool_json),
        ("web_search", json!({"type": "web_search", "size": 1}))
    );
    assert_eq!((request.tool_choice, request.response_format), (None, None));
    let extra: Value = serde_json::from_str(&request.extra.unwrap()).unwrap();
    assert_eq!(
        extra,
        json!({
            "logit_bias": {"1": 2},
            "tool_choice": {"type": "allowed_tools", "tools": []},
            "response_format": {"type": "grammar", "syntax": "lark"},
        })
    );
    assert!(warnings.is_empty());
}

#[test]
fn members_without_a_meaning_are_named() {
    let (_, _, warnings) = read(json!({
        "messages": [
            {"role": "user", "content": [
                {"type": "text", "text": "a", "odd": 1},
                {"type": "image_url", "image_url": {"url": "https://a.test/", "odd": 2}},
            ]},
            {"role": "assistant", "content": "b", "annotations": [], "audio": null, "odd": 3},
        ],
        "tools": [{"type": "function", "function": {"name": "f", "odd": 4}}],
        "stream_options": {"odd": 5},
    }))
    .unwrap();
    assert_eq!(
        warnings,
        [
            "stream_options.odd",
            "messages[0].content[0].odd",
            "messages[0].content[1].image_url.odd",
            "messages[1].odd",
            "tools[0].function.odd",
        ]
    );
}

#[test]
fn parts_carry_marks_and_may_be_unknown() {
    let (request, ..) = read(json!({"messages": [{"role": "user", "content": [
        {"type": "text", "text": "a", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
        {"type": "video_url", "video_url": {"url": "https://a.test/"}},
    ]}]}))
    .unwrap();
    let parts = &request.messages[0].parts;
    assert_eq!(
        parts[0].cache,
        Some(CacheMark {
            ttl_seconds: Some(3600)
        })
    );
    let PartContent::Other(other) = &parts[1].content else {
        panic!("{parts:?}");
    };
    let video: Value = serde_json::from_str(&other.json).unwrap();
    assert_eq!(
        video,
        json!({"type": "video_url", "video_url": {"url": "https://a.test/"}})
    );
}

#[test]
fn a_tool_that_is_switched_off_and_limits_by_either_name() {
    let (request, ..) =
        read(json!({"top_k": -1, "max_tokens": 5, "max_completion_tokens": 7})).unwrap();
    assert_eq!(
        (request.sampling.top_k, request.sampling.max_output_tokens),
        (None, Some(7))
    );
    let (request, ..) = read(json!({"top_k": 3, "max_tokens": 5, "stop": ["a", "b"]})).unwrap();
    assert_eq!(
        (request.sampling.top_k, request.sampling.max_output_tokens),
        (Some(3), Some(5))
    );
    assert_eq!(request.sampling.stop, ["a", "b"]);
    assert!(read(json!({"top_logprobs": 3})).is_err());
}

#[test]
fn results_know_the_tool_they_are_of() {
    let (request, ..) = read(json!({"messages": [
        {"role": "assistant", "content": "", "tool_calls": [
            {"id": "c1", "type": "function", "index": 0, "function": {"name": "look", "arguments": {"x": 1}}},
        ]},
        {"role": "tool", "tool_call_id": "c1", "content": [{"type": "text", "text": "a cat"}]},
    ]}))
    .unwrap();
    let PartContent::ToolCall(call) = &request.messages[0].parts[0].content else {
        panic!("{request:?}");
    };
    assert_eq!(call.arguments, r#"{"x":1}"#);
    let PartContent::ToolResult(result) = &request.messages[1].parts[0].content else {
        panic!("{request:?}");
    };
    assert_eq!(
        (result.name.as_deref(), result.call_id.as_str()),
        (Some("look"), "c1")
    );
}

#[test]
fn reasoning_comes_back_with_its_proof() {
    let (request, ..) = read(json!({"messages": [
        {"role": "assistant", "content": "b", "reasoning_content": "because", "reasoning_details": [
            {"type": "reasoning.text", "signature": "sig", "index": 0},
            {"type": "reasoning.encrypted", "data": "enc", "index": 1},
        ]},
        {"role": "assistant", "content": "b", "reasoning_content": "so"},
    ]}))
    .unwrap();
    let reasoning =
        |message: usize, part: usize| match &request.messages[message].parts[part].content {
            PartContent::Reasoning(reasoning) => reasoning.clone(),
            other => panic!("{other:?}"),
        };
    let first = reasoning(0, 0);
    assert_eq!(
        (first.text.as_str(), first.signature.as_deref()),
        ("because", Some("sig"))
    );
    assert_eq!(reasoning(0, 1).redacted.as_deref(), Some("enc"));
    assert_eq!(reasoning(1, 0).text, "so");
}

#[test]
fn the_vendors_state_is_beside_what_it_belongs_to() {
    let state = |part| {
        StreamEvent::Metadata(Metadata {
            choice: 0,
            part,
            json: r#"{"v":1}"#.into(),
        })
    };
    let start = ToolCallStart {
        choice: 0,
        part: 3,
        id: "c1".into(),
        name: "f".into(),
    };
    let deltas = deltas(vec![
        StreamEvent::ToolCallStart(start),
        state(Some(3)),
        state(None),
    ]);
    assert_eq!(
        deltas[1],
        json!({"tool_calls": [{"index": 0, "tidegate": {"metadata": {"v": 1}}}]})
    );
    assert_eq!(deltas[2], json!({"tidegate": {"metadata": {"v": 1}}}));
}

#[test]
fn calls_are_known_by_their_places_in_whatever_order_they_grow() {
    let start = |choice, part| {
        StreamEvent::ToolCallStart(ToolCallStart {
            choice,
            part,
            id: format!("c{choice}-{part}"),
            name: "f".into(),
        })
    };
    let piece = |choice, part| {
        StreamEvent::ToolCallDelta(Delta {
            choice,
            ..delta(part, &format!("{choice}-{part}"))
        })
    };
    // Parts that have no call between those that have one, and choices that take turns.
    let begun = [(3, 7), (0, 2), (3, 9), (0, 5), (0, 4)];
    let events = begun.map(|(choice, part)| start(choice, part));
    let grown = [(0, 4), (0, 2), (3, 9), (3, 7), (0, 5)];
    let events = events
        .into_iter()
        .chain(grown.map(|(choice, part)| piece(choice, part)));
    let chunks = written(Shape::default(), events.collect());
    let calls = chunks.iter().flat_map(|chunk| {
        let choice = &chunk["choices"][0];
        let call = choice["delta"]["tool_calls"][0].clone();
        let arguments = call["function"]["arguments"].as_str().unwrap_or_default();
        let grows = !arguments.is_empty();
        grows.then(|| {
            (
                arguments.to_owned(),
                choice["index"].clone(),
                call["index"].clone(),
            )
        })
    });
    let expected = [
        ("0-4", 0, 2),
        ("0-2", 0, 0),
        ("3-9", 3, 1),
        ("3-7", 3, 0),
        ("0-5", 0, 1),
    ];
    let expected =
        expected.map(|(text, choice, place)| (text.to_owned(), json!(choice), json!(place)));
    assert_eq!(calls.collect::<Vec<_>>(), expected);
}

#[test]
fn reasoning_sources_and_pictures_have_their_places() {
    let picture = GeneratedFile {
        choice: 0,
        part: 2,
        media: Media {
            source: MediaSource::Bytes(vec![1, 2, 3]),
            media_type: Some("image/png".into()),
            name: None,
            detail: None,
        },
    };
    let source = Source {
        choice: 0,
        part: None,
        id: None,
        url: Some("https://a.test/".into()),
        title: Some("A".into()),
        quote: None,
        metadata: None,
    };
    let deltas = deltas(vec![
        StreamEvent::ReasoningDelta(delta(0, "hm")),
        StreamEvent::ReasoningSignature(delta(0, "sig")),
        StreamEvent::RefusalDelta(delta(1, "no")),
        StreamEvent::File(picture),
        StreamEvent::Source(source),
    ]);
    assert_eq!(
        deltas,
        [
            json!({"reasoning_content": "hm"}),
            json!({"reasoning_details": [{"type": "reasoning.text", "signature": "sig", "index": 0}]}),
            json!({"refusal": "no"}),
            json!({"images": [{"type": "image_url", "image_url": {"url": "data:image/png;base64,AQID"}}]}),
            json!({"annotations": [{"type": "url_citation", "url_citation": {"url": "https://a.test/", "title": "A"}}]}),
        ]
    );
}

#[test]
fn an_answer_is_called_what_the_upstream_calls_it_and_keeps_that_name() {
    let answer = |id: &str| {
        StreamEvent::Answer(AnswerInfo {
            id: Some(id.into()),
            model: Some("b-2026".into()),
            created_ms: Some(7_900.0),
        })
    };
    let chunks = written(
        Shape::default(),
        vec![
            answer("first"),
            StreamEvent::TextDelta(delta(0, "a")),
            answer("second"),
        ],
    );
    for chunk in &chunks {
        assert_eq!(
            (&chunk["id"], &chunk["model"], &chunk["created"]),
            (&json!("first"), &json!("b-2026"), &json!(7))
        );
    }
}

#[test]
fn reasons_that_the_dialect_lacks_keep_their_own_word() {
    let finish = |reason, raw: &str| {
        let finish = Finish {
            choice: 0,
            reason,
            raw: Some(raw.into()),
        };
        let mut chunks = written(Shape::default(), vec![StreamEvent::Finish(finish)]);
        chunks.pop().unwrap()["choices"][0].take()
    };
    let other = finish(FinishReason::Other, "pause_turn");
    assert_eq!(
        (&other["finish_reason"], &other["native_finish_reason"]),
        (&json!("stop"), &json!("pause_turn"))
    );
    assert_eq!(
        finish(FinishReason::Error, "oops")["finish_reason"],
        "error"
    );
    assert!(
        finish(FinishReason::Stop, "end_turn")
            .get("native_finish_reason")
            .is_none()
    );
}
