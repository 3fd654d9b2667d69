//! Clients that are gone: what their calls held is given back, here and at the vendor.

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Upstream};
use tokio::io::AsyncWriteExt as _;

use crate::support::Served;

const PATH: &str = "/v1/chat/completions";

fn question(stream: bool) -> Value {
    json!({"model": "openai/gpt-5", "stream": stream, "messages": [{"role": "user", "content": "Hi"}]})
}

fn chunk() -> String {
    r#"{"id":"c1","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}"#.into()
}

#[tokio::test]
async fn a_client_that_leaves_a_stream_frees_everything() {
    let chunk = chunk();
    let upstream = Upstream::answering(Answer::sse([&chunk, &chunk]).stall_after(chunk.len() + 8));
    let served = Served::openai_at(&upstream).await;
    let mut answer = served.post(PATH, &question(true)).send().await.unwrap();
    assert!(answer.chunk().await.unwrap().is_some());
    assert_eq!(served.calls("openai"), 1);
    drop(answer);
    upstream.wait_for_abandoned(1).await;
    served.until_calls("openai", 0).await;
}

#[tokio::test]
async fn a_client_that_cancels_a_request_of_http_2_frees_everything() {
    let chunk = chunk();
    let upstream = Upstream::answering(Answer::sse([&chunk, &chunk]).stall_after(chunk.len() + 8));
    let served = Served::openai_at(&upstream).await;
    let mut answer = served
        .post_http2(PATH, &question(true))
        .send()
        .await
        .unwrap();
    assert!(answer.chunk().await.unwrap().is_some());
    drop(answer);
    upstream.wait_for_abandoned(1).await;
    served.until_calls("openai", 0).await;
}

#[tokio::test]
async fn a_client_that_does_not_wait_for_a_whole_answer_frees_everything() {
    let upstream = Upstream::answering(Answer::new(200).stall_before_head());
    let served = Served::openai_at(&upstream).await;
    for streamed in [false, true] {
        let body = question(streamed).to_string();
        let mut socket = served.connect().await;
        let request = format!(
            "POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        );
        socket.write_all(request.as_bytes()).await.unwrap();
        served.until_calls("openai", 1).await;
        drop(socket);
        served.until_calls("openai", 0).await;
    }
    upstream.wait_for_closed(2).await;
}
