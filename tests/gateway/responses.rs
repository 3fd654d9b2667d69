//! Responses as OpenAI's newer clients ask for them: whole and streamed, what comes back in the next
//! request, what the vendor sees of it, and what is refused.

use reqwest::Method;
use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::guests::component;
use tidegate_tests::upstream::{Answer, Split, Upstream};

use crate::support::{Answered, Served};

const PATH: &str = "/v1/responses";

fn question(model: &str, text: &str) -> Value {
    json!({"model": model, "input": text})
}

/// A whole stream, as events.
async fn streamed(served: &Served, mut request: Value) -> Vec<Value> {
    request["stream"] = json!(true);
    let events = served.stream(PATH, &request).await;
    let events: Vec<Value> = events
        .iter()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    for (number, event) in events.iter().enumerate() {
        assert_eq!(event["sequence_number"], number);
    }
    events
}

/// All text of an answer, as official clients put it together.
fn output_text(response: &Value) -> String {
    let items = response["output"].as_array().unwrap().iter();
    let pieces = items
        .filter_map(|item| item["content"].as_array())
        .flatten();
    let texts = pieces.filter(|piece| piece["type"] == "output_text");
    texts.map(|piece| piece["text"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_question_is_answered_whole() {
    let served = Served::echo().await;
    let answer = Answered::of(served.post(PATH, &question("echo/echo-1", "Hello ☀"))).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    assert!(body["id"].as_str().unwrap().starts_with("resp_"));
    assert_eq!(
        (&body["object"], &body["status"]),
        (&json!("response"), &json!("completed"))
    );
    assert_eq!(
        (&body["error"], &body["incomplete_details"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(
        (&body["store"], &body["background"]),
        (&json!(false), &json!(false))
    );
    assert_eq!(output_text(&body), "Hello ☀");
    let message = &body["output"][0];
    assert_eq!(
        (&message["type"], &message["role"]),
        (&json!("message"), &json!("assistant"))
    );
    assert_eq!(message["content"][0]["annotations"], json!([]));
    assert_eq!(body["usage"]["total_tokens"], 4);
    assert_eq!(
        (&body["tool_choice"], &body["tools"]),
        (&json!("auto"), &json!([]))
    );
    assert_eq!(answer.header("x-tidegate-provider"), "echo");
}

#[tokio::test]
async fn a_stream_ends_in_the_answer_that_is_also_given_whole() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "one two");
    request["reasoning"] = json!({"effort": "high", "summary": "auto"});
    let mut whole = served.answer(PATH, &request).await;
    let events = streamed(&served, request).await;
    let text: String = events
        .iter()
        .filter(|event| event["type"] == "response.output_text.delta")
        .map(|event| event["delta"].as_str().unwrap())
        .collect();
    assert_eq!(text, "one two");
    let last = events.last().unwrap();
    assert_eq!(last["type"], "response.completed");
    let mut response = last["response"].clone();
    // Names and times are each answer's own.
    for body in [&mut whole, &mut response] {
        for name in ["id", "created_at", "completed_at"] {
            assert_ne!(body[name].take(), Value::Null, "{name}");
        }
        for item in body["output"].as_array_mut().unwrap() {
            item["id"].take();
        }
    }
    assert_eq!(response, whole);
    assert_eq!(
        whole["output"][0]["summary"][0]["text"],
        "I say what I was told."
    );
}

#[tokio::test]
async fn an_agent_goes_round_with_tools_and_hands_back_what_it_got() {
    let served = Served::echo().await;
    let mut request = json!({
        "model": "echo/echo-1",
        "input": [{"role": "user", "content": "/call add {\"a\": 1}\n/call now {}"}],
        "tools": [
            {"type": "function", "name": "add", "parameters": {"type": "object"}, "strict": false},
            {"type": "function", "name": "now", "parameters": null, "strict": null},
        ],
        "reasoning": {"effort": "low"},
    });
    let whole = served.answer(PATH, &request).await;
    let events = streamed(&served, request.clone()).await;
    let done = events
        .iter()
        .filter(|event| event["type"] == "response.output_item.done");
    let done: Vec<Value> = done.map(|event| event["item"].clone()).collect();
    for output in [whole["output"].as_array().unwrap().clone(), done] {
        let kinds: Vec<&Value> = output.iter().map(|item| &item["type"]).collect();
        assert_eq!(kinds, ["reasoning", "function_call", "function_call"]);
        assert_eq!(output[1]["arguments"], "{\"a\": 1}");
        assert_ne!(output[1]["call_id"], output[2]["call_id"]);
        let mut input = request["input"].as_array().unwrap().clone();
        input.extend(output.clone());
        for call in &output[1..] {
            input.push(json!({
                "type": "function_call_output", "call_id": call["call_id"], "output": call["name"],
            }));
        }
        let mut next = request.take();
        next["input"] = json!(input);
        let answer = Answered::of(served.post(PATH, &next)).await;
        assert_eq!(answer.header("x-tidegate-warnings"), "");
        assert_eq!(output_text(&answer.json()), "add\nnow");
        next["input"] = json!([input[0]]);
        request = next;
    }
}

#[tokio::test]
async fn a_limit_and_a_refusal_are_told_apart() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "one two three");
    request["max_output_tokens"] = json!(2);
    let answer = served.answer(PATH, &request).await;
    assert_eq!(answer["status"], "incomplete");
    assert_eq!(answer["incomplete_details"]["reason"], "max_output_tokens");
    let events = streamed(&served, request).await;
    assert_eq!(events.last().unwrap()["type"], "response.incomplete");

    let request = question("echo/echo-1", "/refuse not that");
    let answer = served.answer(PATH, &request).await;
    assert_eq!(answer["status"], "completed");
    let content = &answer["output"][0]["content"];
    assert_eq!(
        *content,
        json!([{"type": "refusal", "refusal": "not that"}])
    );
    let events = streamed(&served, request).await;
    let deltas: Vec<&Value> = events
        .iter()
        .filter(|event| event["type"] == "response.refusal.delta")
        .map(|event| &event["delta"])
        .collect();
    assert_eq!(deltas, ["not ", "that"]);
}

#[tokio::test]
async fn a_failure_has_its_status_before_the_answer_and_fails_it_after() {
    let served = Served::echo().await;
    for stream in [false, true] {
        let mut request = question("echo/echo-error-rate-limited", "Hi");
        request["stream"] = json!(stream);
        let answer = Answered::of(served.post(PATH, &request)).await;
        assert_eq!(
            (answer.status, &answer.error()["type"]),
            (429, &json!("rate_limit_error"))
        );
    }
    let events = streamed(&served, question("echo/echo-late-rate-limited", "Hi")).await;
    let last = events.last().unwrap();
    assert_eq!(last["type"], "response.failed");
    assert_eq!(last["response"]["status"], "failed");
    assert_eq!(last["response"]["error"]["code"], "rate_limit_exceeded");
    assert_eq!(output_text(&last["response"]), "Hi");
    assert!(events.iter().all(|it| it["type"] != "response.completed"));
}

#[tokio::test]
async fn a_stream_that_the_vendor_cuts_is_a_response_that_failed() {
    let chunk =
        r#"{"id":"c1","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}"#;
    let upstream = Upstream::answering(Answer::sse([chunk]).cut_after(chunk.len() + 8));
    let served = Served::openai_at(&upstream).await;
    let events = streamed(&served, question("openai/gpt-5", "Hi")).await;
    let last = events.last().unwrap();
    assert_eq!(last["type"], "response.failed", "{events:?}");
    assert_eq!(output_text(&last["response"]), "Hel");
}

#[tokio::test]
async fn what_needs_a_memory_is_refused_where_it_is_asked_for() {
    let served = Served::echo().await;
    for (name, value) in [
        ("previous_response_id", json!("resp_1")),
        ("conversation", json!("conv_1")),
        ("store", json!(true)),
        ("background", json!(true)),
    ] {
        let mut request = question("echo/echo-1", "Hi");
        request[name] = value;
        let error = Answered::of(served.post(PATH, &request)).await;
        assert_eq!(error.status, 400);
        let error = error.error();
        assert_eq!(
            (&error["code"], &error["param"]),
            (&json!("unsupported"), &json!(name))
        );
    }
    for (method, path) in [
        (Method::GET, "/v1/responses/resp_1"),
        (Method::DELETE, "/v1/responses/resp_1"),
        (Method::GET, "/v1/responses/resp_1/input_items"),
        (Method::POST, "/v1/responses/resp_1/cancel"),
        (Method::POST, "/v1/responses/compact"),
    ] {
        let answer = Answered::of(served.request(method, path)).await;
        let code = &answer.error()["code"];
        assert_eq!(
            (answer.status, code),
            (404, &json!("unsupported_endpoint")),
            "{path}"
        );
    }
    let answer = Answered::of(served.get(PATH)).await;
    assert_eq!(answer.status, 405);
}

/// What an upstream of the chat dialect says, in as many pieces as it has bytes.
fn hello() -> Answer {
    let piece = |delta: &str, finish: &str| {
        format!(
            r#"{{"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-5-mini-1","choices":[{{"index":0,"delta":{delta},"finish_reason":{finish}}}]}}"#
        )
    };
    let last = r#"{"id":"c1","choices":[],"usage":{"prompt_tokens":5,"completion_tokens":3,"total_tokens":8,"prompt_tokens_details":{"cached_tokens":2}}}"#;
    Answer::sse([
        piece(r#"{"role":"assistant","content":""}"#, "null"),
        piece(r#"{"content":"Hel"}"#, "null"),
        piece(r#"{"content":"lo ☀"}"#, "null"),
        piece(
            r#"{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"look","arguments":"{\"x\""}}]}"#,
            "null",
        ),
        piece(
            r#"{"tool_calls":[{"index":0,"function":{"arguments":":1}"}}]}"#,
            "null",
        ),
        piece("{}", r#""tool_calls""#),
        last.into(),
        "[DONE]".into(),
    ])
}

#[tokio::test]
async fn the_vendor_sees_all_that_was_asked_for() {
    let upstream = Upstream::answering(hello().split(Split::EveryByte));
    let served = Served::openai_at(&upstream).await;
    let schema = json!({"type": "object"});
    let events = streamed(
        &served,
        json!({
            "model": "openai/gpt-5-mini",
            "instructions": "Be brief",
            "input": [
                {"role": "user", "content": [
                    {"type": "input_text", "text": "What is this?"},
                    {"type": "input_image", "image_url": "https://example.com/a.png", "detail": "low"},
                    {"type": "input_file", "file_id": "file-1"},
                ]},
                {"type": "message", "id": "msg_1", "status": "completed", "role": "assistant", "content": [
                    {"type": "output_text", "text": "Let me look", "annotations": []},
                ]},
                {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "look", "arguments": "{\"x\":1}"},
                {"type": "function_call_output", "call_id": "call_1", "output": "a cat"},
            ],
            "temperature": 0.5, "top_p": 0.9, "max_output_tokens": 100, "top_logprobs": 2,
            "tools": [{"type": "function", "name": "look", "description": "Looks", "parameters": schema, "strict": true}],
            "tool_choice": {"type": "function", "name": "look"}, "parallel_tool_calls": false,
            "text": {"format": {"type": "json_schema", "name": "s", "schema": schema, "strict": true}, "verbosity": "low"},
            "reasoning": {"effort": "low"}, "service_tier": "flex", "prompt_cache_key": "k", "user": "u",
            "metadata": {"a": "1"}, "store": false, "brand_new": [1.50, null],
        }),
    )
    .await;
    let mut seen = upstream.requests()[0].json();
    // The provider's own wish.
    seen.as_object_mut().unwrap().remove("stream_options");
    let function =
        json!({"name": "look", "description": "Looks", "parameters": schema, "strict": true});
    assert_eq!(
        seen,
        json!({
            "model": "gpt-5-mini", "stream": true,
            "messages": [
                {"role": "system", "content": "Be brief"},
                {"role": "user", "content": [
                    {"type": "text", "text": "What is this?"},
                    {"type": "image_url", "image_url": {"url": "https://example.com/a.png", "detail": "low"}},
                    {"type": "file", "file": {"file_id": "file-1"}},
                ]},
                {"role": "assistant", "content": "Let me look", "tool_calls": [
                    {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{\"x\":1}"}},
                ]},
                {"role": "tool", "tool_call_id": "call_1", "content": "a cat"},
            ],
            "temperature": 0.5, "top_p": 0.9, "max_completion_tokens": 100, "logprobs": true, "top_logprobs": 2,
            "tools": [{"type": "function", "function": function}],
            "tool_choice": {"type": "function", "function": {"name": "look"}}, "parallel_tool_calls": false,
            "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": schema, "strict": true}},
            "reasoning_effort": "low", "service_tier": "flex", "prompt_cache_key": "k", "user": "u",
            "metadata": {"a": "1"}, "verbosity": "low", "brand_new": [1.50, null],
        })
    );
    let response = &events.last().unwrap()["response"];
    assert_eq!(output_text(response), "Hello ☀");
    assert_eq!(
        (&response["model"], &response["created_at"]),
        (&json!("gpt-5-mini-1"), &json!(7))
    );
    assert_eq!(response["output"][1]["arguments"], "{\"x\":1}");
    assert_eq!(
        response["usage"]["input_tokens_details"]["cached_tokens"],
        2
    );
    assert_eq!(response["text"]["verbosity"], "low");
}

/// A gateway whose provider is a gateway: reasoning and calls of the one come out of the other.
#[tokio::test]
async fn an_answer_is_still_the_same_behind_a_second_gateway() {
    let first = Served::echo().await;
    let config = ProviderConfig::new()
        .allow(first.url("/*"))
        .setting("base-url", first.url("/v1"))
        .secret("api-key", "unused");
    let runtime = Runtime::builder().provider("openai", component("openai").await, config);
    let second = Served::new(runtime.build().unwrap(), GatewayConfig::default()).await;
    let request = |model: &str| {
        json!({
            "model": model, "input": "/call add {\"a\": 1}", "reasoning": {"effort": "high"},
            "tools": [{"type": "function", "name": "add", "parameters": {"type": "object"}}],
        })
    };
    let direct = streamed(&first, request("echo/echo-1")).await;
    let chained = streamed(&second, request("openai/echo/echo-1")).await;
    let said = |events: &[Value]| -> Vec<(Value, Value, Value)> {
        let output = events.last().unwrap()["response"]["output"].clone();
        let items = output.as_array().unwrap().iter();
        items
            .map(|it| {
                (
                    it["type"].clone(),
                    it["summary"].clone(),
                    it["arguments"].clone(),
                )
            })
            .collect()
    };
    assert_eq!(said(&chained), said(&direct));
    assert_eq!(said(&direct).len(), 2);
}

#[tokio::test]
async fn what_cannot_be_honoured_is_said_in_header_and_body() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "Hi");
    request["truncation"] = json!("auto");
    let answer = Answered::of(served.post(PATH, &request)).await;
    let header: Value = serde_json::from_str(answer.header("x-tidegate-warnings")).unwrap();
    let events = streamed(&served, request).await;
    let last = &events.last().unwrap()["response"];
    for said in [
        &header,
        &answer.json()["tidegate"]["warnings"],
        &last["tidegate"]["warnings"],
    ] {
        assert_eq!(said[0]["subject"], "truncation");
    }
}

#[tokio::test]
async fn input_tokens_are_counted_without_an_answer() {
    let served = Served::echo().await;
    let request = json!({
        "model": "echo/echo-1", "instructions": "Be brief.", "input": [{"role": "user", "content": "one two"}],
        "truncation": "auto",
    });
    let answer = Answered::of(served.post("/v1/responses/input_tokens", &request)).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let body = answer.json();
    assert_eq!(body["object"], "response.input_tokens");
    assert_eq!(body["input_tokens"], 4, "{body}");
    assert!(answer.header("x-tidegate-warnings").contains("truncation"));

    let request = json!({"model": "echo/echo-1"});
    let answer = Answered::of(served.post("/v1/responses/input_tokens", &request)).await;
    assert_eq!(
        (answer.status, &answer.error()["param"]),
        (400, &json!("input"))
    );
}
