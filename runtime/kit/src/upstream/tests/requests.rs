//! What the upstream makes of the bytes that a client sends.

use serde_json::json;

use super::client::Client;
use crate::upstream::{Answer, Request, Upstream};

/// Sends `bytes` and returns the request that arrived.
async fn received(bytes: &str) -> Request {
    let upstream = Upstream::answering(Answer::new(204));
    let mut client = Client::connect(&upstream).await;
    client.send(bytes).await;
    client.expect("HTTP/1.1 204 \r\n\r\n").await;
    assert_eq!(upstream.requests().len(), 1);
    upstream.requests().remove(0)
}

#[tokio::test]
async fn a_request_is_kept_as_it_came() {
    let head = "POST /v1/chat?a=1&b=%2F HTTP/1.1\r\nHost: here\r\nX-A: 1\r\nx-a: 2\r\n\
                Content-Length: 7\r\n\r\n";
    let request = received(&format!("{head}{{\"a\":1}}")).await;
    assert_eq!(
        (request.method.as_str(), request.target.as_str()),
        ("POST", "/v1/chat?a=1&b=%2F")
    );
    assert_eq!(
        (request.path(), request.query()),
        ("/v1/chat", Some("a=1&b=%2F"))
    );
    let names: Vec<&str> = request
        .headers
        .iter()
        .map(|(name, _)| name.as_str())
        .collect();
    assert_eq!(names, ["Host", "X-A", "x-a", "Content-Length"]);
    assert_eq!(request.header("HOST"), Some("here"));
    assert_eq!(request.header_values("X-a").collect::<Vec<_>>(), ["1", "2"]);
    assert_eq!(request.header("authorization"), None);
    assert_eq!(request.head, head);
    assert_eq!(request.json(), json!({"a": 1}));
    assert_eq!(request.text(), r#"{"a":1}"#);
    assert_eq!(request.connection, 1);
    assert_eq!(request.to_string(), "POST /v1/chat?a=1&b=%2F");
}

#[tokio::test]
async fn chunks_are_joined_and_trailers_dropped() {
    let request = received(
        "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\
         3\r\nabc\r\nA;name=value\r\n0123456789\r\n0\r\nTrailer: 1\r\n\r\n",
    )
    .await;
    assert_eq!(request.text(), "abc0123456789");
}

#[tokio::test]
async fn a_request_may_trickle_in() {
    let upstream = Upstream::start(|request| Answer::new(200).body(request.body.clone()));
    let mut client = Client::connect(&upstream).await;
    for byte in "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n".chars()
    {
        client.send(&byte.to_string()).await;
        tokio::task::yield_now().await;
    }
    client
        .expect("HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabc")
        .await;
}

#[tokio::test]
async fn a_client_that_expects_to_be_asked_is_asked() {
    let upstream = Upstream::answering(Answer::new(204));
    let mut client = Client::connect(&upstream).await;
    client
        .send("POST / HTTP/1.1\r\nExpect: 100-Continue\r\nContent-Length: 3\r\n\r\n")
        .await;
    client.expect("HTTP/1.1 100 Continue\r\n\r\n").await;
    client.send("abc").await;
    client.expect("HTTP/1.1 204 \r\n\r\n").await;
    assert_eq!(upstream.requests()[0].text(), "abc");
}

#[tokio::test]
async fn what_is_not_http_1_is_refused_with_a_reason() {
    for (bytes, reason) in [
        (
            "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
            "malformed request head: invalid HTTP version",
        ),
        (
            "POST / HTTP/1.1\r\nContent-Length: x\r\n\r\n",
            "content-length `x`",
        ),
        (
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\ng\r\n",
            "chunk size `g\\r\\n`",
        ),
        (
            "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
            "a chunk longer than its size of 1 bytes",
        ),
    ] {
        let upstream = Upstream::answering(Answer::new(204));
        let mut client = Client::connect(&upstream).await;
        client.send(bytes).await;
        let (answer, reset) = client.rest().await;
        assert!(
            answer.starts_with("HTTP/1.1 400 ") && answer.ends_with(reason),
            "{bytes:?}: {answer}"
        );
        assert!(!reset);
        assert!(upstream.requests().is_empty());
    }
}
