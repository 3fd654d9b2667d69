//! A gateway that was told to stop: what is under way ends, nothing new begins.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_tests::upstream::{Answer, Upstream, Valve};
use tokio::net::TcpStream;

use crate::support::{Served, with_openai};

const PATH: &str = "/v1/chat/completions";
const CHUNK: &str =
    r#"{"id":"c1","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"#;
const END: &str = r#"{"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;

fn question() -> Value {
    json!({"model": "openai/gpt-5", "stream": true, "messages": [{"role": "user", "content": "Hi"}]})
}

#[tokio::test]
async fn a_stream_under_way_is_finished() {
    let valve = Valve::shut();
    let answer = Answer::sse([CHUNK, END, "[DONE]"]).hold_after(CHUNK.len() + 8, &valve);
    let upstream = Upstream::answering(answer);
    let mut served = Served::openai_at(&upstream).await;
    let address = served.url("").replace("http://", "");
    let mut answer = served.post(PATH, &question()).send().await.unwrap();
    let first = answer.chunk().await.unwrap().unwrap();
    served.stop();
    // The listener is gone at once.
    while TcpStream::connect(&address).await.is_ok() {
        tokio::task::yield_now().await;
    }
    valve.open();
    let mut text = String::from_utf8(first.to_vec()).unwrap();
    while let Some(piece) = answer.chunk().await.unwrap() {
        text.push_str(std::str::from_utf8(&piece).unwrap());
    }
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
    served.stopped().await;
}

#[tokio::test]
async fn what_does_not_end_in_time_is_cut_off() {
    let answer = Answer::sse([CHUNK, END]).stall_after(CHUNK.len() + 8);
    let upstream = Upstream::answering(answer);
    let config = GatewayConfig {
        drain: Duration::from_millis(50),
        ..GatewayConfig::default()
    };
    let mut served = Served::new(with_openai(&upstream).await, config).await;
    let mut answer = served.post(PATH, &question()).send().await.unwrap();
    answer.chunk().await.unwrap();
    served.stop();
    served.stopped().await;
    served.until_calls("openai", 0).await;
    // The client is not left to think that this was all.
    let rest = async {
        while answer.chunk().await?.is_some() {}
        Ok::<_, reqwest::Error>(())
    };
    assert!(rest.await.is_err());
}
