//! Chat completions as OpenAI's clients ask for them: whole and streamed, from the first byte to the
//! last, and what the vendor sees of it.

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Split, Upstream};

use crate::support::{Answered, Served};

const PATH: &str = "/v1/chat/completions";

fn question(model: &str, text: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": text}]})
}

#[tokio::test]
async fn a_question_is_answered_whole() {
    let served = Served::echo().await;
    let answer = Answered::of(served.post(PATH, &question("echo/echo-1", "Hello ☀"))).await;
    assert_eq!(answer.status, 200);
    let body = answer.json();
    assert_eq!(body["object"], "chat.completion");
    assert_eq!(body["choices"][0]["message"]["role"], "assistant");
    assert_eq!(body["choices"][0]["message"]["content"], "Hello ☀");
    assert_eq!(body["choices"][0]["message"]["refusal"], Value::Null);
    assert_eq!(body["choices"][0]["finish_reason"], "stop");
    assert_eq!(body["usage"]["total_tokens"], 4);
    assert_eq!(answer.header("x-tidegate-provider"), "echo");
    assert!(answer.header("x-tidegate-version").starts_with("0.1.0 "));
    assert!(answer.header("x-request-id").starts_with("req_"));
}

#[tokio::test]
async fn a_question_is_answered_as_a_stream() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "one two");
    request["stream"] = json!(true);
    let events = served.stream(PATH, &request).await;
    let (last, chunks) = events.split_last().unwrap();
    assert_eq!(last, "[DONE]");
    let chunks: Vec<Value> = chunks
        .iter()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let deltas: Vec<&Value> = chunks
        .iter()
        .map(|chunk| &chunk["choices"][0]["delta"])
        .collect();
    assert_eq!(
        deltas,
        [
            &json!({"role": "assistant", "content": "", "refusal": null}),
            &json!({"content": "one "}),
            &json!({"content": "two"}),
            &json!({}),
        ]
    );
    let finishes: Vec<&Value> = chunks
        .iter()
        .map(|it| &it["choices"][0]["finish_reason"])
        .collect();
    assert_eq!(
        finishes,
        [&Value::Null, &Value::Null, &Value::Null, &json!("stop")]
    );
    for chunk in &chunks {
        assert_eq!(chunk["object"], "chat.completion.chunk");
        assert_eq!(chunk["id"], chunks[0]["id"]);
        assert_eq!(chunk["created"], chunks[0]["created"]);
        assert_eq!(chunk["model"], chunks[0]["model"]);
        assert!(chunk.get("usage").is_none());
    }
}

#[tokio::test]
async fn usage_is_streamed_only_where_it_is_asked_for() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "one two");
    request["stream"] = json!(true);
    request["stream_options"] = json!({"include_usage": true});
    let events = served.stream(PATH, &request).await;
    let chunks = &events[..events.len() - 1];
    let chunks: Vec<Value> = chunks
        .iter()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let (last, others) = chunks.split_last().unwrap();
    assert_eq!(last["choices"], json!([]));
    assert_eq!(last["usage"]["prompt_tokens"], 2);
    assert_eq!(last["usage"]["completion_tokens"], 2);
    assert!(others.iter().all(|chunk| chunk["usage"] == Value::Null));
    assert!(
        others
            .iter()
            .all(|chunk| chunk.as_object().unwrap().contains_key("usage"))
    );
}

#[tokio::test]
async fn tool_calls_are_streamed_in_pieces_that_fit_together() {
    let served = Served::echo().await;
    let request = json!({
        "model": "echo/echo-1", "stream": true,
        "messages": [{"role": "user", "content": "/call add {\"a\": 17, \"b\": 4}\n/call now {}"}],
        "tools": [
            {"type": "function", "function": {"name": "add", "parameters": {"type": "object"}}},
            {"type": "function", "function": {"name": "now"}},
        ],
    });
    let events = served.stream(PATH, &request).await;
    let chunks = &events[..events.len() - 1];
    let chunks: Vec<Value> = chunks
        .iter()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    assert_eq!(chunks[0]["choices"][0]["delta"]["content"], Value::Null);
    let mut calls: Vec<(String, String, String)> = Vec::new();
    for chunk in &chunks {
        let Some(piece) = chunk["choices"][0]["delta"]["tool_calls"].get(0) else {
            continue;
        };
        let index = usize::try_from(piece["index"].as_u64().unwrap()).unwrap();
        if let Some(id) = piece["id"].as_str() {
            assert_eq!((index, &piece["type"]), (calls.len(), &json!("function")));
            let name = piece["function"]["name"].as_str().unwrap();
            calls.push((id.into(), name.into(), String::new()));
        }
        calls[index]
            .2
            .push_str(piece["function"]["arguments"].as_str().unwrap());
    }
    let said: Vec<(&str, &str)> = calls
        .iter()
        .map(|(_, name, said)| (&**name, &**said))
        .collect();
    assert_eq!(said, [("add", r#"{"a": 17, "b": 4}"#), ("now", "{}")]);
    assert_ne!(calls[0].0, calls[1].0);
    assert_eq!(
        chunks.last().unwrap()["choices"][0]["finish_reason"],
        "tool_calls"
    );
}

#[tokio::test]
async fn an_agent_goes_round_with_tools() {
    let served = Served::echo().await;
    let mut request = json!({
        "model": "echo/echo-1",
        "messages": [{"role": "user", "content": "/call add {\"a\": 1}"}],
        "tools": [{"type": "function", "function": {"name": "add", "parameters": {}}}],
    });
    let answer = served.answer(PATH, &request).await;
    let message = &answer["choices"][0]["message"];
    let call = &message["tool_calls"][0];
    assert_eq!(
        call["function"],
        json!({"name": "add", "arguments": "{\"a\": 1}"})
    );
    assert_eq!(answer["choices"][0]["finish_reason"], "tool_calls");
    let messages = request["messages"].as_array_mut().unwrap();
    messages.push(message.clone());
    messages.push(json!({"role": "tool", "tool_call_id": call["id"], "content": "21"}));
    let answer = served.answer(PATH, &request).await;
    assert_eq!(answer["choices"][0]["message"]["content"], "21");
}

#[tokio::test]
async fn reasoning_is_shown_and_can_be_handed_back() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "Hi");
    request["reasoning_effort"] = json!("high");
    let answer = served.answer(PATH, &request).await;
    let message = &answer["choices"][0]["message"];
    assert_eq!(message["reasoning_content"], "I say what I was told.");
    assert_eq!(message["reasoning_details"][0]["signature"], "echo");
    let messages = request["messages"].as_array_mut().unwrap();
    messages.push(message.clone());
    messages.push(json!({"role": "user", "content": "And now?"}));
    let answer = served.answer(PATH, &request).await;
    assert_eq!(answer["choices"][0]["message"]["content"], "And now?");
}

#[tokio::test]
async fn log_probabilities_come_with_the_text_they_are_of() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "one two");
    request["logprobs"] = json!(true);
    request["top_logprobs"] = json!(1);
    let answer = served.answer(PATH, &request).await;
    let tokens = answer["choices"][0]["logprobs"]["content"]
        .as_array()
        .unwrap()
        .clone();
    assert_eq!(tokens[0]["token"], "one ");
    assert_eq!(tokens[0]["bytes"], json!([111, 110, 101, 32]));
    assert_eq!(tokens[0]["top_logprobs"][0]["token"], "one ");

    request["stream"] = json!(true);
    let events = served.stream(PATH, &request).await;
    let mut streamed = Vec::new();
    let mut text = String::new();
    for event in &events[..events.len() - 1] {
        let chunk: Value = serde_json::from_str(event).unwrap();
        let choice = &chunk["choices"][0];
        text.push_str(choice["delta"]["content"].as_str().unwrap_or_default());
        streamed.extend(
            choice["logprobs"]["content"]
                .as_array()
                .cloned()
                .unwrap_or_default(),
        );
    }
    assert_eq!((text.as_str(), streamed), ("one two", tokens));
}

#[tokio::test]
async fn several_choices_are_told_apart() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "a");
    request["n"] = json!(2);
    let answer = served.answer(PATH, &request).await;
    assert_eq!(answer["choices"][1]["index"], 1);
    request["stream"] = json!(true);
    let events = served.stream(PATH, &request).await;
    let roles = events
        .iter()
        .filter(|event| event.contains(r#""role":"assistant""#))
        .count();
    let finishes = events
        .iter()
        .filter(|event| event.contains(r#""finish_reason":"stop""#))
        .count();
    assert_eq!((roles, finishes), (2, 2));
}

#[tokio::test]
async fn a_refusal_is_no_content() {
    let served = Served::echo().await;
    let answer = served
        .answer(PATH, &question("echo/echo-1", "/refuse not that"))
        .await;
    let choice = &answer["choices"][0];
    assert_eq!(choice["message"]["content"], Value::Null);
    assert_eq!(choice["message"]["refusal"], "not that");
    assert_eq!(choice["finish_reason"], "content_filter");
}

/// What an upstream of the dialect says, in as many pieces as it has bytes.
fn hello() -> Answer {
    let piece = |delta: &str, finish: &str| {
        format!(
            r#"{{"id":"c1","object":"chat.completion.chunk","created":7,"model":"gpt-5-mini-1","choices":[{{"index":0,"delta":{delta},"finish_reason":{finish}}}]}}"#
        )
    };
    Answer::sse([
        piece(r#"{"role":"assistant","content":"Hel"}"#, "null"),
        piece(r#"{"content":"lo ☀"}"#, "null"),
        piece("{}", r#""stop""#),
        "[DONE]".into(),
    ])
}

#[tokio::test]
async fn an_answer_passes_through_however_the_bytes_are_cut() {
    let upstream = Upstream::answering(hello().split(Split::EveryByte));
    let served = Served::openai_at(&upstream).await;
    let mut request = question("openai/gpt-5-mini", "Hi");
    request["stream"] = json!(true);
    let body = request.to_string();
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut socket = served.connect().await;
    socket.set_nodelay(true).unwrap();
    for byte in head.bytes().chain(body.bytes()) {
        socket.writable().await.unwrap();
        tokio::io::AsyncWriteExt::write_all(&mut socket, &[byte])
            .await
            .unwrap();
        tokio::task::yield_now().await;
    }
    let answer = crate::support::read_to_end(&mut socket).await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    let events = crate::support::events(&answer);
    let texts: String = events[..events.len() - 1]
        .iter()
        .map(|event| {
            let chunk: Value = serde_json::from_str(event).unwrap();
            assert_eq!((&chunk["id"], &chunk["created"]), (&json!("c1"), &json!(7)));
            assert_eq!(chunk["model"], "gpt-5-mini-1");
            chunk["choices"][0]["delta"]["content"]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        })
        .collect();
    assert_eq!(texts, "Hello ☀");
    assert_eq!(events.last().unwrap(), "[DONE]");
}

#[tokio::test]
async fn the_vendor_sees_all_that_was_asked_for() {
    let upstream = Upstream::answering(hello());
    let served = Served::openai_at(&upstream).await;
    let asked = json!({
        "model": "openai/gpt-5-mini",
        "stream": true,
        "messages": [
            {"role": "developer", "content": "Be brief"},
            {"role": "user", "name": "ada", "content": [
                {"type": "text", "text": "What is this?"},
                {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw==", "detail": "low"}},
                {"type": "image_url", "image_url": {"url": "https://example.com/a.png"}},
                {"type": "input_audio", "input_audio": {"data": "UklGRg==", "format": "mp3"}},
                {"type": "file", "file": {"file_id": "file-1"}},
                {"type": "file", "file": {"filename": "a.pdf", "file_data": "data:application/pdf;base64,JVBERg=="}},
            ]},
            {"role": "assistant", "content": null, "tool_calls": [
                {"id": "call_1", "type": "function", "function": {"name": "look", "arguments": "{\"x\":1}"}},
            ]},
            {"role": "tool", "tool_call_id": "call_1", "content": "a cat"},
        ],
        "temperature": 0.5, "top_p": 0.9, "frequency_penalty": 0.1, "presence_penalty": -0.1,
        "seed": 42, "stop": "END", "max_completion_tokens": 100, "logprobs": true, "top_logprobs": 2, "n": 1,
        "tools": [{"type": "function", "function": {"name": "look", "description": "Looks", "parameters": {"type": "object"}, "strict": true}}],
        "tool_choice": {"type": "function", "function": {"name": "look"}},
        "parallel_tool_calls": false,
        "response_format": {"type": "json_schema", "json_schema": {"name": "s", "schema": {"type": "object"}, "strict": true}},
        "reasoning_effort": "low", "service_tier": "flex", "prompt_cache_key": "k", "user": "u",
        "metadata": {"a": "1"},
        "logit_bias": {"50256": -100}, "verbosity": "low", "brand_new": [1.50, null],
    });
    served.stream(PATH, &asked).await;
    let request = &upstream.requests()[0];
    assert_eq!(
        request.header("authorization"),
        Some("Bearer sk-test-secret")
    );
    let mut seen = request.json();
    // The provider's own wish, and forms that mean the same.
    seen.as_object_mut().unwrap().remove("stream_options");
    let mut expected = asked;
    expected["model"] = json!("gpt-5-mini");
    expected["stop"] = seen["stop"].clone();
    assert!(seen["stop"] == "END" || seen["stop"] == json!(["END"]));
    assert_eq!(seen, expected);
    // Numbers that nobody read are still spelt as the client spelt them.
    let body = String::from_utf8(request.body.to_vec()).unwrap();
    assert!(body.contains("\"brand_new\":[1.5,null]"), "{body}");
}

#[tokio::test]
async fn what_cannot_be_honoured_is_said_in_header_and_body() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "Hi ☀");
    request["service_tier"] = json!("flex");
    request["messages"][0]["odd ☀"] = json!(1);
    for streamed in [false, true] {
        request["stream"] = json!(streamed);
        let answer = Answered::of(served.post(PATH, &request)).await;
        let header: Value = serde_json::from_str(answer.header("x-tidegate-warnings")).unwrap();
        let body: Value = match streamed {
            false => answer.json(),
            true => {
                let events = answer.events();
                let finish = events.iter().find(|event| event.contains("\"stop\""));
                serde_json::from_str(finish.unwrap()).unwrap()
            }
        };
        for said in [&header, &body["tidegate"]["warnings"]] {
            assert_eq!(said[0]["subject"], "messages[0].odd ☀");
            assert_eq!(said[1]["subject"], "service-tier");
        }
    }
    let answer = Answered::of(served.post(PATH, &question("echo/echo-1", "Hi"))).await;
    assert_eq!(answer.header("x-tidegate-warnings"), "");
    assert!(answer.json().get("tidegate").is_none());
}

#[tokio::test]
async fn a_request_keeps_its_id() {
    let upstream = Upstream::answering(hello());
    let served = Served::openai_at(&upstream).await;
    let request = served.post(PATH, &question("echo/echo-1", "Hi"));
    let answer = Answered::of(request.header("x-request-id", "job-17")).await;
    assert_eq!(answer.header("x-request-id"), "job-17");
    let answer = Answered::of(served.get("/nowhere").header("x-request-id", "job-18")).await;
    assert_eq!(answer.header("x-request-id"), "job-18");
}

#[tokio::test]
async fn a_hundred_calls_at_once_do_not_mix() {
    let served = Served::echo().await;
    let calls = (0..100).map(|number| {
        let text = format!("number {number} and nothing else");
        let request = question("echo/echo-1", &text);
        let answer = served.answer(PATH, &request);
        async move { (text, answer.await) }
    });
    for (text, answer) in futures::future::join_all(calls).await {
        assert_eq!(answer["choices"][0]["message"]["content"], text.as_str());
    }
    served.until_calls("echo", 0).await;
}

#[tokio::test]
async fn an_answer_streams_over_http_2_too() {
    let served = Served::echo().await;
    let mut request = question("echo/echo-1", "one two");
    request["stream"] = json!(true);
    let answer = Answered::of(served.post_http2(PATH, &request)).await;
    assert_eq!((answer.status, answer.events().len()), (200, 5));
}
