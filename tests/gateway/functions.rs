//! The older form of tools, and sound: where clients of OpenAI's look for them, whatever stands in
//! between.

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::{Answered, Served};

const PATH: &str = "/v1/chat/completions";

fn whole(message: Value, reason: &str) -> Answer {
    let choice = json!({"index": 0, "message": message, "finish_reason": reason});
    Answer::json(200, json!({"id": "c", "model": "m", "choices": [choice]}))
}

fn call(id: &str, arguments: &str) -> Value {
    json!({"id": id, "type": "function", "function": {"name": "look", "arguments": arguments}})
}

/// Chunks with these deltas, and a reason to end.
fn streamed(deltas: &[Value], reason: &str) -> Answer {
    let last = [(&json!({}), json!(reason))];
    let chunks = deltas.iter().map(|delta| (delta, Value::Null)).chain(last);
    let chunks = chunks.map(|(delta, reason)| {
        let choice = json!({"index": 0, "delta": delta, "finish_reason": reason});
        json!({"id": "c", "model": "m", "choices": [choice]}).to_string()
    });
    Answer::sse(chunks.chain(["[DONE]".to_owned()]))
}

/// The choices of a stream's chunks.
async fn choices(served: &Served, request: &Value) -> Vec<Value> {
    let mut events = served.stream(PATH, request).await;
    assert_eq!(events.pop().unwrap(), "[DONE]");
    let chunks = events
        .iter()
        .map(|it| serde_json::from_str::<Value>(it).unwrap());
    chunks.map(|mut it| it["choices"][0].take()).collect()
}

fn asked() -> Value {
    json!({
        "model": "openai/m",
        "messages": [
            {"role": "user", "content": "What is there?"},
            {"role": "assistant", "content": null, "function_call": {"name": "look", "arguments": "{}"}},
            {"role": "function", "name": "look", "content": "a cat"},
            {"role": "user", "content": "And now?"},
        ],
        "functions": [{"name": "look", "description": "d", "parameters": {"type": "object"}}],
        "function_call": {"name": "look"},
    })
}

#[tokio::test]
async fn functions_are_tools_for_the_vendor_and_function_calls_for_the_client() {
    let two = json!({"role": "assistant", "content": null, "tool_calls": [call("c1", "{\"x\":1}"), call("c2", "{}")]});
    let upstream = Upstream::answering(whole(two, "tool_calls"));
    let served = Served::openai_at(&upstream).await;
    let answer = Answered::of(served.post(PATH, &asked())).await;
    let choice = &answer.json()["choices"][0];
    assert_eq!(
        choice["message"]["function_call"],
        json!({"name": "look", "arguments": "{\"x\":1}"})
    );
    assert_eq!(choice["message"]["tool_calls"], Value::Null);
    assert_eq!(choice["finish_reason"], "function_call");
    // The second one has no place.
    assert!(answer.header("x-tidegate-warnings").contains("functions"));

    let sent = upstream.requests()[0].json();
    let function = json!({"name": "look", "description": "d", "parameters": {"type": "object"}});
    assert_eq!(
        sent["tools"],
        json!([{"type": "function", "function": function}])
    );
    assert_eq!(
        sent["tool_choice"],
        json!({"type": "function", "function": {"name": "look"}})
    );
    assert_eq!(sent["parallel_tool_calls"], false);
    assert_eq!(
        (&sent["functions"], &sent["function_call"]),
        (&Value::Null, &Value::Null)
    );
    let id = &sent["messages"][1]["tool_calls"][0]["id"];
    assert!(id.is_string(), "{sent}");
    assert_eq!(
        sent["messages"][2],
        json!({"role": "tool", "tool_call_id": id, "content": "a cat"})
    );
}

#[tokio::test]
async fn a_streamed_function_call_is_one() {
    let begun = |index: u32, id: &str| {
        let mut call = call(id, "");
        call["index"] = json!(index);
        json!({"tool_calls": [call]})
    };
    let grown = |index: u32, text: &str| json!({"tool_calls": [{"index": index, "function": {"arguments": text}}]});
    let deltas = [
        begun(0, "c1"),
        grown(0, "{\"x\""),
        grown(0, ":1}"),
        begun(1, "c2"),
        grown(1, "{}"),
    ];
    let upstream = Upstream::answering(streamed(&deltas, "tool_calls"));
    let served = Served::openai_at(&upstream).await;
    let mut request = asked();
    request["stream"] = json!(true);
    let choices = choices(&served, &request).await;
    let calls: Vec<&Value> = choices
        .iter()
        .map(|choice| &choice["delta"]["function_call"])
        .filter(|call| !call.is_null())
        .collect();
    assert_eq!(calls[0], &json!({"name": "look", "arguments": ""}));
    let arguments = calls.iter().map(|call| call["arguments"].as_str().unwrap());
    assert_eq!(arguments.collect::<String>(), "{\"x\":1}");
    assert!(
        choices
            .iter()
            .all(|choice| choice["delta"]["tool_calls"].is_null())
    );
    assert_eq!(choices.last().unwrap()["finish_reason"], "function_call");
}

#[tokio::test]
async fn the_two_forms_do_not_mix() {
    let upstream = Upstream::answering(Answer::new(500));
    let served = Served::openai_at(&upstream).await;
    let tool = json!([{"type": "function", "function": {"name": "f"}}]);
    let function = json!([{"name": "f"}]);
    let user = json!({"role": "user", "content": "Hi"});
    let orphan = json!({"role": "function", "name": "f", "content": "x"});
    for (members, place) in [
        (json!({"functions": function, "tools": tool}), "functions"),
        (json!({"function_call": "auto"}), "function_call"),
        (
            json!({"functions": function, "function_call": "often"}),
            "function_call",
        ),
        (
            json!({"functions": function, "tool_choice": "auto"}),
            "tool_choice",
        ),
        (json!({"functions": [{}]}), "functions[0]"),
        (json!({"messages": [user, orphan]}), "messages[1].name"),
    ] {
        let mut request = json!({"model": "openai/m", "messages": [user]});
        for (name, value) in members.as_object().unwrap() {
            request[name] = value.clone();
        }
        let answer = Answered::of(served.post(PATH, &request)).await;
        assert_eq!(
            (answer.status, &answer.error()["param"]),
            (400, &json!(place)),
            "{}",
            answer.text
        );
    }
    assert!(upstream.requests().is_empty());
}

#[tokio::test]
async fn sound_is_where_openai_has_it_if_it_was_asked_for() {
    let audio =
        json!({"id": "audio_1", "expires_at": 7, "data": "UklG", "transcript": "Good morning"});
    let said = json!({"role": "assistant", "content": null, "audio": audio});
    let upstream = Upstream::answering(whole(said, "stop"));
    let served = Served::openai_at(&upstream).await;
    let mut request = json!({
        "model": "openai/m", "messages": [{"role": "user", "content": "Hi"}],
        "modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "wav"},
    });
    let answer = served.answer(PATH, &request).await;
    let message = answer["choices"][0]["message"].clone();
    assert_eq!(
        (&message["audio"], &message["content"]),
        (&audio, &Value::Null)
    );
    assert_eq!(message["files"], Value::Null);
    let sent = upstream.requests()[0].json();
    assert_eq!(sent["audio"], json!({"voice": "alloy", "format": "wav"}));
    assert_eq!(sent["modalities"], json!(["text", "audio"]));

    // And so it comes back.
    let messages = request["messages"].as_array_mut().unwrap();
    messages.extend([message, json!({"role": "user", "content": "And now?"})]);
    served.answer(PATH, &request).await;
    let sent = upstream.requests()[1].json();
    assert_eq!(sent["messages"][1]["audio"], json!({"id": "audio_1"}));
}

#[tokio::test]
async fn sound_is_streamed_where_openai_has_it() {
    let deltas = [
        json!({"audio": {"id": "audio_1", "transcript": "Good "}}),
        json!({"audio": {"transcript": "morning"}}),
        json!({"audio": {"data": "UklG"}}),
        json!({"audio": {"expires_at": 7}}),
    ];
    let upstream = Upstream::answering(streamed(&deltas, "stop"));
    let served = Served::openai_at(&upstream).await;
    let request = json!({
        "model": "openai/m", "messages": [{"role": "user", "content": "Hi"}], "stream": true,
        "modalities": ["text", "audio"], "audio": {"voice": "alloy", "format": "pcm16"},
    });
    let choices = choices(&served, &request).await;
    let texts = choices
        .iter()
        .filter_map(|choice| choice["delta"]["content"].as_str());
    assert_eq!(texts.collect::<String>(), "Good morning");
    let audio = choices
        .iter()
        .map(|choice| choice["delta"]["audio"].clone())
        .filter(|audio| !audio.is_null());
    assert_eq!(
        audio.collect::<Vec<_>>(),
        [
            json!({"data": "UklG"}),
            json!({"id": "audio_1", "expires_at": 7})
        ]
    );
}
