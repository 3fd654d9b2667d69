//! What a vendor sees of a request in this dialect, and what of its answer comes out.

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Split, Upstream};

use super::{PATH, anthropic_at, parsed, question, streamed};
use crate::support::Served;

/// What goes in comes to the vendor as it was, and what the vendor says comes out as it was.
#[tokio::test]
async fn the_vendor_sees_what_its_own_client_would_have_sent() {
    let said = json!({
        "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-4-5",
        "content": [
            {"type": "thinking", "thinking": "hm", "signature": "c2ln"},
            {"type": "server_tool_use", "id": "s1", "name": "web_search", "input": {"query": "q"}},
            {"type": "web_search_tool_result", "tool_use_id": "s1", "content": []},
            {"type": "text", "text": "Rome", "citations": [
                {"type": "web_search_result_location", "url": "https://a.test/", "title": "A",
                    "encrypted_index": "aW5k", "cited_text": "Rome."},
            ]},
            {"type": "tool_use", "id": "t1", "name": "f", "input": {"x": 1}},
        ],
        "stop_reason": "tool_use", "stop_sequence": null,
        "usage": {
            "input_tokens": 10, "cache_creation_input_tokens": 3, "cache_read_input_tokens": 4,
            "output_tokens": 7, "service_tier": "standard",
        },
    });
    let upstream = Upstream::answering(Answer::json(200, said.clone()));
    let served = anthropic_at(upstream.origin()).await;
    let asked = json!({
        "max_tokens": 3000,
        "system": [{"type": "text", "text": "Be kind.", "cache_control": {"type": "ephemeral", "ttl": "1h"}}],
        "thinking": {"type": "enabled", "budget_tokens": 2000},
        "tools": [
            {"name": "f", "input_schema": {"type": "object"}, "cache_control": {"type": "ephemeral"}},
            {"type": "web_search_20250305", "name": "web_search", "max_uses": 2},
        ],
        "tool_choice": {"type": "auto", "disable_parallel_tool_use": true},
        "metadata": {"user_id": "u1"}, "service_tier": "standard_only",
        "stop_sequences": ["x"], "mcp_servers": [],
        "messages": [
            {"role": "user", "content": [
                {"type": "image", "source": {"type": "base64", "media_type": "image/png", "data": "AQID"}},
                {"type": "document", "title": "T", "citations": {"enabled": true},
                    "source": {"type": "text", "media_type": "text/plain", "data": "Rome."}},
                {"type": "search_result", "title": "t", "source": "s", "content": []},
                {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}},
            ]},
            {"role": "assistant", "content": said["content"]},
            {"role": "user", "content": [
                {"type": "tool_result", "tool_use_id": "t1", "is_error": true,
                    "content": [{"type": "text", "text": "no"}]},
                {"type": "text", "text": "Go on"},
            ]},
        ],
    });
    let mut request = asked.clone();
    request["model"] = json!("anthropic/claude-sonnet-4-5");
    let answer = served.answer(PATH, &request).await;
    assert_eq!(answer, said);

    let mut seen = upstream.requests()[0].json();
    assert_eq!(seen["model"].take(), "claude-sonnet-4-5");
    let mut expected = asked;
    expected["model"] = Value::Null;
    assert_eq!(seen, expected);
}

#[tokio::test]
async fn a_stream_of_the_vendor_comes_through_however_it_is_cut() {
    let data = [
        json!({"type": "message_start", "message": {
            "id": "msg_1", "type": "message", "role": "assistant", "model": "claude-sonnet-5",
            "content": [], "usage": {"input_tokens": 10, "output_tokens": 1},
        }}),
        json!({"type": "content_block_start", "index": 0, "content_block": {"type": "thinking", "thinking": "", "signature": ""}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "thinking_delta", "thinking": "hm"}}),
        json!({"type": "content_block_delta", "index": 0, "delta": {"type": "signature_delta", "signature": "c2ln"}}),
        json!({"type": "content_block_stop", "index": 0}),
        json!({"type": "content_block_start", "index": 1, "content_block": {"type": "text", "text": ""}}),
        json!({"type": "content_block_delta", "index": 1, "delta": {"type": "text_delta", "text": "Rö☀"}}),
        json!({"type": "content_block_stop", "index": 1}),
        json!({"type": "content_block_start", "index": 2, "content_block": {"type": "tool_use", "id": "t1", "name": "f", "input": {}}}),
        json!({"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": "{\"x\":"}}),
        json!({"type": "content_block_delta", "index": 2, "delta": {"type": "input_json_delta", "partial_json": "1}"}}),
        json!({"type": "content_block_stop", "index": 2}),
        json!({"type": "message_delta", "delta": {"stop_reason": "tool_use", "stop_sequence": null}, "usage": {"output_tokens": 9}}),
        json!({"type": "message_stop"}),
    ];
    let lines = data
        .iter()
        .map(|it| (it["type"].as_str().unwrap(), it.to_string()));
    let answer = Answer::sse_events(lines).split(Split::EveryByte);
    let upstream = Upstream::answering(answer);
    let served = anthropic_at(upstream.origin()).await;
    let request = streamed(question("anthropic/claude-sonnet-5", "Hi"));
    let mut events = parsed(&served.stream(PATH, &request).await);
    let usage = events[0]["message"]["usage"].take();
    assert_eq!(usage["input_tokens"], 10);
    let usage = events[12]["usage"].take();
    assert_eq!(
        (&usage["input_tokens"], &usage["output_tokens"]),
        (&json!(10), &json!(9))
    );
    let mut expected = data;
    expected[0]["message"]["usage"] = Value::Null;
    expected[0]["message"]["stop_reason"] = Value::Null;
    expected[0]["message"]["stop_sequence"] = Value::Null;
    expected[12]["usage"] = Value::Null;
    assert_eq!(events, expected);
}

#[tokio::test]
async fn a_client_of_this_dialect_can_talk_to_a_vendor_of_the_other() {
    let answer = json!({"id": "c1", "model": "gpt-5", "choices": [{"index": 0, "finish_reason": "tool_calls", "message": {
        "role": "assistant", "content": null, "tool_calls": [
            {"id": "t1", "type": "function", "function": {"name": "f", "arguments": "{\"x\": 1"}},
        ],
    }}], "usage": {"prompt_tokens": 8, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 5}}});
    let upstream = Upstream::answering(Answer::json(200, answer));
    let served = Served::openai_at(&upstream).await;
    let mut request = question("openai/gpt-5", "Hi");
    request["system"] = json!("Be kind.");
    request["tools"] = json!([{"name": "f", "input_schema": {"type": "object"}}]);
    request["tool_choice"] = json!({"type": "any"});
    request["messages"] = json!([
        {"role": "user", "content": "Hi"},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "t0", "name": "f", "input": {}}]},
        {"role": "user", "content": [
            {"type": "tool_result", "tool_use_id": "t0", "content": "no"},
            {"type": "text", "text": "Again"},
        ]},
    ]);
    let answer = served.answer(PATH, &request).await;
    // Arguments that are no JSON are wrapped, as an object has to be there.
    assert_eq!(
        answer["content"],
        json!([{"type": "tool_use", "id": "t1", "name": "f", "input": {"INVALID_JSON": "{\"x\": 1"}}])
    );
    assert_eq!(answer["stop_reason"], "tool_use");
    assert_eq!(
        (
            &answer["usage"]["input_tokens"],
            &answer["usage"]["cache_read_input_tokens"]
        ),
        (&json!(3), &json!(5))
    );
    let seen = upstream.requests()[0].json();
    let roles: Vec<&str> = seen["messages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["role"].as_str().unwrap())
        .collect();
    assert_eq!(roles, ["system", "user", "assistant", "tool", "user"]);
    assert_eq!(seen["max_completion_tokens"], 100);
    assert_eq!(seen["tool_choice"], "required");
}
