//! Questions to `echo`, and what a client of this dialect reads in the answers.

use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::guests::component;
use tidegate_tests::upstream::{Answer, Upstream};

use super::{PATH, parsed, question, streamed, types};
use crate::support::{Answered, Served};

#[tokio::test]
async fn a_question_is_answered_whole() {
    let served = Served::echo().await;
    let request = served.post(PATH, &question("echo/echo-1", "Hello ☀"));
    let request = request.header("anthropic-version", "2023-06-01");
    let answer = Answered::of(request.header("anthropic-beta", "context-1m-2025-08-07")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    assert_eq!(
        (&body["type"], &body["role"]),
        (&json!("message"), &json!("assistant"))
    );
    assert_eq!(
        body["content"],
        json!([{"type": "text", "text": "Hello ☀"}])
    );
    assert_eq!(
        (&body["stop_reason"], &body["stop_sequence"]),
        (&json!("end_turn"), &Value::Null)
    );
    assert_eq!(
        body["usage"],
        json!({
            "input_tokens": 2, "output_tokens": 2,
            "cache_creation_input_tokens": 0, "cache_read_input_tokens": 0,
            "output_tokens_details": {"thinking_tokens": 0},
        })
    );
    assert_eq!(body["tidegate"]["warnings"][0]["subject"], "anthropic-beta");
    assert_eq!(answer.header("x-tidegate-provider"), "echo");
    assert_eq!(answer.header("request-id"), answer.header("x-request-id"));
}

#[tokio::test]
async fn a_question_is_answered_as_a_stream() {
    let served = Served::echo().await;
    let answer =
        Answered::of(served.post(PATH, &streamed(question("echo/echo-1", "one two")))).await;
    assert!(answer.text.starts_with("event: message_start\ndata: {"));
    let events = parsed(&answer.events());
    assert_eq!(
        types(&events),
        [
            "message_start",
            "content_block_start",
            "content_block_delta",
            "content_block_delta",
            "content_block_stop",
            "message_delta",
            "message_stop",
        ]
    );
    assert_eq!(events[0]["message"]["content"], json!([]));
    assert_eq!(
        events[1]["content_block"],
        json!({"type": "text", "text": ""})
    );
    assert_eq!(
        events[3]["delta"],
        json!({"type": "text_delta", "text": "two"})
    );
    assert_eq!(
        events[5]["delta"],
        json!({"stop_reason": "end_turn", "stop_sequence": null})
    );
    assert_eq!(events[5]["usage"]["output_tokens"], 2);
}

#[tokio::test]
async fn an_agents_loop_goes_round() {
    let served = Served::echo().await;
    let tools = json!([
        {"name": "add", "input_schema": {"type": "object"}},
        {"name": "now", "input_schema": {"type": "object"}},
    ]);
    let mut request = question("echo/echo-1", "/call add {\"a\": 17}\n/call now {}");
    request["tools"] = tools;
    request["thinking"] = json!({"type": "enabled", "budget_tokens": 2000});
    let answer = served.answer(PATH, &request).await;
    assert_eq!(answer["stop_reason"], "tool_use");
    let content = answer["content"].as_array().unwrap();
    let kinds: Vec<&Value> = content.iter().map(|it| &it["type"]).collect();
    assert_eq!(kinds, ["thinking", "tool_use", "tool_use"]);
    assert_eq!(content[0]["signature"], "echo");
    assert_eq!(
        (&content[1]["name"], &content[1]["input"]),
        (&json!("add"), &json!({"a": 17}))
    );

    let events = parsed(&served.stream(PATH, &streamed(request.clone())).await);
    let starts: Vec<&Value> = events
        .iter()
        .filter(|it| it["type"] == "content_block_start")
        .map(|it| &it["content_block"]["type"])
        .collect();
    assert_eq!(starts, ["thinking", "tool_use", "tool_use"]);
    assert_eq!(
        types(&events)[events.len() - 2..],
        ["message_delta", "message_stop"]
    );

    let messages = request["messages"].as_array_mut().unwrap();
    messages.push(json!({"role": "assistant", "content": content}));
    messages.push(json!({"role": "user", "content": [
        {"type": "tool_result", "tool_use_id": content[1]["id"], "content": "21"},
        {"type": "tool_result", "tool_use_id": content[2]["id"], "content": [{"type": "text", "text": "noon"}]},
    ]}));
    request["thinking"] = json!({"type": "disabled"});
    let answer = served.answer(PATH, &request).await;
    assert_eq!(answer["stop_reason"], "end_turn");
    let said = answer["content"][0]["text"].as_str().unwrap();
    assert!(said.contains("21") && said.contains("noon"), "{said}");
}

#[tokio::test]
async fn tokens_are_counted() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "one two three");
    request.as_object_mut().unwrap().remove("max_tokens");
    request["system"] = json!("Be kind.");
    let answer = served.answer("/v1/messages/count_tokens", &request).await;
    assert_eq!(answer, json!({"input_tokens": 5}));
}

#[tokio::test]
async fn silence_is_broken_by_pings() {
    let valve = tidegate_tests::upstream::Valve::shut();
    let start = r#"{"type":"message_start","message":{"content":[]}}"#;
    let upstream = Upstream::answering(Answer::sse([start]).hold_after(start.len(), &valve));
    let origin = upstream.origin();
    let config = ProviderConfig::new()
        .allow(format!("{origin}/*"))
        .setting("base-url", format!("{origin}/v1"))
        .secret("api-key", "sk-test-secret");
    let runtime = Runtime::builder().provider("anthropic", component("anthropic").await, config);
    let gateway = GatewayConfig {
        keep_alive: std::time::Duration::from_millis(10),
        ..GatewayConfig::default()
    };
    let served = Served::new(runtime.build().unwrap(), gateway).await;
    let request = streamed(question("anthropic/claude-sonnet-5", "Hi"));
    let mut answer = served.post(PATH, &request).send().await.unwrap();
    let piece = answer.chunk().await.unwrap().unwrap();
    assert!(piece.starts_with(b"event: ping\ndata: {\"type\":\"ping\"}\n\n"));
    valve.open();
}
