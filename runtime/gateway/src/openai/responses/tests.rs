//! Requests read and answers written, without a provider.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

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

#[test]
fn a_text_is_one_message_of_the_user_after_the_instructions() {
    let (request, settings, _) = read(json!({"instructions": "Be brief"})).unwrap();
    let roles: Vec<Role> = request.messages.iter().map(|it| it.role).collect();
    assert_eq!(roles, [Role::System, Role::User]);
    assert_eq!(
        request.messages[1].parts[0].content,
        PartContent::Text("Hi".into())
    );
    assert_eq!(settings["instructions"], "Be brief");
    assert_eq!(settings["store"], false);
    assert_eq!(settings["tool_choice"], "auto");
    assert_eq!(settings["text"]["format"], json!({"type": "text"}));
}

#[test]
fn items_of_all_kinds_are_read() {
    let (request, _, warnings) = read(json!({"input": [
        {"role": "developer", "content": "Be brief"},
        {"type": "message", "role": "user", "content": [
            {"type": "input_text", "text": "What is it?"},
            {"type": "input_image", "image_url": "data:image/png;base64,AQID", "detail": "low"},
            {"type": "input_image", "file_id": "file-1", "detail": "auto"},
            {"type": "input_file", "filename": "a.pdf", "file_data": "data:application/pdf;base64,AQID"},
            {"type": "input_file", "file_url": "https://a.test/b.pdf"},
            {"type": "input_audio", "input_audio": {"data": "AQID", "format": "wav"}},
        ]},
        {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}], "encrypted_content": "enc"},
        {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [
            {"type": "output_text", "text": "Let me look", "annotations": [], "logprobs": []},
            {"type": "refusal", "refusal": "or not"},
        ]},
        {"type": "function_call", "id": "fc_1", "call_id": "c1", "name": "look", "arguments": "{}", "status": "completed"},
        {"type": "function_call_output", "call_id": "c1", "output": "a cat"},
        {"type": "function_call_output", "call_id": "c1", "output": [{"type": "input_text", "text": "a dog"}]},
    ]}))
    .unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    let roles: Vec<Role> = request.messages.iter().map(|it| it.role).collect();
    let tool = Role::Tool;
    assert_eq!(
        roles,
        [Role::Developer, Role::User, Role::Assistant, tool, tool]
    );
    let media = |part: usize| match &request.messages[1].parts[part].content {
        PartContent::Image(media) | PartContent::File(media) | PartContent::Audio(media) => {
            media.clone()
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(media(1).source, MediaSource::Bytes(vec![1, 2, 3]));
    assert_eq!(media(1).detail.as_deref(), Some("low"));
    assert_eq!(media(2).source, MediaSource::Id("file-1".into()));
    assert_eq!(media(3).name.as_deref(), Some("a.pdf"));
    assert_eq!(
        media(4).source,
        MediaSource::Url("https://a.test/b.pdf".into())
    );
    assert_eq!(media(5).media_type.as_deref(), Some("audio/wav"));
    let said: Vec<&PartContent> = request.messages[2]
        .parts
        .iter()
        .map(|it| &it.content)
        .collect();
    let reasoning = Reasoning {
        text: "hm".into(),
        signature: None,
        redacted: Some("enc".into()),
    };
    assert_eq!(said[0], &PartContent::Reasoning(reasoning));
    assert_eq!(said[1], &PartContent::Text("Let me look".into()));
    assert_eq!(said[2], &PartContent::Refusal("or not".into()));
    assert!(matches!(said[3], PartContent::ToolCall(call) if call.id == "c1"));
    let PartContent::ToolResult(result) = &request.messages[4].parts[0].content else {
        panic!("{request:?}");
    };
    assert_eq!(result.name.as_deref(), Some("look"));
    assert_eq!(result.parts, [ResultPart::Text("a dog".into())]);
}

#[test]
fn settings_reach_the_contract_and_the_answer() {
    let (request, settings, warnings) = read(json!({
        "temperature": 0.5, "top_p": 0.9, "max_output_tokens": 100, "top_logprobs": 2,
        "tools": [
            {"type": "function", "name": "f", "description": "d", "parameters": {"type": "object"}, "strict": true},
            {"type": "function", "name": "g", "parameters": null, "strict": null},
            {"type": "web_search_20250305", "name": "web_search", "max_uses": 5},
        ],
        "tool_choice": {"type": "function", "name": "f"}, "parallel_tool_calls": false,
        "text": {"format": {"type": "json_schema", "name": "s", "schema": {"type": "object"}, "strict": true}, "verbosity": "low"},
        "reasoning": {"effort": "low", "summary": "auto"},
        "safety_identifier": "u", "metadata": {"a": "1"}, "service_tier": "flex", "prompt_cache_key": "k",
        "include": ["reasoning.encrypted_content"], "truncation": "disabled", "store": false,
        "top_k": 5,
    }))
    .unwrap();
    assert_eq!(warnings, Vec::<String>::new());
    assert_eq!(request.sampling.max_output_tokens, Some(100));
    assert_eq!(request.sampling.logprobs, Some(2));
    assert_eq!(request.tool_choice, Some(ToolChoice::Named("f".into())));
    assert_eq!(request.parallel_tool_calls, Some(false));
    assert_eq!(request.user.as_deref(), Some("u"));
    assert_eq!(request.reasoning.unwrap().summary.as_deref(), Some("auto"));
    assert!(
        matches!(&request.response_format, Some(ResponseFormat::JsonSchema(it)) if it.strict == Some(true))
    );
    assert!(matches!(&request.tools[0], Tool::Function(it) if it.strict == Some(true)));
    assert!(matches!(&request.tools[1], Tool::Function(it) if it.parameters.is_empty()));
    let Tool::Other(foreign) = &request.tools[2] else {
        panic!("{:?}", request.tools);
    };
    let foreign: Value = serde_json::from_str(&foreign.json).unwrap();
    let asked = json!({"type": "web_search_20250305", "name": "web_search", "max_uses": 5});
    assert_eq!(foreign, asked);
    let extra: Value = serde_json::from_str(&request.extra.unwrap()).unwrap();
    assert_eq!(extra, json!({"top_k": 5, "verbosity": "low"}));
    assert_eq!(
        settings["tools"][0]["parameters"],
        json!({"type": "object"})
    );
    assert_eq!(settings["tools"][1]["strict"], Value::Null);
    assert_eq!(settings["tools"][2], asked);
    assert_eq!(
        settings["tool_choice"],
        json!({"type": "function", "name": "f"})
    );
    assert_eq!(settings["text"]["format"]["name"], "s");
    assert_eq!(
        settings["reasoning"],
        json!({"effort": "low", "summary": "auto"})
    );
    assert_eq!(settings["safety_identifier"], "u");
}

#[test]
fn null_is_the_same_as_absent() {
    let (request, settings, warnings) = read(json!({
        "instructions": null, "previous_response_id": null, "conversation": null, "store": null,
        "background": null, "tools": null, "tool_choice": null, "text": null, "reasoning": null,
        "temperature": null, "metadata": null, "include": null, "truncation": null, "prompt": null,
    }))
    .unwrap();
    let (plain, plain_settings, _) = read(json!({})).unwrap();
    assert_eq!((request, settings), (plain, plain_settings));
    assert!(warnings.is_empty());
}

#[test]
fn what_needs_a_memory_is_refused_by_its_name() {
    for (members, place) in [
        (
            json!({"previous_response_id": "resp_1"}),
            "previous_response_id",
        ),
        (json!({"conversation": {"id": "conv_1"}}), "conversation"),
        (json!({"store": true}), "store"),
        (json!({"background": true}), "background"),
        (json!({"prompt": {"id": "pmpt_1"}}), "prompt"),
        (
            json!({"tools": [{"type": "function", "name": "f"}, {"type": "web_search"}]}),
            "tools[1].type",
        ),
        (
            json!({"input": [{"type": "item_reference", "id": "msg_1"}]}),
            "input[0]",
        ),
    ] {
        let failure = read(members).unwrap_err();
        assert_eq!(
            failure.kind,
            FailureKind::Call(ErrorKind::Unsupported),
            "{place}"
        );
        assert_eq!(failure.parameter.as_deref(), Some(place));
        assert!(failure.message.contains("\nhint: "), "{}", failure.message);
    }
}

#[test]
fn what_makes_no_sense_is_refused_with_its_place() {
    for (members, place) in [
        (json!({"input": []}), "input"),
        (json!({"input": 7}), "input"),
        (
            json!({"input": [{"type": "web_search_call", "id": "ws_1"}]}),
            "input[0].type",
        ),
        (
            json!({"input": [{"role": "tool", "content": "a"}]}),
            "input[0].role",
        ),
        (
            json!({"input": [{"role": "user", "content": [{"type": "text_input"}]}]}),
            "input[0].content[0].type",
        ),
        (
            json!({"input": [{"type": "function_call", "name": "f"}]}),
            "input[0]",
        ),
        (
            json!({"input": [{"type": "reasoning", "summary": [], "encrypted_content": "tidegate:!"}]}),
            "input[0].encrypted_content",
        ),
        (
            json!({"tool_choice": {"type": "file_search"}}),
            "tool_choice",
        ),
        (
            json!({"text": {"format": {"type": "json_schema", "schema": {}}}}),
            "text.format.name",
        ),
        (json!({"model": ""}), "model"),
    ] {
        let failure = read(members).unwrap_err();
        assert_eq!(
            failure.parameter.as_deref(),
            Some(place),
            "{}",
            failure.message
        );
    }
}

#[test]
fn what_can_be_done_without_is_warned_of() {
    let (.., warnings) = read(json!({
        "truncation": "auto", "max_tool_calls": 3, "include": ["file_search_call.results"],
        "input": [{"role": "user", "content": [{"type": "input_text", "text": "a", "odd": 1}], "odd": 2}],
        "stream_options": {"include_obfuscation": false, "odd": 3},
    }))
    .unwrap();
    assert_eq!(
        warnings,
        [
            "include[0]",
            "truncation",
            "max_tool_calls",
            "input[0].odd",
            "input[0].content[0].odd",
            "stream_options.odd",
        ]
    );
}

#[test]
fn only_allowed_tools_are_offered_and_all_are_repeated() {
    let function = |name: &str| json!({"type": "function", "name": name});
    let (request, settings, _) = read(json!({
        "tools": [function("f"), function("g")],
        "tool_choice": {"type": "allowed_tools", "mode": "required", "tools": [function("g")]},
    }))
    .unwrap();
    assert!(matches!(request.tools.as_slice(), [Tool::Function(tool)] if tool.name == "g"));
    assert_eq!(request.tool_choice, Some(ToolChoice::Required));
    assert_eq!(settings["tools"].as_array().unwrap().len(), 2);
}

#[test]
fn a_stream_of_text_opens_and_closes_everything_once() {
    let usage = StreamEvent::Usage(Usage {
        input: Some(3),
        cache_read: Some(1),
        cache_write: None,
        output: Some(2),
        reasoning: Some(1),
        raw: None,
    });
    let all = written(
        json!({}),
        vec![
            text(0, "a"),
            text(0, "b"),
            usage,
            finish(FinishReason::Stop),
        ],
    );
    assert_eq!(
        kinds(&all),
        [
            "created",
            "in_progress",
            "output_item.added",
            "content_part.added",
            "output_text.delta",
            "output_text.delta",
            "output_text.done",
            "content_part.done",
            "output_item.done",
            "completed",
        ]
    );
    assert_eq!(all[2]["item"]["content"], json!([]));
    assert_eq!(
        all[3]["part"],
        json!({"type": "output_text", "text": "", "annotations": [], "logprobs": []})
    );
    assert_eq!(all[6]["text"], "ab");
    let response = &all[9]["response"];
    assert_eq!(response["status"], "completed");
    assert_eq!(response["output"][0], all[8]["item"]);
    assert_eq!(
        response["usage"],
        json!({
            "input_tokens": 3, "input_tokens_details": {"cached_tokens": 1, "cache_write_tokens": 0},
            "output_tokens": 2, "output_tokens_details": {"reasoning_tokens": 1}, "total_tokens": 5,
        })
    );
    assert_eq!(all[0]["response"]["id"], response["id"]);
    assert!(response["id"].as_str().unwrap().starts_with("resp_"));
}

#[test]
fn parts_that_take_turns_stay_the_items_that_they_are() {
    let all = written(
        json!({}),
        vec![
            StreamEvent::ReasoningDelta(delta(0, "h")),
            start(1, "c1"),
            start(2, "c2"),
            StreamEvent::ToolCallDelta(delta(1, "{\"a\"")),
            StreamEvent::ToolCallDelta(delta(2, "{}")),
            text(3, "one "),
            StreamEvent::ReasoningDelta(delta(0, "m")),
            StreamEvent::ToolCallDelta(delta(1, ":1}")),
            end(2),
            end(1),
            StreamEvent::RefusalDelta(delta(4, "no")),
            text(3, "two"),
            StreamEvent::ReasoningSignature(delta(0, "sig")),
            finish(FinishReason::ToolCalls),
        ],
    );
    let output = &all.last().unwrap()["response"]["output"];
    assert_eq!(
        output[0]["summary"],
        json!([{"type": "summary_text", "text": "hm"}])
    );
    assert_eq!(
        (&output[1]["call_id"], &output[1]["arguments"]),
        (&json!("c1"), &json!("{\"a\":1}"))
    );
    assert_eq!(output[2]["arguments"], "{}");
    assert_eq!(output[3]["content"][0]["text"], "one two");
    assert_eq!(
        output[3]["content"][1],
        json!({"type": "refusal", "refusal": "no"})
    );
    for (index, item) in output.as_array().unwrap().iter().enumerate() {
        let done = all.iter().find(|event| {
            event["type"] == "response.output_item.done" && event["output_index"] == index
        });
        assert_eq!(&done.unwrap()["item"], item);
    }
}

#[test]
fn reasoning_and_state_come_back_as_they_went() {
    let state = |part, json: &str| {
        StreamEvent::Metadata(Metadata {
            choice: 0,
            part,
            json: json.into(),
        })
    };
    let all = written(
        json!({}),
        vec![
            StreamEvent::ReasoningDelta(delta(0, "because")),
            StreamEvent::ReasoningSignature(delta(0, "sig")),
            state(Some(0), r#"{"v":0}"#),
            StreamEvent::ReasoningRedacted(delta(1, "enc")),
            text(2, "Hi"),
            state(Some(2), r#"{"v":1,"w":1}"#),
            state(Some(2), r#"{"v":2}"#),
            start(3, "c1"),
            end(3),
            state(Some(3), r#"{"v":3}"#),
            state(None, r#"{"v":4}"#),
            finish(FinishReason::ToolCalls),
        ],
    );
    let output = &all.last().unwrap()["response"]["output"];
    assert_eq!(output[1]["encrypted_content"], "enc");
    let (request, _, warnings) = read(json!({"input": output})).unwrap();
    assert!(warnings.is_empty(), "{warnings:?}");
    let [message] = request.messages.as_slice() else {
        panic!("{request:?}");
    };
    assert_eq!(message.metadata.as_deref(), Some(r#"{"v":4}"#));
    let states: Vec<Option<&str>> = message
        .parts
        .iter()
        .map(|it| it.metadata.as_deref())
        .collect();
    assert_eq!(
        states,
        [
            Some(r#"{"v":0}"#),
            None,
            Some(r#"{"v":2,"w":1}"#),
            Some(r#"{"v":3}"#)
        ]
    );
    let PartContent::Reasoning(reasoning) = &message.parts[0].content else {
        panic!("{message:?}");
    };
    assert_eq!(
        (reasoning.text.as_str(), reasoning.signature.as_deref()),
        ("because", Some("sig"))
    );
    assert_eq!(reasoning.redacted, None);
}

#[test]
fn an_answer_that_is_cut_short_says_why() {
    let of = |mut events: Vec<StreamEvent>, reason| {
        events.push(finish(reason));
        let mut all = written(json!({}), events);
        let last = all.pop().unwrap();
        (
            last["type"].as_str().unwrap().to_owned(),
            last["response"].clone(),
        )
    };
    let (kind, response) = of(vec![text(0, "a")], FinishReason::Length);
    assert_eq!(kind, "response.incomplete");
    assert_eq!(
        response["incomplete_details"],
        json!({"reason": "max_output_tokens"})
    );
    assert_eq!(response["output"][0]["status"], "incomplete");
    let (kind, response) = of(vec![text(0, "a")], FinishReason::ContentFilter);
    assert_eq!(
        (kind.as_str(), &response["status"]),
        ("response.incomplete", &json!("incomplete"))
    );
    assert_eq!(response["incomplete_details"]["reason"], "content_filter");
    let refusal = StreamEvent::RefusalDelta(delta(0, "no"));
    let (kind, _) = of(vec![refusal], FinishReason::ContentFilter);
    assert_eq!(kind, "response.completed");
    let (kind, response) = of(vec![text(0, "a")], FinishReason::Error);
    assert_eq!(
        (kind.as_str(), &response["error"]["code"]),
        ("response.failed", &json!("server_error"))
    );
    let (kind, response) = of(vec![text(0, "a")], FinishReason::Other);
    assert_eq!(
        (kind.as_str(), &response["tidegate"]["finish_reason"]),
        ("response.completed", &json!("raw"))
    );
}

#[test]
fn a_call_that_is_never_complete_is_no_call() {
    let all = written(
        json!({}),
        vec![
            start(0, "c1"),
            StreamEvent::ToolCallDelta(delta(0, "{\"a\"")),
            text(1, "oh"),
            finish(FinishReason::Stop),
        ],
    );
    let response = &all.last().unwrap()["response"];
    assert_eq!(response["output"].as_array().unwrap().len(), 1);
    let said = response["tidegate"]["warnings"][0]["message"]
        .as_str()
        .unwrap();
    assert!(said.contains("not completed"), "{said}");
    let done = all
        .iter()
        .filter(|it| it["type"] == "response.output_item.done");
    assert_eq!(done.count(), 1);
}

#[test]
fn a_failure_is_an_error_before_the_answer_and_fails_it_after() {
    let failure = Failure::new(FailureKind::Call(ErrorKind::RateLimited), "slow down");
    let mut out = BytesMut::new();
    events(json!({})).failure(&failure, &mut out);
    let [error] = &parsed(&out)[..] else {
        panic!("{out:?}");
    };
    assert_eq!(
        (&error["type"], &error["code"]),
        (&json!("error"), &json!("rate_limit_exceeded"))
    );

    let mut late = events(json!({}));
    let mut out = BytesMut::new();
    late.event(text(0, "Hel"), &mut out);
    late.failure(&failure, &mut out);
    let all = parsed(&out);
    let last = all.last().unwrap();
    assert_eq!(last["type"], "response.failed");
    assert_eq!(last["response"]["status"], "failed");
    assert_eq!(
        last["response"]["error"],
        json!({"code": "rate_limit_exceeded", "message": "slow down"})
    );
    assert_eq!(last["response"]["output"][0]["status"], "incomplete");
    assert!(!kinds(&all).contains(&"output_item.done"));
}

#[test]
fn sources_pictures_and_files_have_their_places() {
    let source = StreamEvent::Source(Source {
        choice: 0,
        part: None,
        id: None,
        url: Some("https://a.test/".into()),
        title: Some("A".into()),
        quote: None,
        metadata: Some(
            r#"{"type":"url_citation","url_citation":{"start_index":1,"end_index":2}}"#.into(),
        ),
    });
    let file = |part, media_type: &str| {
        StreamEvent::File(GeneratedFile {
            choice: 0,
            part,
            media: Media {
                source: MediaSource::Bytes(vec![1, 2, 3]),
                media_type: Some(media_type.into()),
                name: None,
                detail: None,
            },
        })
    };
    let all = written(
        json!({}),
        // The source comes before the text that it belongs to.
        vec![
            source,
            text(0, "abc"),
            file(1, "image/webp"),
            file(2, "audio/wav"),
            finish(FinishReason::Stop),
        ],
    );
    let annotation = json!({
        "type": "url_citation", "url": "https://a.test/", "title": "A", "start_index": 1, "end_index": 2,
    });
    let added = all
        .iter()
        .find(|it| it["type"] == "response.output_text.annotation.added");
    assert_eq!(added.unwrap()["annotation"], annotation);
    let response = &all.last().unwrap()["response"];
    assert_eq!(
        response["output"][0]["content"][0]["annotations"],
        json!([annotation])
    );
    assert_eq!(response["output"][1]["result"], "AQID");
    assert_eq!(response["tidegate"]["files"][0]["type"], "file");
    let (request, ..) = read(json!({"input": response["output"]})).unwrap();
    let PartContent::Image(picture) = &request.messages[0].parts[1].content else {
        panic!("{request:?}");
    };
    assert_eq!(picture.media_type.as_deref(), Some("image/webp"));
}

#[test]
fn log_probabilities_come_with_their_text_in_either_order() {
    let tokens = |token: &str| {
        StreamEvent::Logprobs(Logprobs {
            choice: 0,
            refusal: false,
            tokens: vec![TokenLogprob {
                token: Candidate {
                    token: token.into(),
                    logprob: -0.5,
                    bytes: None,
                },
                top: vec![],
            }],
        })
    };
    for events in [
        vec![text(0, "a"), tokens("a"), text(0, "b"), tokens("b")],
        vec![tokens("a"), text(0, "a"), tokens("b"), text(0, "b")],
    ] {
        let mut events = events;
        events.push(finish(FinishReason::Stop));
        let all = written(json!({"include": ["message.output_text.logprobs"]}), events);
        let deltas = all
            .iter()
            .filter(|it| it["type"] == "response.output_text.delta");
        let deltas: Vec<(&Value, &Value)> = deltas
            .map(|it| (&it["delta"], &it["logprobs"][0]["token"]))
            .collect();
        assert_eq!(
            deltas,
            [(&json!("a"), &json!("a")), (&json!("b"), &json!("b"))]
        );
        let piece = &all.last().unwrap()["response"]["output"][0]["content"][0];
        assert_eq!(piece["logprobs"].as_array().unwrap().len(), 2);
    }
}
