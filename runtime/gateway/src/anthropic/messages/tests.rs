//! Requests read and answers written, without a provider.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

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

#[test]
fn the_limit_is_required_as_the_vendor_requires_it() {
    assert_eq!(
        misread(json!({"max_tokens": null})),
        "`max_tokens`: this is missing"
    );
    assert!(misread(json!({"max_tokens": 0})).starts_with("`max_tokens`"));
    assert_eq!(
        misread(json!({"messages": []})),
        "`messages`: there is no message"
    );
}

#[test]
fn what_is_wrong_in_a_block_is_said_with_its_place() {
    let wrong = |block: Value| misread(json!({"messages": [{"role": "user", "content": [block]}]}));
    assert_eq!(
        wrong(json!({"type": "text", "text": 7})),
        "`messages[0].content[0].text`: invalid type: integer `7`, expected a string"
    );
    assert_eq!(
        wrong(json!({"type": "image", "source": {"type": "base64", "data": "§"}})),
        "`messages[0].content[0].source.data`: this is no base64: Invalid symbol 194, offset 0."
    );
    let nested = json!({"type": "tool_result", "tool_use_id": "a", "content": [
        {"type": "tool_result", "tool_use_id": "b"},
    ]});
    assert_eq!(
        wrong(nested),
        "`messages[0].content[0].content[0]`: this cannot stand in the result of a tool"
    );
    assert_eq!(
        misread(json!({"messages": [{"role": "tool", "content": "a"}]})),
        "`messages[0].role`: `tool` is no role; there are `user`, `assistant` and `system`"
    );
    assert!(misread(json!({"system": {"a": 1}})).starts_with("`system`: this is neither"));
}

#[test]
fn the_system_prompt_comes_first_and_keeps_its_marks() {
    let (request, _) = read(json!({"system": [
        {"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral", "ttl": "1h"}},
    ]}))
    .unwrap();
    let [system, user] = &*request.messages else {
        panic!("{request:?}")
    };
    assert_eq!((system.role, user.role), (Role::System, Role::User));
    assert_eq!(system.parts[0].cache.unwrap().ttl_seconds, Some(3600));
    let (request, _) = read(json!({"system": ""})).unwrap();
    assert_eq!(request.messages.len(), 1);
}

#[test]
fn results_of_tools_are_messages_of_their_own() {
    let (request, warnings) = read(json!({"messages": [
        {"role": "assistant", "content": [
            {"type": "tool_use", "id": "c1", "name": "look", "input": {"x": 1}, "caller": {"type": "direct"}},
        ]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "c1", "is_error": true, "content": [
                {"type": "text", "text": "gone", "cache_control": {"type": "ephemeral"}},
                {"type": "image", "source": {"type": "url", "url": "https://a.test/"}},
                {"type": "search_result", "title": "t"},
            ]},
            {"type": "tool_result", "tool_use_id": "c2", "content": "plain"},
            {"type": "text", "text": "So?"},
        ]},
    ]}))
    .unwrap();
    assert!(warnings.is_empty());
    let roles: Vec<Role> = request
        .messages
        .iter()
        .map(|message| message.role)
        .collect();
    assert_eq!(roles, [Role::Assistant, Role::Tool, Role::User]);
    let PartContent::ToolCall(call) = &request.messages[0].parts[0].content else {
        panic!("{request:?}")
    };
    assert_eq!((&*call.id, &*call.arguments), ("c1", r#"{"x":1}"#));
    let [first, second] = &*request.messages[1].parts else {
        panic!("{request:?}")
    };
    let PartContent::ToolResult(result) = &first.content else {
        panic!("{first:?}")
    };
    assert!(result.is_error && first.cache.is_some());
    assert_eq!(result.name.as_deref(), Some("look"));
    let ResultPart::Other(other) = &result.parts[2] else {
        panic!("{result:?}")
    };
    assert_eq!(other.name, "anthropic.com/content-block");
    let PartContent::ToolResult(result) = &second.content else {
        panic!("{second:?}")
    };
    assert_eq!(result.parts, [ResultPart::Text("plain".into())]);
}

#[test]
fn pictures_and_documents_come_in_all_their_forms() {
    let parts = message(
        "user",
        json!([
            {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AQID"}},
            {"type": "document", "source": {"type": "text", "media_type": "text/plain", "data": "ä"},
                "title": "T", "context": "C", "citations": {"enabled": true}},
            {"type": "document", "source": {"type": "file", "file_id": "f1"}},
            {"type": "document", "source": {"type": "content", "content": "x"}},
            {"type": "container_upload", "file_id": "f2"},
        ]),
    )
    .remove(0)
    .parts;
    let media = |index: usize| match &parts[index].content {
        PartContent::Image(media) | PartContent::File(media) => media.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(media(0).source, MediaSource::Bytes(vec![1, 2, 3]));
    assert_eq!(media(1).source, MediaSource::Bytes("ä".as_bytes().into()));
    assert_eq!(media(1).name.as_deref(), Some("T"));
    let state: Value = serde_json::from_str(parts[1].metadata.as_ref().unwrap()).unwrap();
    assert_eq!(
        state,
        json!({"anthropic": {"block": {"context": "C", "citations": {"enabled": true}}}})
    );
    assert_eq!(media(2).source, MediaSource::Id("f1".into()));
    for part in &parts[3..] {
        let PartContent::Other(other) = &part.content else {
            panic!("{part:?}")
        };
        assert_eq!(other.name, "anthropic.com/content-block");
    }
}

#[test]
fn reasoning_comes_back_with_its_proof() {
    let parts = message(
        "assistant",
        json!([
            {"type": "thinking", "thinking": "hm", "signature": "sig"},
            {"type": "thinking", "thinking": "so", "signature": ""},
            {"type": "redacted_thinking", "data": "enc"},
            {"type": "text", "text": "a", "tidegate": {"metadata": {"gemini": {"v": 1}}}},
            {"type": "text", "text": "b", "citations": [{"type": "web_search_result_location", "encrypted_index": ""}]},
        ]),
    )
    .remove(0)
    .parts;
    let reasoning = |index: usize| match &parts[index].content {
        PartContent::Reasoning(reasoning) => reasoning.clone(),
        other => panic!("{other:?}"),
    };
    assert_eq!(reasoning(0).signature.as_deref(), Some("sig"));
    assert_eq!((&*reasoning(1).text, reasoning(1).signature), ("so", None));
    assert_eq!(reasoning(2).redacted.as_deref(), Some("enc"));
    assert_eq!(parts[3].metadata.as_deref(), Some(r#"{"gemini":{"v":1}}"#));
    // The vendor would not know a citation that it never made.
    assert_eq!(parts[4].metadata, None);
}

#[test]
fn tools_are_the_callers_or_the_vendors() {
    let (request, warnings) = read(json!({
        "tools": [
            {"name": "f", "input_schema": {"type": "object"}, "strict": true, "odd": 1,
                "cache_control": {"type": "ephemeral"}},
            {"type": "web_search_20250305", "name": "web_search", "cache_control": {"odd": 1}},
        ],
        "tool_choice": {"type": "any", "disable_parallel_tool_use": true},
    }))
    .unwrap();
    assert_eq!(warnings, ["tools[0].odd"]);
    let Tool::Function(function) = &request.tools[0] else {
        panic!("{request:?}")
    };
    assert_eq!(
        (
            &*function.parameters,
            function.strict,
            function.cache.is_some()
        ),
        (r#"{"type":"object"}"#, Some(true), true)
    );
    let Tool::Other(tool) = &request.tools[1] else {
        panic!("{request:?}")
    };
    assert_eq!(tool.name, "web_search_20250305");
    assert_eq!(request.tool_choice, Some(ToolChoice::Required));
    assert_eq!(request.parallel_tool_calls, Some(false));
    for (choice, expected) in [
        (json!({"type": "auto"}), ToolChoice::Auto),
        (json!({"type": "none"}), ToolChoice::None),
        (
            json!({"type": "tool", "name": "f"}),
            ToolChoice::Named("f".into()),
        ),
    ] {
        let (request, _) = read(json!({"tool_choice": choice})).unwrap();
        assert_eq!(
            (request.tool_choice, request.parallel_tool_calls),
            (Some(expected), None)
        );
    }
    assert!(misread(json!({"tool_choice": {"type": "tool"}})).contains("needs `name`"));
    assert!(
        misread(json!({"tools": [{"name": "f"}]})).contains("`tools[0]`: it has no `input_schema`")
    );
}

#[test]
fn thinking_is_read_with_the_effort_beside_it() {
    let reasoning = |members: Value| {
        let (request, warnings) = read(members).unwrap();
        let options = request.reasoning.unwrap();
        (
            options.effort,
            options.budget_tokens,
            options.summary,
            warnings,
        )
    };
    let high = || Some("high".to_owned());
    assert_eq!(
        reasoning(
            json!({"thinking": {"type": "enabled", "budget_tokens": 2000, "display": "omitted"}})
        ),
        (None, Some(2000), Some("omitted".into()), vec![])
    );
    assert_eq!(
        reasoning(json!({"thinking": {"type": "adaptive"}})),
        (high(), None, None, vec![])
    );
    assert_eq!(
        reasoning(json!({"thinking": {"type": "adaptive"}, "output_config": {"effort": "low"}})).0,
        Some("low".into())
    );
    assert_eq!(
        reasoning(json!({"thinking": {"type": "disabled"}, "output_config": {"effort": "low"}})),
        (None, Some(0), None, vec!["output_config.effort".into()])
    );
    assert_eq!(read(json!({})).unwrap().0.reasoning, None);
    assert!(misread(json!({"thinking": {"type": "enabled"}})).contains("needs `budget_tokens`"));
}

#[test]
fn what_only_the_vendor_knows_goes_there_as_it_is() {
    let (request, warnings) = read(json!({
        "container": "c1", "unknown": null, "service_tier": "standard_only",
        "metadata": {"user_id": "u1", "odd": 1},
        "output_config": {"task_budget": 5, "format": {"type": "json_schema", "schema": {"type": "object"}}},
        "top_k": 3, "stop_sequences": ["x"],
    }))
    .unwrap();
    let extra: Value = serde_json::from_str(&request.extra.unwrap()).unwrap();
    assert_eq!(
        extra,
        json!({"container": "c1", "unknown": null, "output_config": {"task_budget": 5}})
    );
    assert_eq!(request.user.as_deref(), Some("u1"));
    assert_eq!(request.service_tier.as_deref(), Some("default"));
    assert_eq!(
        (request.sampling.top_k, &*request.sampling.stop),
        (Some(3), &["x".to_owned()][..])
    );
    let Some(ResponseFormat::JsonSchema(format)) = request.response_format else {
        panic!("{:?}", request.response_format)
    };
    assert_eq!(format.schema, r#"{"type":"object"}"#);
    assert_eq!(warnings, ["metadata.odd"]);
}

#[test]
fn parts_that_grow_together_come_as_one_block_after_the_other() {
    let events = written(vec![
        StreamEvent::TextDelta(delta(0, "a")),
        start(1, "f"),
        StreamEvent::ToolCallDelta(delta(1, "{\"x\"")),
        start(2, "g"),
        StreamEvent::TextDelta(delta(3, "b")),
        StreamEvent::ToolCallDelta(delta(2, "{")),
        StreamEvent::ToolCallDelta(delta(1, ":1}")),
        StreamEvent::ToolCallDelta(delta(2, "}")),
        ENDED(2),
        StreamEvent::TextDelta(delta(3, "c")),
        ENDED(1),
        StreamEvent::TextDelta(delta(3, "d")),
        finish(FinishReason::ToolCalls, None),
    ]);
    assert_eq!(
        blocks(&events),
        [
            json!({"type": "text", "text": "a"}),
            json!({"type": "tool_use", "id": "c1", "name": "f", "input": {}, "partial": "{\"x\":1}"}),
            json!({"type": "tool_use", "id": "c2", "name": "g", "input": {}, "partial": "{}"}),
            json!({"type": "text", "text": "bcd"}),
        ]
    );
    assert_eq!(events[events.len() - 2]["delta"]["stop_reason"], "tool_use");
}

#[test]
fn a_call_that_was_never_completed_does_not_hide_what_comes_after() {
    let events = written(vec![
        start(0, "f"),
        start(1, "g"),
        StreamEvent::TextDelta(delta(2, "b")),
        finish(FinishReason::Length, None),
    ]);
    let kinds: Vec<Value> = blocks(&events)
        .iter()
        .map(|it| it["type"].clone())
        .collect();
    assert_eq!(kinds, ["tool_use", "text"]);
}

#[test]
fn reasoning_is_streamed_with_its_signature_and_its_encrypted_form() {
    let events = written(vec![
        StreamEvent::ReasoningDelta(delta(0, "h")),
        StreamEvent::ReasoningDelta(delta(0, "m")),
        StreamEvent::ReasoningSignature(delta(0, "sig")),
        StreamEvent::ReasoningRedacted(delta(1, "en")),
        StreamEvent::ReasoningRedacted(delta(1, "c")),
        StreamEvent::TextDelta(delta(2, "a")),
        finish(FinishReason::Stop, Some("end_turn")),
    ]);
    assert_eq!(
        blocks(&events),
        [
            json!({"type": "thinking", "thinking": "hm", "signature": "sig"}),
            json!({"type": "redacted_thinking", "data": "enc"}),
            json!({"type": "text", "text": "a"}),
        ]
    );
}

#[test]
fn what_the_vendors_tools_did_is_streamed_in_its_place() {
    let search =
        r#"{"type":"server_tool_use","id":"s1","name":"web_search","input":{"query":"q"}}"#;
    let source = Source {
        choice: 0,
        part: Some(1),
        id: None,
        url: Some("https://a.test/".into()),
        title: Some("A".into()),
        quote: None,
        metadata: Some(r#"{"type":"web_search_result_location","url":"https://a.test/"}"#.into()),
    };
    let events = written(vec![
        StreamEvent::TextDelta(delta(0, "a")),
        StreamEvent::Raw(search.into()),
        StreamEvent::Raw(r#"{"type":"response.created"}"#.into()),
        StreamEvent::TextDelta(delta(1, "b")),
        StreamEvent::Source(source),
        metadata(
            Some(1),
            r#"{"anthropic":{"before":[],"block":{"citations":[]}}}"#,
        ),
        metadata(
            None,
            r#"{"anthropic":{"stop_sequence":"x","container":{"id":"c"}}}"#,
        ),
        finish(FinishReason::Stop, Some("stop_sequence")),
    ]);
    let blocks = blocks(&events);
    assert_eq!(blocks[1], serde_json::from_str::<Value>(search).unwrap());
    assert_eq!(blocks[2]["citation"]["url"], "https://a.test/");
    let last = &events[events.len() - 2];
    assert_eq!(
        last["delta"],
        json!({"stop_reason": "stop_sequence", "stop_sequence": "x", "container": {"id": "c"}})
    );
    assert_eq!(last.get("tidegate"), None);
}

#[test]
fn state_of_other_vendors_is_beside_what_it_belongs_to() {
    let events = written(vec![
        start(0, "f"),
        metadata(Some(0), r#"{"gemini":{"v":1}}"#),
        ENDED(0),
        StreamEvent::TextDelta(delta(1, "a")),
        metadata(Some(1), r#"{"gemini":{"v":2}}"#),
        metadata(None, r#"{"gemini":{"v":3}}"#),
        finish(FinishReason::Other, Some("abacus")),
    ]);
    assert_eq!(
        blocks(&events)[0]["tidegate"],
        json!({"metadata": {"gemini": {"v": 1}}})
    );
    let last = &events[events.len() - 2];
    assert_eq!(last["delta"]["stop_reason"], "end_turn");
    assert_eq!(
        last["tidegate"],
        json!({
            "stop_reason": "abacus",
            "metadata": {"gemini": {"v": 3}},
            "blocks": {"1": {"gemini": {"v": 2}}},
        })
    );
}

#[test]
fn an_answer_that_the_vendor_broke_off_never_looks_whole() {
    let events = written(vec![
        StreamEvent::TextDelta(delta(0, "a")),
        finish(FinishReason::Error, Some("oops")),
    ]);
    let last = events.last().unwrap();
    assert_eq!(last["error"]["type"], "api_error");
    assert!(events.iter().all(|event| event["type"] != "message_stop"));
}

#[test]
fn reasons_to_end_are_the_vendors_where_there_is_one() {
    let reason = |reason, raw| {
        let events = written(vec![finish(reason, raw)]);
        events[events.len() - 2]["delta"]["stop_reason"].clone()
    };
    assert_eq!(reason(FinishReason::Stop, Some("stop")), "end_turn");
    assert_eq!(reason(FinishReason::Length, Some("length")), "max_tokens");
    assert_eq!(
        reason(FinishReason::Length, Some("model_context_window_exceeded")),
        "model_context_window_exceeded"
    );
    assert_eq!(reason(FinishReason::ContentFilter, None), "refusal");
    assert_eq!(
        reason(FinishReason::Other, Some("pause_turn")),
        "pause_turn"
    );
}

#[test]
fn tokens_of_a_cache_are_counted_apart() {
    let usage = Usage {
        input: Some(100),
        cache_read: Some(60),
        cache_write: Some(30),
        output: Some(5),
        reasoning: Some(2),
        raw: Some(r#"{"service_tier":"standard","input_tokens":10,"odd":1}"#.into()),
    };
    let events = written(vec![
        StreamEvent::Usage(usage),
        finish(FinishReason::Stop, None),
    ]);
    let expected = json!({
        "input_tokens": 10, "cache_creation_input_tokens": 30, "cache_read_input_tokens": 60,
        "output_tokens": 5, "output_tokens_details": {"thinking_tokens": 2}, "service_tier": "standard",
    });
    assert_eq!(events[0]["message"]["usage"], expected);
    assert_eq!(events[1]["usage"], expected);
}
