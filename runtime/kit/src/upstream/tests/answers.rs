//! Answers of a vendor in good health: framings, pieces, keep-alive.

use serde_json::json;

use super::client::Client;
use crate::upstream::{Answer, Framing, Split, Upstream, Valve};

#[tokio::test]
async fn json_is_framed_by_its_length() {
    let upstream =
        Upstream::answering(Answer::json(429, json!({"a": 1})).header("Retry-After", "7"));
    let mut client = Client::get(&upstream).await;
    client
        .expect(
            "HTTP/1.1 429 \r\nContent-Type: application/json\r\nRetry-After: 7\r\n\
             Content-Length: 7\r\n\r\n{\"a\":1}",
        )
        .await;
}

#[tokio::test]
async fn a_stream_has_a_chunk_per_event() {
    let upstream =
        Upstream::answering(Answer::sse_events([("ping", "{}"), ("message_stop", "{}")]));
    let mut client = Client::get(&upstream).await;
    client
        .expect(
            "HTTP/1.1 200 \r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n\
             16\r\nevent: ping\ndata: {}\n\n\r\n\
             1e\r\nevent: message_stop\ndata: {}\n\n\r\n0\r\n\r\n",
        )
        .await;
}

#[tokio::test]
async fn each_piece_arrives_in_a_read_of_its_own() {
    let upstream = Upstream::answering(Answer::new(200).body("abcdef").split(Split::Every(4)));
    let mut client = Client::get(&upstream).await;
    assert_eq!(
        client.read().await,
        "HTTP/1.1 200 \r\nContent-Length: 6\r\n\r\n"
    );
    assert_eq!(client.read().await, "abcd");
    assert_eq!(client.read().await, "ef");
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn a_thousand_bytes_arrive_one_by_one() {
    let body = "x".repeat(1000);
    let answer = Answer::new(200)
        .framed(Framing::UntilClose)
        .body(body)
        .split(Split::EveryByte);
    let upstream = Upstream::answering(answer);
    let mut client = Client::get(&upstream).await;
    assert_eq!(client.read().await, "HTTP/1.1 200 \r\n\r\n");
    for _ in 0..1000 {
        assert_eq!(client.read().await, "x");
    }
    assert_eq!(client.read().await, "");
}

#[tokio::test]
async fn a_whole_answer_arrives_in_one_read() {
    let upstream = Upstream::answering(Answer::sse(["a", "b"]).split(Split::Whole));
    let mut client = Client::get(&upstream).await;
    assert!(
        client
            .read()
            .await
            .ends_with("\r\n\r\n12\r\ndata: a\n\ndata: b\n\n\r\n0\r\n\r\n")
    );
}

#[tokio::test]
async fn offsets_may_come_in_any_order_and_twice() {
    let split = Split::At(vec![3, 1, 3, 0, 4]);
    let answer = Answer::stream("text/plain", ["abcd"]).split(split);
    let upstream = Upstream::answering(answer);
    let mut client = Client::get(&upstream).await;
    assert!(client.read().await.starts_with("HTTP/1.1 200 "));
    assert_eq!(client.read().await, "1\r\na\r\n");
    assert_eq!(client.read().await, "2\r\nbc\r\n");
    assert_eq!(client.read().await, "1\r\nd\r\n0\r\n\r\n");
}

#[tokio::test]
async fn the_valve_lets_pieces_through_one_by_one() {
    let valve = Valve::shut();
    let upstream = Upstream::answering(Answer::ndjson([json!(1), json!(2), json!(3)]).drip(&valve));
    let mut client = Client::get(&upstream).await;
    assert!(client.read().await.ends_with("\r\n\r\n"));
    valve.release(1);
    assert_eq!(client.read().await, "2\r\n1\n\r\n");
    assert!(client.is_silent());
    valve.open();
    client.expect("2\r\n2\n\r\n2\r\n3\n\r\n0\r\n\r\n").await;
}

#[tokio::test]
async fn a_held_answer_goes_on_when_released() {
    let (head, body) = (Valve::shut(), Valve::shut());
    let answer = Answer::new(200)
        .body("abcd")
        .hold_before_head(&head)
        .hold_after(2, &body);
    let upstream = Upstream::answering(answer);
    let mut client = Client::get(&upstream).await;
    upstream.wait_for_requests(1).await;
    assert!(client.is_silent());
    head.release(1);
    client
        .expect("HTTP/1.1 200 \r\nContent-Length: 4\r\n\r\nab")
        .await;
    assert!(client.is_silent());
    body.release(1);
    client.expect("cd").await;
}

#[tokio::test]
async fn a_connection_carries_several_requests_pipelined_ones_too() {
    let upstream = Upstream::start(|request| Answer::new(200).body(request.target.clone()));
    let mut client = Client::connect(&upstream).await;
    client.send("GET /1 HTTP/1.1\r\n\r\n").await;
    client
        .expect("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n/1")
        .await;
    client
        .send("GET /2 HTTP/1.1\r\n\r\nGET /3 HTTP/1.1\r\n\r\n")
        .await;
    client
        .expect("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n/2")
        .await;
    client
        .expect("HTTP/1.1 200 \r\nContent-Length: 2\r\n\r\n/3")
        .await;
    assert_eq!(
        (upstream.connections(), upstream.open_connections()),
        (1, 1)
    );
}

#[tokio::test]
async fn a_client_or_an_answer_that_says_close_is_the_last() {
    let upstream = Upstream::answering(Answer::new(200));
    let mut client = Client::connect(&upstream).await;
    client
        .send("GET / HTTP/1.1\r\nconnection: Close\r\n\r\n")
        .await;
    assert_eq!(
        client.rest().await,
        ("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n".into(), false)
    );

    for answer in [
        Answer::new(200).header("Connection", "close"),
        Answer::new(200).then_close(),
    ] {
        let upstream = Upstream::answering(answer);
        let (_, reset) = Client::get(&upstream).await.rest().await;
        assert!(!reset);
    }
}

#[tokio::test]
async fn head_requests_and_empty_statuses_get_no_body() {
    let upstream = Upstream::sequence([
        Answer::new(200).body("abc"),
        Answer::sse(["a"]).cut_after(3),
        Answer::new(204),
        Answer::new(200).body("abc"),
    ]);
    let mut client = Client::connect(&upstream).await;
    client.send("HEAD / HTTP/1.1\r\n\r\n").await;
    client
        .expect("HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\n")
        .await;

    let mut other = Client::connect(&upstream).await;
    other.send("HEAD / HTTP/1.1\r\n\r\n").await;
    assert!(
        other
            .rest()
            .await
            .0
            .ends_with("Transfer-Encoding: chunked\r\n\r\n")
    );

    client.send("GET / HTTP/1.1\r\n\r\n").await;
    client.expect("HTTP/1.1 204 \r\n\r\n").await;
    client.send("GET / HTTP/1.1\r\n\r\n").await;
    client
        .expect("HTTP/1.1 200 \r\nContent-Length: 3\r\n\r\nabc")
        .await;
}

#[tokio::test]
async fn a_sequence_says_when_it_is_at_its_end() {
    let upstream = Upstream::sequence([Answer::new(200)]);
    let mut client = Client::get(&upstream).await;
    client
        .expect("HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n")
        .await;
    client.send("GET /again HTTP/1.1\r\n\r\n").await;
    let answer = client.read().await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(answer.contains("prepared 1 answers"), "{answer}");
    assert!(
        answer.contains("`GET /again` came after the last"),
        "{answer}"
    );
}
