//! What a test learns of the connections, and how it waits for it.

use std::io::{Read, Write};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

use super::client::Client;
use crate::upstream::journal::Journal;
use crate::upstream::{Answer, Upstream, Valve, Wait};

#[tokio::test]
async fn connections_are_counted_and_numbered() {
    let upstream = Upstream::answering(Answer::new(204));
    let mut first = Client::get(&upstream).await;
    first.read().await;
    let mut second = Client::get(&upstream).await;
    second.read().await;
    drop(first);
    upstream.wait_for_closed(1).await;
    assert_eq!(
        (upstream.connections(), upstream.open_connections()),
        (2, 1)
    );
    let numbers: Vec<usize> = upstream
        .requests()
        .iter()
        .map(|request| request.connection)
        .collect();
    assert_eq!(numbers, [1, 2]);
}

#[tokio::test]
async fn hanging_up_between_answers_abandons_nothing() {
    let upstream = Upstream::answering(Answer::sse(["a", "b", "[DONE]"]));
    let mut client = Client::get(&upstream).await;
    let mut answer = String::new();
    while !answer.ends_with("\r\n0\r\n\r\n") {
        answer += &client.read().await;
    }
    drop(client);
    upstream.wait_for_closed(1).await;
    assert_eq!(upstream.abandoned(), 0);
}

#[tokio::test]
async fn hanging_up_inside_an_answer_abandons_it() {
    let valve = Valve::shut();
    let upstream = Upstream::answering(Answer::sse(["a", "b"]).drip(&valve));
    valve.release(1);
    let mut client = Client::get(&upstream).await;
    while !client.read().await.ends_with("data: a\n\n\r\n") {}
    drop(client);
    upstream.wait_for_abandoned(1).await;
    upstream.wait_for_closed(1).await;
    assert_eq!(upstream.abandoned(), 1);
}

#[tokio::test]
async fn hanging_up_inside_a_request_leaves_no_request() {
    let upstream = Upstream::answering(Answer::new(204));
    let mut client = Client::connect(&upstream).await;
    client
        .send("POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nabc")
        .await;
    drop(client);
    upstream.wait_for_closed(1).await;
    assert!(upstream.requests().is_empty());
    assert_eq!(upstream.abandoned(), 0);
}

#[test]
fn a_blocking_test_waits_without_a_runtime() {
    let upstream = Upstream::answering(Answer::new(200).stall_before_head());
    let mut client =
        std::net::TcpStream::connect(("127.0.0.1", upstream.port())).expect("the upstream accepts");
    client
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .expect("the upstream reads");
    upstream.wait_for_requests(1).blocking();
    drop(client);
    upstream.wait_for_abandoned(1).blocking();
    upstream.wait_for_closed(1).blocking();
}

#[test]
fn dropping_the_upstream_ends_its_connections_and_frees_the_port() {
    let upstream = Upstream::answering(Answer::new(200).stall_before_head());
    let address = ("127.0.0.1", upstream.port());
    let mut client = std::net::TcpStream::connect(address).expect("the upstream accepts");
    client
        .write_all(b"GET / HTTP/1.1\r\n\r\n")
        .expect("the upstream reads");
    upstream.wait_for_requests(1).blocking();
    drop(upstream);
    let end = client.read_to_end(&mut Vec::new());
    assert!(matches!(end, Ok(0) | Err(_)));
    assert!(std::net::TcpStream::connect(address).is_err());
}

#[tokio::test(start_paused = true)]
async fn a_paused_clock_does_not_cut_a_wait_short() {
    let upstream = Upstream::answering(Answer::new(204));
    let wait = upstream.wait_for_requests(1);
    let _client = Client::get(&upstream).await;
    wait.await;
}

#[test]
fn a_wait_that_fails_says_what_was_seen_and_where_it_was_asked_for() {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build();
    let runtime = runtime.expect("a runtime");
    let wait = Wait::until(
        runtime.handle(),
        &Journal::default(),
        Duration::from_millis(1),
        "2 requests".into(),
        |_| false,
    );
    let panic = catch_unwind(AssertUnwindSafe(|| wait.blocking())).expect_err("nothing to see");
    let message = panic.downcast_ref::<String>().expect("a message");
    assert!(
        message.starts_with("the upstream was to see 2 requests within 1ms, asked at "),
        "{message}"
    );
    assert!(message.contains(file!()), "{message}");
    assert!(
        message.ends_with("seen: 0 connections, 0 of them closed; 0 answers abandoned; 0 requests"),
        "{message}"
    );
}
