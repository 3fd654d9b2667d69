//! What the host holds for all calls together is bounded: a call that would take more ends as busy, and
//! no other one.

use futures::StreamExt as _;
use tidegate_host::types::{ErrorKind, StreamEvent};
use tidegate_host::{Component, Engine, EngineConfig, Error, ProviderConfig, Result, Runtime};
use tidegate_tests::calls::{ask, question, stream};
use tidegate_tests::courier::{Errand, message};
use tidegate_tests::guests::bytes;
use tidegate_tests::upstream::{Answer, Framing, Split, Upstream, Valve};

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

    // All of it has been given back: half of it is there for each, one after the other.
    let half = "x".repeat(BUFFERS / 2);
    for _ in 0..4 {
        let errand = Errand::post(upstream.url("/"), &half);
        let answer = ask(&runtime, "courier/errands", &message([errand])).await;
        answer.unwrap();
        let text = format!("{}\n{}", upstream.url("/"), half.len());
        ask(&runtime, "ported/trickle", &text).await.unwrap();
        let size = half.len().to_string();
        ask(&runtime, "rogue/handover", &size).await.unwrap();
    }
}

#[tokio::test]
async fn a_call_that_finds_no_room_takes_none_from_another() {
    let valve = Valve::shut();
    let size = BUFFERS - (1 << 20);
    let answer = Answer::new(200)
        .body("x".repeat(size))
        .framed(Framing::Chunked);
    let held = answer.clone().hold_after(size, &valve);
    let upstream = Upstream::start(move |request| match request.path() {
        "/held" => held.clone(),
        _ => answer.clone(),
    });
    let runtime = runtime(&upstream, &["courier"]).await;
    let errand = |path: &str| message([Errand::get(upstream.url(path))]);
    let first = stream(&runtime, "courier/errands", &errand("/held")).await;
    let first = tokio::spawn(first.unwrap().complete());
    // Until the first holds most of its answer the second has room, and gives it back.
    let mut tries = 0;
    loop {
        let second = ask(&runtime, "courier/errands", &errand("/")).await;
        if second.is_err() {
            assert_busy(second, "the second");
            break;
        }
        tries += 1;
        assert!(tries < 10_000, "there is always room");
    }
    valve.open();
    first.await.unwrap().unwrap();
    ask(&runtime, "courier/errands", &errand("/"))
        .await
        .unwrap();
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
