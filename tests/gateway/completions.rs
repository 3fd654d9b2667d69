//! Texts to be continued, the older way of asking.

use serde_json::{Value, json};

use crate::support::{Answered, Served};

const PATH: &str = "/v1/completions";

#[tokio::test]
async fn texts_are_continued_whole() {
    let served = Served::echo().await;
    let request = json!({"model": "echo/echo-1", "prompt": ["one two", "three"], "logprobs": 1});
    let answer = served.answer(PATH, &request).await;
    assert_eq!(answer["object"], "text_completion");
    assert_eq!(answer["choices"][0]["text"], "one two");
    assert_eq!(answer["choices"][1]["text"], "three");
    let logprobs = &answer["choices"][0]["logprobs"];
    assert_eq!(logprobs["tokens"], json!(["one ", "two"]));
    assert_eq!(logprobs["text_offset"], json!([0, 4]));
    assert_eq!(answer["usage"]["prompt_tokens"], 3);
}

#[tokio::test]
async fn texts_are_continued_as_a_stream() {
    let served = Served::echo().await;
    let request = json!({
        "model": "echo/echo-1", "prompt": "one two", "stream": true,
        "stream_options": {"include_usage": true},
    });
    let events = served.stream(PATH, &request).await;
    let (last, chunks) = events.split_last().unwrap();
    assert_eq!(last, "[DONE]");
    let chunks: Vec<Value> = chunks
        .iter()
        .map(|it| serde_json::from_str(it).unwrap())
        .collect();
    let texts: Vec<&Value> = chunks.iter().map(|it| &it["choices"][0]["text"]).collect();
    assert_eq!(
        texts,
        [&json!("one "), &json!("two"), &json!(""), &Value::Null]
    );
    assert_eq!(chunks[2]["choices"][0]["finish_reason"], "stop");
    assert_eq!(chunks[3]["usage"]["completion_tokens"], 2);
}

#[tokio::test]
async fn token_ids_are_refused_with_their_place() {
    let served = Served::echo().await;
    let request = json!({"model": "echo/echo-1", "prompt": [1, 2]});
    let answer = Answered::of(served.post(PATH, &request)).await;
    assert_eq!(
        (answer.status, &answer.error()["param"]),
        (400, &json!("prompt[0]"))
    );
}
