//! Messages as Anthropic's clients ask for them: whole and streamed, what the vendor sees of it, and
//! how it ends badly.

use serde_json::{Value, json};
use tidegate_gateway::{GatewayConfig, KeyConfig};
use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::guests::component;
use tidegate_tests::upstream::{Answer, Split, Upstream};

use crate::support::{Answered, Served, echo};

const PATH: &str = "/v1/messages";

/// Kind of the contract, status and type, and both behind a second gateway.
const TABLE: [(&str, u16, &str, u16, &str); 15] = {
    const INVALID: &str = "invalid_request_error";
    const PERMISSION: &str = "permission_error";
    const API: &str = "api_error";
    [
        ("invalid-request", 400, INVALID, 400, INVALID),
        ("context-length-exceeded", 400, INVALID, 400, INVALID),
        ("content-filtered", 400, INVALID, 400, INVALID),
        ("unsupported", 400, INVALID, 400, INVALID),
        (
            "unauthorized",
            401,
            "authentication_error",
            401,
            "authentication_error",
        ),
        ("quota-exceeded", 402, "billing_error", 402, "billing_error"),
        ("forbidden", 403, PERMISSION, 403, PERMISSION),
        ("denied", 403, PERMISSION, 403, PERMISSION),
        ("not-found", 404, "not_found_error", 404, "not_found_error"),
        (
            "rate-limited",
            429,
            "rate_limit_error",
            429,
            "rate_limit_error",
        ),
        ("internal", 500, API, 500, API),
        ("upstream", 500, API, 500, API),
        ("unreachable", 500, API, 500, API),
        // A provider cannot tell this from a vendor that fails.
        ("timeout", 504, "timeout_error", 500, API),
        (
            "overloaded",
            529,
            "overloaded_error",
            529,
            "overloaded_error",
        ),
    ]
};

fn question(model: &str, text: &str) -> Value {
    json!({"model": model, "max_tokens": 100, "messages": [{"role": "user", "content": text}]})
}

fn streamed(mut request: Value) -> Value {
    request["stream"] = json!(true);
    request
}

/// A gateway to `anthropic` at this address, and to `echo`.
async fn anthropic_at(origin: String) -> Served {
    let config = ProviderConfig::new()
        .allow(format!("{origin}/*"))
        .setting("base-url", format!("{origin}/v1"))
        .secret("api-key", "sk-test-secret");
    let runtime = Runtime::builder()
        .provider("echo", component("echo").await, ProviderConfig::new())
        .provider("anthropic", component("anthropic").await, config);
    Served::new(runtime.build().unwrap(), GatewayConfig::default()).await
}

fn parsed(events: &[String]) -> Vec<Value> {
    let events = events.iter();
    events.map(|it| serde_json::from_str(it).unwrap()).collect()
}

fn types(events: &[Value]) -> Vec<&str> {
    let events = events.iter();
    events.map(|it| it["type"].as_str().unwrap()).collect()
}

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

#[tokio::test]
async fn every_kind_of_failure_has_its_status_here_and_behind_a_second_gateway() {
    for (kind, status, r#type, second_status, second_type) in TABLE {
        // New ones for each: a provider that fails five times in a row gets a rest.
        let first = Served::echo().await;
        let second = anthropic_at(first.url("")).await;
        let model = format!("echo/echo-error-{kind}");
        for request in [question(&model, "Hi"), streamed(question(&model, "Hi"))] {
            let answer = Answered::of(first.post(PATH, &request)).await;
            let body = answer.json();
            assert_eq!(
                (answer.status, &body["error"]["type"]),
                (status, &json!(r#type)),
                "{kind}"
            );
            assert_eq!(body["type"], "error");
            assert_eq!(body["request_id"], answer.header("request-id"));
            let later = matches!(kind, "rate-limited" | "overloaded");
            assert_eq!(
                answer.header("retry-after"),
                if later { "1" } else { "" },
                "{kind}"
            );
        }
        let request = question(&format!("anthropic/{model}"), "Hi");
        let answer = Answered::of(second.post(PATH, &request)).await;
        let seen = (answer.status, answer.error()["type"].clone());
        assert_eq!(
            seen,
            (second_status, json!(second_type)),
            "{kind}: {}",
            answer.text
        );
        // What has the same type is told apart by its code.
        if matches!(kind, "context-length-exceeded" | "content-filtered") {
            let code = |answer: &Answered| answer.error()["code"].clone();
            let first = Answered::of(first.post(PATH, &question(&model, "Hi"))).await;
            assert_eq!(code(&answer), code(&first));
        }
    }
}

#[tokio::test]
async fn a_stream_that_fails_late_ends_in_an_error_and_never_looks_whole() {
    let served = Served::echo().await;
    let request = streamed(question("echo/echo-late-overloaded", "Hi"));
    let answer = Answered::of(served.post(PATH, &request)).await;
    assert_eq!(answer.status, 200);
    let events = parsed(&answer.events());
    let last = events.last().unwrap();
    assert_eq!(
        (&last["type"], &last["error"]["type"]),
        (&json!("error"), &json!("overloaded_error"))
    );
    assert!(answer.text.contains("event: error\n") && answer.text.contains(r#""text":"Hi""#));
    assert!(!answer.text.contains("message_stop") && !answer.text.contains(r#""stop_reason":""#));
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

#[tokio::test]
async fn models_are_listed_for_either_kind_of_client() {
    let served = Served::echo().await;
    let get = |path: &str| served.get(path).header("anthropic-version", "2023-06-01");
    let list = Answered::of(get("/v1/models")).await.json();
    let model = json!({
        "type": "model", "id": "echo/echo-1", "display_name": "Echo",
        "created_at": "1970-01-01T00:00:00Z", "max_input_tokens": 1_000_000,
    });
    assert_eq!(
        list,
        json!({"data": [model], "has_more": false, "first_id": "echo/echo-1", "last_id": "echo/echo-1"})
    );
    assert_eq!(
        Answered::of(get("/v1/models/echo/echo-1")).await.json(),
        model
    );
    let after = Answered::of(get("/v1/models?limit=5&after_id=echo%2Fecho-1"))
        .await
        .json();
    assert_eq!(
        (&after["data"], &after["last_id"]),
        (&json!([]), &Value::Null)
    );
    let answer = Answered::of(get("/v1/models?limit=0")).await;
    assert_eq!(
        (answer.status, &answer.error()["type"]),
        (400, &json!("invalid_request_error"))
    );
    let answer = Answered::of(get("/v1/models/echo/other")).await;
    assert_eq!(
        (answer.status, &answer.error()["type"]),
        (404, &json!("not_found_error"))
    );
    assert_eq!(
        Answered::of(served.get("/v1/models")).await.json()["object"],
        "list"
    );
}

#[tokio::test]
async fn the_gateways_own_refusals_are_in_this_dialect() {
    let keys = vec![KeyConfig::new("team", "tg-team").models(["echo/echo-1"])];
    let config = GatewayConfig {
        keys,
        ..GatewayConfig::default()
    };
    let served = Served::new(echo().await, config).await;
    let refused = async |path: &str, body: &Value, key: &str| {
        let answer = Answered::of(served.post(path, body).header("x-api-key", key)).await;
        assert_eq!(answer.json()["type"], "error");
        (
            answer.status,
            answer.error()["type"].as_str().unwrap().to_owned(),
        )
    };
    let (fine, other) = (question("echo/echo-1", "a"), question("echo/other", "a"));
    assert_eq!(
        refused(PATH, &fine, "no").await,
        (401, "authentication_error".into())
    );
    assert_eq!(
        refused(PATH, &other, "tg-team").await,
        (403, "permission_error".into())
    );
    assert_eq!(
        refused(PATH, &json!({}), "tg-team").await,
        (400, "invalid_request_error".into())
    );
    for path in [
        "/v1/messages/batches",
        "/v1/messages/batches/b1/results",
        "/v1/messages/x",
    ] {
        assert_eq!(
            refused(path, &fine, "tg-team").await,
            (404, "not_found_error".into())
        );
    }
    let answer = Answered::of(served.get(PATH)).await;
    assert_eq!(
        (answer.status, &answer.json()["type"]),
        (405, &json!("error"))
    );
    let unknown = served
        .get("/v1/nothing")
        .header("anthropic-version", "2023-06-01");
    assert_eq!(Answered::of(unknown).await.json()["type"], "error");
}
