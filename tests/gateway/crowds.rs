//! More connections than the gateway takes.

use tidegate_gateway::GatewayConfig;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use crate::support::{Served, echo, read_to_end};

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
