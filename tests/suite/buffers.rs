//! What the host holds for all calls together is bounded: a call that would take more ends as busy, and
//! no other one.

use futures::StreamExt as _;
use tidegate_host::types::{ErrorKind, StreamEvent};
use tidegate_host::{Component, Engine, EngineConfig, Error, ProviderConfig, Result, Runtime};
use tidegate_tests::calls::{ask, question, stream};
use tidegate_tests::courier::{Errand, message};
use tidegate_tests::guests::bytes;
use tidegate_tests::upstream::{Answer, Split, Upstream};

/// Bytes that the engine of these tests may hold.
const BUFFERS: usize = 4 << 20;

/// A runtime with these guests on an engine of its own, which everything is granted to.
async fn runtime(upstream: &Upstream, guests: &[&str]) -> Runtime {
    let engine = Engine::new(EngineConfig {
        buffers: BUFFERS,
        instances: 4,
        ..EngineConfig::default()
    })
    .unwrap();
    let mut builder = Runtime::builder();
    for guest in guests {
        let component = Component::from_bytes(&engine, guest, bytes(guest)).await;
        let config = ProviderConfig::new().allow(upstream.url("/*"));
        builder = builder.provider(*guest, component.unwrap(), config);
    }
    builder.build().unwrap()
}

#[track_caller]
fn assert_busy<T>(result: Result<T>, what: &str) {
    let Err(error) = result else {
        panic!("{what}: there was room");
    };
    assert_eq!(error.kind(), ErrorKind::Overloaded, "{what}: {error}");
    assert!(error.is_retryable(), "{what}: {error}");
    assert!(
        matches!(&error, Error::Busy { limit, .. } if *limit == "`buffers` of the engine"),
        "{what}: {error:?}"
    );
}

#[tokio::test]
async fn whatever_takes_too_much_of_them_ends_as_busy() {
    let upstream = Upstream::start(|request| match request.path() {
        "/large" => Answer::new(200).body("x".repeat(2 * BUFFERS)),
        // One frame that is not whole for long.
        "/frame" => Answer::sse(["x".repeat(2 * BUFFERS)]).split(Split::Every(BUFFERS / 2)),
        _ => Answer::new(200),
    });
    let runtime = runtime(&upstream, &["courier", "rogue", "ported"]).await;
    let large = "x".repeat(BUFFERS + 1);
    let errands = [
        ("a body", Errand::post(upstream.url("/"), &large)),
        ("an answer", Errand::get(upstream.url("/large"))),
        (
            "a frame",
            Errand::get(upstream.url("/frame")).delivered("server-sent-events"),
        ),
    ];
    for (what, errand) in errands {
        let answer = ask(&runtime, "courier/errands", &message([errand])).await;
        assert_busy(answer, what);
    }
    let size = BUFFERS.to_string();
    assert_busy(ask(&runtime, "rogue/handover", &size).await, "outputs");
    let text = format!("{}\n{}", upstream.url("/"), 2 * BUFFERS);
    assert_busy(
        ask(&runtime, "ported/trickle", &text).await,
        "a body in pieces",
    );

    // All of it has been given back, and is there for one after the other. A quarter for each: what a
    // guest had begun over `wasi:http` is given back a moment after its call.
    let quarter = "x".repeat(BUFFERS / 4);
    for _ in 0..8 {
        let errand = Errand::post(upstream.url("/"), &quarter);
        let answer = ask(&runtime, "courier/errands", &message([errand])).await;
        answer.unwrap();
        let text = format!("{}\n{}", upstream.url("/"), quarter.len());
        ask(&runtime, "ported/trickle", &text).await.unwrap();
        let size = quarter.len().to_string();
        ask(&runtime, "rogue/handover", &size).await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_finds_no_room_takes_none_from_another() {
    let size = BUFFERS - (1 << 20);
    let upstream = Upstream::answering(Answer::new(200).body("x".repeat(size)));
    let runtime = runtime(&upstream, &["courier", "rogue"]).await;
    let errand = message([Errand::get(upstream.url("/"))]);
    // What a guest hands over at once is held until the caller has taken all of it.
    let mut first = stream(&runtime, "rogue/handover", &size.to_string())
        .await
        .unwrap();
    let text = first.next().await;
    assert!(matches!(text, Some(Ok(StreamEvent::TextDelta(_)))));
    for _ in 0..3 {
        assert_busy(ask(&runtime, "courier/errands", &errand).await, "another");
    }
    let finish = first.next().await;
    assert!(matches!(finish, Some(Ok(StreamEvent::Finish(_)))));
    assert!(first.next().await.is_none());
    ask(&runtime, "courier/errands", &errand).await.unwrap();
}

#[tokio::test]
async fn what_a_stream_has_handed_on_is_not_held_any_more() {
    let piece = "x".repeat(BUFFERS / 4);
    let upstream = Upstream::answering(Answer::sse([piece.as_str(); 16]));
    let runtime = runtime(&upstream, &["courier"]).await;
    let errand = Errand::get(upstream.url("/")).delivered("server-sent-events");
    let request = question("courier/errands", &message([errand]));
    let mut events = runtime.stream(request).await.unwrap();
    let mut bytes = 0;
    while let Some(event) = events.next().await {
        if let StreamEvent::Raw(report) = event.unwrap() {
            bytes += report.len();
        }
    }
    assert!(bytes > 4 * BUFFERS, "{bytes}");
}
