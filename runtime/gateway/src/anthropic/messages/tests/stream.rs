//! From events to what a client is told.

use super::*;

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

/// Each call begins before any of them ends, in one order, and ends in another.
#[test]
fn thousands_of_calls_at_once_keep_what_is_theirs() {
    const CALLS: u32 = 5_000;
    let piece = |part: u32| StreamEvent::ToolCallDelta(delta(part, &format!("{part}")));
    let begun = (0..CALLS).map(|part| start(part, "f"));
    let ended = (0..CALLS).rev().flat_map(|part| [piece(part), ENDED(part)]);
    let finish = finish(FinishReason::ToolCalls, None);
    let events = written(begun.chain(ended).chain([finish]).collect());
    let blocks = blocks(&events);
    assert_eq!(blocks.len(), 5_000);
    for (part, block) in blocks.iter().enumerate() {
        assert_eq!(
            (&block["id"], &block["partial"]),
            (&json!(format!("c{part}")), &json!(part.to_string()))
        );
    }
}

/// Its pieces would stand in the blocks of the first.
#[test]
fn of_several_answers_the_first_is_written_and_the_client_is_told() {
    let second = Delta {
        choice: 1,
        ..delta(0, "x")
    };
    let last = Finish {
        choice: 1,
        reason: FinishReason::Length,
        raw: None,
    };
    let events = written(vec![
        StreamEvent::TextDelta(delta(0, "a")),
        StreamEvent::TextDelta(second.clone()),
        StreamEvent::TextDelta(delta(0, "b")),
        StreamEvent::TextDelta(second),
        finish(FinishReason::Stop, None),
        StreamEvent::Finish(last),
    ]);
    assert_eq!(blocks(&events), [json!({"type": "text", "text": "ab"})]);
    let end = &events[events.len() - 2];
    assert_eq!(end["delta"]["stop_reason"], "end_turn");
    let warnings = end["tidegate"]["warnings"].as_array().unwrap();
    assert_eq!(warnings.len(), 1, "{end}");
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
