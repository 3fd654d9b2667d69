//! More connections than the gateway takes.

use std::time::Duration;

use serde_json::json;
use tidegate_gateway::GatewayConfig;
use tidegate_tests::upstream::{Answer, Upstream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Served, echo, read_to_end, with_openai};

#[tokio::test]
async fn connections_past_the_cap_are_turned_away_and_others_are_not() {
    let config = GatewayConfig {
        connections: 1,
        ..GatewayConfig::default()
    };
    let served = Served::new(echo().await, config).await;
    let mut first = served.connect().await;
    let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\n\r\n";
    first.write_all(request).await.unwrap();
    let mut answer = [0; 15];
    first.read_exact(&mut answer).await.unwrap();
    assert_eq!(&answer, b"HTTP/1.1 200 OK");

    let answer = served.raw(request).await;
    assert!(answer.starts_with("HTTP/1.1 503"), "{answer}");
    assert!(answer.contains("retry-after: 1") && answer.contains("gateway.connections"));

    drop(first);
    // Until the gateway has noticed.
    loop {
        let mut next = served.connect().await;
        let request = b"GET /healthz HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
        next.write_all(request).await.unwrap();
        if read_to_end(&mut next).await.starts_with("HTTP/1.1 200") {
            break;
        }
    }
}

#[tokio::test]
async fn threads_of_its_own_serve_as_the_callers_runtime_does() {
    let config = GatewayConfig {
        threads: 2,
        ..GatewayConfig::default()
    };
    let mut served = Served::new(echo().await, config).await;
    let request = json!({"model": "echo/echo-1", "messages": [{"role": "user", "content": "Hi"}]});
    let asking = (0..32).map(|_| served.answer("/v1/chat/completions", &request));
    for answer in futures::future::join_all(asking).await {
        assert_eq!(answer["choices"][0]["message"]["content"], "Hi");
    }
    served.stop();
    served.stopped().await;
}

#[tokio::test]
async fn threads_of_its_own_cut_off_what_does_not_end_in_time() {
    let upstream = Upstream::answering(Answer::new(200).stall_before_head());
    let config = GatewayConfig {
        threads: 2,
        drain: Duration::from_millis(50),
        ..GatewayConfig::default()
    };
    let mut served = Served::new(with_openai(&upstream).await, config).await;
    let request = json!({"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hi"}]});
    let asking = tokio::spawn(served.post("/v1/chat/completions", &request).send());
    served.until_calls("openai", 1).await;
    served.stop();
    served.stopped().await;
    assert!(asking.await.unwrap().is_err());
    served.until_calls("openai", 0).await;
}
