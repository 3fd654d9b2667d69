//! Texts to be continued, the older way of asking.

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Upstream};

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
async fn log_probabilities_are_in_the_chunk_of_their_text() {
    let piece = |text: &str| {
        json!({"id": "c", "model": "m", "choices": [{"index": 0, "text": text, "logprobs": {
            "tokens": [text], "token_logprobs": [-0.5], "top_logprobs": null, "text_offset": [0],
        }}]})
    };
    let end = json!({"choices": [{"index": 0, "text": "", "finish_reason": "stop"}]});
    let said = [piece("one "), piece("two"), end].map(|chunk| chunk.to_string());
    let [one, two, end] = said;
    let upstream = Upstream::answering(Answer::sse([one, two, end, "[DONE]".into()]));
    let served = Served::openai_at(&upstream).await;
    let request = json!({"model": "openai/m", "prompt": "Count", "stream": true, "logprobs": 0});
    let mut events = served.stream(PATH, &request).await;
    assert_eq!(events.pop().unwrap(), "[DONE]");
    let chunks = events
        .iter()
        .map(|it| serde_json::from_str::<Value>(it).unwrap());
    let mut choices: Vec<Value> = chunks.map(|mut it| it["choices"][0].take()).collect();
    assert_eq!(choices.pop().unwrap()["finish_reason"], "stop");
    let pieces = choices.iter().map(|choice| {
        let logprobs = &choice["logprobs"];
        (
            &choice["text"],
            &logprobs["tokens"],
            &logprobs["text_offset"],
        )
    });
    assert_eq!(
        pieces.collect::<Vec<_>>(),
        [
            (&json!("one "), &json!(["one "]), &json!([0])),
            (&json!("two"), &json!(["two"]), &json!([4])),
        ]
    );
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
