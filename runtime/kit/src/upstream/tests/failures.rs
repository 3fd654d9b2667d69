//! Answers of a vendor that fails: cut, reset, stalled, malformed, absent.

use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};

use super::client::Client;
use crate::upstream::{Answer, Framing, Split, Upstream, Valve};

const HEAD: &str = "HTTP/1.1 200 \r\nContent-Length: 4\r\n\r\n";

#[tokio::test]
async fn a_cut_answer_ends_in_order_with_its_promise_unmet() {
    let upstream = Upstream::answering(Answer::new(200).body("abcd").cut_after(3));
    assert_eq!(
        Client::get(&upstream).await.rest().await,
        (format!("{HEAD}abc"), false)
    );
    assert_eq!(upstream.abandoned(), 0);
}

#[tokio::test]
async fn a_chunked_answer_is_cut_inside_a_chunk_or_between_two() {
    let stream = Answer::stream("text/plain", ["abc", "def"]);
    for (offset, end) in [
        (4, "3\r\nabc\r\n3\r\nd"),
        (3, "3\r\nabc\r\n"),
        (6, "3\r\nabc\r\n3\r\ndef\r\n"),
        (0, ""),
    ] {
        let upstream = Upstream::answering(stream.clone().cut_after(offset));
        let (answer, reset) = Client::get(&upstream).await.rest().await;
        assert_eq!(
            answer.split_once("\r\n\r\n").map(|(_, body)| body),
            Some(end),
            "cut after {offset}"
        );
        assert!(!reset);
    }
}

#[tokio::test]
async fn a_reset_comes_after_the_bytes_before_it() {
    for split in [Split::Whole, Split::EveryByte] {
        let upstream =
            Upstream::answering(Answer::new(200).body("abcd").split(split).reset_after(3));
        let (answer, reset) = Client::get(&upstream).await.rest().await;
        assert_eq!(answer, format!("{HEAD}abc"));
        assert!(reset);
        upstream.wait_for_closed(1).await;
        assert_eq!(upstream.abandoned(), 0);
    }
}

#[tokio::test]
async fn a_connection_may_end_without_a_word() {
    let upstream = Upstream::sequence([
        Answer::new(200).close_before_head(),
        Answer::new(200).reset_before_head(),
    ]);
    assert_eq!(
        Client::get(&upstream).await.rest().await,
        (String::new(), false)
    );
    assert_eq!(
        Client::get(&upstream).await.rest().await,
        (String::new(), true)
    );
}

#[tokio::test]
async fn a_stall_lasts_until_the_peer_hangs_up() {
    let upstream = Upstream::sequence([
        Answer::new(200).stall_before_head(),
        Answer::new(200).body("abcd").stall_after(2),
        Answer::stream("text/plain", ["abcd"]).stall_after(4),
    ]);
    let silent = Client::get(&upstream).await;
    upstream.wait_for_requests(1).await;
    assert!(silent.is_silent());
    drop(silent);
    upstream.wait_for_abandoned(1).await;

    let mut halfway = Client::get(&upstream).await;
    halfway.expect(&format!("{HEAD}ab")).await;
    assert!(halfway.is_silent());
    drop(halfway);
    upstream.wait_for_abandoned(2).await;

    let mut unfinished = Client::get(&upstream).await;
    let mut answer = String::new();
    while !answer.ends_with("4\r\nabcd\r\n") {
        answer += &unfinished.read().await;
    }
    assert!(unfinished.is_silent());
}

#[tokio::test]
async fn raw_bytes_are_sent_as_they_stand() {
    let bytes = "HTTP/1.1 banana\n\nabc";
    let upstream = Upstream::answering(Answer::raw(bytes).split(Split::EveryByte));
    assert_eq!(
        Client::get(&upstream).await.rest().await,
        (bytes.into(), false)
    );

    let upstream = Upstream::answering(Answer::raw(bytes).cut_after(4));
    assert_eq!(
        Client::get(&upstream).await.rest().await,
        ("HTTP".into(), false)
    );
}

#[tokio::test]
async fn a_header_given_by_the_test_wins_over_the_framing() {
    let short = Answer::new(200).header("content-length", "2").body("abcd");
    let both = Answer::new(200)
        .header("content-length", "4")
        .body("abcd")
        .framed(Framing::Chunked);
    for (answer, expected) in [
        (short, "HTTP/1.1 200 \r\ncontent-length: 2\r\n\r\nabcd"),
        (
            both,
            "HTTP/1.1 200 \r\ncontent-length: 4\r\n\r\n4\r\nabcd\r\n0\r\n\r\n",
        ),
    ] {
        let upstream = Upstream::answering(answer.then_close());
        assert_eq!(
            Client::get(&upstream).await.rest().await,
            (expected.into(), false)
        );
    }
}

#[tokio::test]
async fn an_end_at_a_boundary_does_not_wait_for_the_valve_of_the_next_piece() {
    let valve = Valve::shut();
    valve.release(1);
    let upstream = Upstream::answering(
        Answer::stream("text/plain", ["abc", "def"])
            .drip(&valve)
            .cut_after(3),
    );
    assert!(
        Client::get(&upstream)
            .await
            .rest()
            .await
            .0
            .ends_with("\r\n\r\n3\r\nabc\r\n")
    );
}

#[tokio::test]
async fn a_peer_that_does_not_read_is_not_waited_for_for_ever() {
    let answer = Answer::new(200)
        .body("x".repeat(1000))
        .split(Split::EveryByte);
    let upstream = Upstream::answering(answer);
    let mut client = Client::get(&upstream).await;
    // A second request is taken up only when the first answer is out.
    client.send("GET / HTTP/1.1\r\n\r\n").await;
    upstream.wait_for_requests(2).await;
    client
        .expect(&format!(
            "HTTP/1.1 200 \r\nContent-Length: 1000\r\n\r\n{}",
            "x".repeat(1000)
        ))
        .await;
}

#[tokio::test]
async fn an_absent_vendor_refuses() {
    let absent = Upstream::absent();
    let address = absent.origin().replace("http://", "");
    for _ in 0..2 {
        let refused = tokio::net::TcpStream::connect(&address).await;
        assert!(refused.is_err_and(|error| error.kind() == ErrorKind::ConnectionRefused));
    }
}

#[tokio::test]
async fn a_panic_of_the_answering_function_is_answered_and_passed_on() {
    let upstream = Upstream::start(|request| panic!("no answer to {request}"));
    let answer = Client::get(&upstream).await.read().await;
    assert!(answer.starts_with("HTTP/1.1 500 "), "{answer}");
    assert!(
        answer.contains("the answer to `GET /` panicked: no answer to GET /"),
        "{answer}"
    );
    assert_eq!(
        dropped(upstream),
        Some("the answer to `GET /` panicked: no answer to GET /".into())
    );
}

#[tokio::test]
async fn an_offset_outside_the_body_fails_the_test() {
    let upstream = Upstream::answering(Answer::new(200).body("abcd").cut_after(5));
    Client::get(&upstream).await.read().await;
    let panic = dropped(upstream).expect("a panic");
    assert!(
        panic.ends_with("offset 5 lies outside the answer's body of 4 bytes"),
        "{panic}"
    );
}

/// The message with which dropping the upstream panics, if it does.
fn dropped(upstream: Upstream) -> Option<String> {
    let panic = catch_unwind(AssertUnwindSafe(|| drop(upstream))).err()?;
    panic.downcast_ref::<String>().cloned()
}
