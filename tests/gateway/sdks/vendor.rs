//! OpenAI's API as the scripts need it. What it does is chosen by the model that is asked for:
//!
//! | model | answer to a chat |
//! |---|---|
//! | `plain` | the question again |
//! | `crowd` | the question again, to nobody before a hundred have asked |
//! | `tools` | two calls of the tool, then the sum of what they gave |
//! | `parsed` | a person as JSON, if it was asked for by a strict schema |
//! | `short`, `filtered` | half a person, for want of tokens or because of what it says |
//! | `endless` | a first piece, and silence |
//! | `silent` | nothing |
//! | `cut` | a stream that breaks off |
//! | `busy-once` | 429 with a time to wait, and from then on how often it was asked |
//! | `poor` | 429: no money is left |
//! | `asked` | how often the model named in the question was asked for |
//! | `status-<n>` | that status |

use std::collections::HashMap;

use base64::Engine as _;
use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Request, Split, Valve};

/// How many ask at once.
const CROWD: usize = 100;

/// Says what to answer.
pub fn answers() -> impl FnMut(&Request) -> Answer + Send + 'static {
    let mut asked: HashMap<String, usize> = HashMap::new();
    let crowd = Valve::shut();
    move |request| {
        if request.path() == "/v1/models" {
            return models();
        }
        let body = request.json();
        match request.path() {
            "/v1/embeddings" => return embeddings(&body),
            "/v1/completions" => return completion(&body),
            "/v1/chat/completions" => {}
            path => return refusal(404, &format!("nothing is at {path}"), "unknown_url"),
        }
        let model = body["model"].as_str().unwrap_or_default();
        let count = asked.entry(model.into()).or_default();
        *count += 1;
        let count = *count;
        match model {
            "plain" => text(&body, question(&body)),
            "crowd" => {
                if count == CROWD {
                    crowd.open();
                }
                text(&body, question(&body)).hold_before_head(&crowd)
            }
            "tools" => tools(&body),
            "parsed" => parsed(&body),
            "short" => half(&body, "length"),
            "filtered" => half(&body, "content_filter"),
            // In the third of its chunks, of some 180 bytes each.
            "endless" => text(&body, "one two three").stall_after(400),
            "silent" => Answer::new(200).stall_before_head(),
            "cut" => text(&body, "one two three").cut_after(400),
            "busy-once" if count == 1 => {
                refusal(429, "slow down", "rate_limit_exceeded").header("retry-after-ms", "5")
            }
            "busy-once" => text(&body, &count.to_string()),
            "poor" => refusal(429, "no money is left", "insufficient_quota"),
            "asked" => {
                let count = asked.get(question(&body)).copied().unwrap_or_default();
                text(&body, &count.to_string())
            }
            other => match other.strip_prefix("status-").map(str::parse) {
                Some(Ok(status)) => {
                    refusal(status, "as you wished", "wished").header("retry-after", "7")
                }
                _ => refusal(404, "no such model", "model_not_found"),
            },
        }
    }
}

/// The text of the last message.
fn question(body: &Value) -> &str {
    let last = body["messages"].as_array().and_then(|it| it.last());
    last.and_then(|it| it["content"].as_str())
        .unwrap_or_default()
}

fn refusal(status: u16, message: &str, code: &str) -> Answer {
    let error = json!({"message": message, "type": "of_vendor", "param": null, "code": code});
    Answer::json(status, json!({"error": error}))
}

fn text(body: &Value, text: &str) -> Answer {
    let pieces = text.split_inclusive(' ');
    let deltas = pieces.map(|piece| json!({"content": piece})).collect();
    message(body, json!({"content": text}), deltas, "stop")
}

/// A message, whole or in pieces as it is asked for.
fn message(body: &Value, whole: Value, deltas: Vec<Value>, finish: &str) -> Answer {
    let usage = json!({
        "prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12,
        "prompt_tokens_details": {"cached_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 3},
    });
    let named = |object: &str| json!({"id": "chatcmpl-7", "object": object, "created": 1_700_000_000, "model": body["model"]});
    if body["stream"] != true {
        let mut answer = named("chat.completion");
        let mut message = json!({"role": "assistant", "content": null, "refusal": null});
        merge(&mut message, whole);
        answer["choices"] = json!([
            {"index": 0, "message": message, "logprobs": null, "finish_reason": finish}
        ]);
        answer["usage"] = usage;
        return Answer::json(200, answer);
    }
    let chunk = |delta: Value, finish: Value| {
        let mut chunk = named("chat.completion.chunk");
        chunk["choices"] = json!([{"index": 0, "delta": delta, "finish_reason": finish}]);
        chunk
    };
    let mut chunks = vec![chunk(
        json!({"role": "assistant", "content": null}),
        Value::Null,
    )];
    chunks.extend(deltas.into_iter().map(|delta| chunk(delta, Value::Null)));
    chunks.push(chunk(json!({}), json!(finish)));
    if body["stream_options"]["include_usage"] == true {
        let mut last = named("chat.completion.chunk");
        last["choices"] = json!([]);
        last["usage"] = usage;
        chunks.push(last);
    }
    let mut events: Vec<String> = chunks.iter().map(Value::to_string).collect();
    events.push("[DONE]".into());
    // Nothing may depend on what arrives together.
    Answer::sse(events).split(Split::Every(37))
}

fn merge(into: &mut Value, from: Value) {
    for (name, value) in from.as_object().into_iter().flatten() {
        into[name] = value.clone();
    }
}

/// Asks for the weather in two places at once, and adds up what it is told.
fn tools(body: &Value) -> Answer {
    let messages = body["messages"].as_array().map(Vec::as_slice);
    let results: Vec<(&str, &str)> = messages
        .unwrap_or_default()
        .iter()
        .filter(|message| message["role"] == "tool")
        .filter_map(|it| Some((it["tool_call_id"].as_str()?, it["content"].as_str()?)))
        .collect();
    let places = [("call_a", "Oslo"), ("call_b", "São Paulo")];
    if !results.is_empty() {
        let known = |id: &str| results.iter().find(|it| it.0 == id).map_or("?", |it| it.1);
        let sum = places.map(|(id, place)| format!("{place} {}", known(id)));
        return text(body, &sum.join(", "));
    }
    if body["tools"][0]["function"]["name"] != "weather" {
        return refusal(400, "there is no tool `weather`", "no_tool");
    }
    let arguments = places.map(|(_, place)| json!({"place": place}).to_string());
    let mut deltas = Vec::new();
    let mut calls = Vec::new();
    for (index, ((id, _), arguments)) in places.iter().zip(&arguments).enumerate() {
        let function = json!({"name": "weather", "arguments": ""});
        deltas.push(json!({"tool_calls": [{"index": index, "id": id, "type": "function", "function": function}]}));
        for piece in arguments.split_inclusive([':', ' ', 'o']) {
            deltas
                .push(json!({"tool_calls": [{"index": index, "function": {"arguments": piece}}]}));
        }
        let function = json!({"name": "weather", "arguments": arguments});
        calls.push(json!({"id": id, "type": "function", "function": function}));
    }
    message(body, json!({"tool_calls": calls}), deltas, "tool_calls")
}

fn parsed(body: &Value) -> Answer {
    let format = &body["response_format"];
    let schema = &format["json_schema"];
    let is_strict = format["type"] == "json_schema"
        && schema["strict"] == true
        && schema["schema"]["additionalProperties"] == false
        && schema["schema"]["properties"]["age"]["type"] == "integer";
    match is_strict {
        true => text(body, r#"{"name": "Ada Lovelace", "age": 36}"#),
        false => refusal(400, &format!("no strict schema: {format}"), "no_schema"),
    }
}

fn half(body: &Value, finish: &str) -> Answer {
    let text = r#"{"name": "Ada"#;
    message(
        body,
        json!({"content": text}),
        vec![json!({"content": text})],
        finish,
    )
}

fn completion(body: &Value) -> Answer {
    let prompt = body["prompt"].as_str().or(body["prompt"][0].as_str());
    let prompt = prompt.unwrap_or_default();
    let named = |text: &str, finish: Value| {
        json!({"id": "cmpl-7", "object": "text_completion", "created": 7, "model": body["model"],
            "choices": [{"index": 0, "text": text, "logprobs": null, "finish_reason": finish}]})
    };
    if body["stream"] == true {
        let chunks = [named(prompt, Value::Null), named(" goes on", json!("stop"))];
        let events = chunks.iter().map(Value::to_string);
        return Answer::sse(events.chain(["[DONE]".into()]));
    }
    let mut whole = named(&format!("{prompt} goes on"), json!("stop"));
    whole["usage"] = json!({"prompt_tokens": 2, "completion_tokens": 2, "total_tokens": 4});
    Answer::json(200, whole)
}

/// Two numbers for each input: its place, and its length with a half, which no encoding may lose.
fn embeddings(body: &Value) -> Answer {
    let inputs = body["input"].as_array().map(Vec::as_slice);
    let inputs = inputs.unwrap_or(std::slice::from_ref(&body["input"]));
    let vectors = inputs.iter().enumerate().map(|(index, input)| {
        let length = input.as_str().unwrap_or_default().len() as f32;
        let numbers = [index as f32, -length - 0.5];
        let bytes: Vec<u8> = numbers.iter().flat_map(|it| it.to_le_bytes()).collect();
        let embedding = match body["encoding_format"] == "base64" {
            true => json!(base64::engine::general_purpose::STANDARD.encode(bytes)),
            false => json!(numbers),
        };
        json!({"object": "embedding", "index": index, "embedding": embedding})
    });
    let data: Vec<Value> = vectors.collect();
    let usage = json!({"prompt_tokens": 4, "total_tokens": 4});
    Answer::json(
        200,
        json!({"object": "list", "data": data, "model": body["model"], "usage": usage}),
    )
}

fn models() -> Answer {
    let model = |id: &str| json!({"id": id, "object": "model", "created": 1_700_000_000, "owned_by": "vendor"});
    Answer::json(
        200,
        json!({"object": "list", "data": [model("plain"), model("org/tuned")]}),
    )
}
