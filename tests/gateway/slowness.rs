//! Clients that are slow, or never say or hear anything: they are not waited for without end.

use std::time::Duration;

use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_host::Route;
use tidegate_tests::upstream::{Answer, Upstream, Valve};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{PATIENCE, Served, echo, events, read_to_end, with_openai};

const PATH: &str = "/v1/chat/completions";
const SHORT: Duration = Duration::from_millis(50);

#[tokio::test]
async fn a_client_that_does_not_finish_its_head_is_hung_up_on() {
    let config = GatewayConfig {
        header_timeout: SHORT,
        ..GatewayConfig::default()
    };
    let served = Served::new(echo().await, config).await;
    for beginning in [
        "",
        "P",
        "PRI * HTTP/2.0\r\n",
        "POST / HTTP/1.1\r\nhost: local",
    ] {
        let mut socket = served.connect().await;
        socket.write_all(beginning.as_bytes()).await.unwrap();
        let answer = read_to_end(&mut socket).await;
        assert!(!answer.contains("200"), "{beginning}: {answer}");
    }
}

#[tokio::test]
async fn a_client_that_does_not_finish_its_body_is_told_so() {
    let config = GatewayConfig {
        body_timeout: SHORT,
        ..GatewayConfig::default()
    };
    let served = Served::new(echo().await, config).await;
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{{"
    );
    let answer = served.raw(head.as_bytes()).await;
    assert!(answer.starts_with("HTTP/1.1 408"), "{answer}");
    assert!(answer.contains("request_timeout"));
}

#[tokio::test]
async fn a_client_that_does_not_read_its_answer_is_given_up() {
    let config = GatewayConfig {
        write_timeout: SHORT,
        ..GatewayConfig::default()
    };
    let served = Served::new(echo().await, config).await;
    // More than any socket on the way holds.
    let text = "x".repeat(1 << 19);
    let body = json!({
        "model": "echo/echo-1", "stream": true, "n": 32,
        "messages": [{"role": "user", "content": text}],
    });
    let body = body.to_string();
    let mut socket = served.connect().await;
    let head = format!(
        "POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    socket.write_all(head.as_bytes()).await.unwrap();
    socket.write_all(body.as_bytes()).await.unwrap();
    socket.read_exact(&mut [0; 12]).await.unwrap();
    served.until_calls("echo", 0).await;
    let answer = read_to_end(&mut socket).await;
    assert!(!answer.contains("[DONE]"));
}

/// What every HTTP/2 client begins with, and settings of no content.
const HTTP2: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0";

#[tokio::test]
async fn an_http2_client_that_asks_for_nothing_is_hung_up_on() {
    let config = GatewayConfig {
        header_timeout: SHORT,
        write_timeout: SHORT,
        ..GatewayConfig::default()
    };
    let served = Served::new(echo().await, config).await;
    let mut socket = served.connect().await;
    socket.write_all(HTTP2).await.unwrap();
    let mut said = Vec::new();
    let read = tokio::time::timeout(PATIENCE, socket.read_to_end(&mut said));
    read.await.expect("it is hung up on").unwrap();
}

#[tokio::test]
async fn an_http2_client_that_gives_its_answer_no_room_is_given_up() {
    let config = GatewayConfig {
        header_timeout: SHORT,
        write_timeout: SHORT,
        ..GatewayConfig::default()
    };
    let served = Served::new(echo().await, config).await;
    // More than the window that a client grants unless it says otherwise.
    let text = "x".repeat(1 << 19);
    for stream in [true, false] {
        let body = json!({
            "model": "echo/echo-1", "stream": stream,
            "messages": [{"role": "user", "content": text}],
        });
        let client = narrow_http2();
        let mut answer = served.post_by(&client, PATH, &body).await;
        // It is not read, and the call ends all the same; then nothing is asked any more.
        served.until_calls("echo", 0).await;
        served.until_connections(0).await;
        let read = async {
            while answer.chunk().await?.is_some() {}
            Ok::<_, reqwest::Error>(())
        };
        let read = tokio::time::timeout(PATIENCE, read).await;
        assert!(read.expect("it is hung up on").is_err(), "stream: {stream}");
    }
}

/// A client whose windows hold next to nothing.
fn narrow_http2() -> reqwest::Client {
    let client = reqwest::Client::builder().no_proxy();
    let client = client.http2_prior_knowledge();
    client
        .http2_initial_stream_window_size(1 << 10)
        .build()
        .unwrap()
}

#[tokio::test]
async fn an_answer_that_is_not_read_ends_without_the_others_on_its_connection() {
    let chunk =
        r#"{"id":"c1","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"#;
    let end = r#"{"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    let valve = Valve::shut();
    let answer = Answer::sse([chunk, end, "[DONE]"]).hold_after(chunk.len() + 8, &valve);
    let upstream = Upstream::answering(answer);
    let config = GatewayConfig {
        write_timeout: SHORT,
        ..GatewayConfig::default()
    };
    let served = Served::new(with_openai(&upstream).await, config).await;
    let client = narrow_http2();
    let ask = |model: &str, text: String| json!({"model": model, "stream": true, "messages": [{"role": "user", "content": text}]});
    let question = ask("openai/gpt-5", "Hi".into());
    let read = served.post_by(&client, PATH, &question).await;
    let question = ask("echo/echo-1", "x".repeat(1 << 19));
    let mut unread = served.post_by(&client, PATH, &question).await;
    served.until_calls("echo", 0).await;
    let ended = async {
        while unread.chunk().await?.is_some() {}
        Ok::<_, reqwest::Error>(())
    };
    let ended = tokio::time::timeout(PATIENCE, ended).await;
    assert!(ended.expect("it is reset").is_err());
    valve.open();
    let text = read.text().await.unwrap();
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
}

#[tokio::test]
async fn a_silent_stream_shows_signs_of_life() {
    let chunk =
        r#"{"id":"c1","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":null}]}"#;
    let end = r#"{"id":"c1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#;
    // Silent before its first word, and after it; a route waits for the first word itself.
    let silences = [0, chunk.len() + 8];
    let silences = silences.map(|at| [("openai/gpt-5", at), ("fast", at)]);
    for (model, silent_at) in silences.into_iter().flatten() {
        let valve = Valve::shut();
        let answer = Answer::sse([chunk, end, "[DONE]"]).hold_after(silent_at, &valve);
        let upstream = Upstream::answering(answer);
        let config = GatewayConfig {
            keep_alive: SHORT,
            ..GatewayConfig::default()
        };
        let runtime = with_openai(&upstream).await;
        let route = Route::new(["openai/gpt-5"]).retries(2);
        runtime.set_routes([("fast".to_owned(), route)]).unwrap();
        let served = Served::new(runtime, config).await;
        let request = json!({"model": model, "stream": true, "messages": [{"role": "user", "content": "Hi"}]});
        let mut answer = served.post(PATH, &request).send().await.unwrap();
        assert_eq!(answer.status(), 200);
        let mut text = String::new();
        while text.matches(": keep-alive\n\n").count() < 2 {
            let piece = answer.chunk().await.unwrap().unwrap();
            text.push_str(std::str::from_utf8(&piece).unwrap());
        }
        valve.open();
        while let Some(piece) = answer.chunk().await.unwrap() {
            text.push_str(std::str::from_utf8(&piece).unwrap());
        }
        let events = events(&text);
        assert_eq!(events.last().unwrap(), "[DONE]");
        let chunk: Value = serde_json::from_str(&events[1]).unwrap();
        assert_eq!(chunk["choices"][0]["delta"]["content"], "Hi");
    }
}

#[tokio::test]
async fn a_client_may_say_how_long_it_waits() {
    let upstream = Upstream::answering(Answer::new(200).stall_before_head());
    let served = Served::openai_at(&upstream).await;
    let request = json!({"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hi"}]});
    let answer = served
        .post(PATH, &request)
        .header("x-tidegate-timeout-ms", "50")
        .send()
        .await;
    assert_eq!(answer.unwrap().status(), 504);
    served.until_calls("openai", 0).await;
    let answer = served
        .post(PATH, &request)
        .header("x-tidegate-timeout-ms", "soon")
        .send()
        .await;
    assert_eq!(answer.unwrap().status(), 400);
}
