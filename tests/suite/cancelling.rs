//! Dropping a stream cancels the guest and the upstream at once, and gives back what it held.

use futures::StreamExt as _;
use tidegate_host::types::StreamEvent;
use tidegate_host::{Error, Limits, Outcome, ProviderConfig};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{builder_with, fault, question, runtime_with, stream};
use tidegate_tests::courier::{self, Errand};
use tidegate_tests::upstream::{Answer, Upstream, Valve};

use crate::answers::{hello, openai_at};

#[tokio::test]
async fn dropping_a_stream_closes_the_upstream_connection() {
    let upstream = Upstream::answering(hello().stall_after(300));
    let audit = Audit::default();
    let builder = builder_with("openai", openai_at(&upstream)).await;
    let runtime = builder.audit(audit.sink()).build().unwrap();
    let mut events = stream(&runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
    assert!(matches!(
        events.next().await,
        Some(Ok(StreamEvent::Answer(_)))
    ));
    assert_eq!(upstream.open_connections(), 1);
    drop(events);
    upstream.wait_for_abandoned(1).await;
    upstream.wait_for_closed(1).await;
    assert_eq!(audit.outcomes(), [Outcome::Abandoned]);
}

#[tokio::test]
async fn a_stream_dropped_before_the_answer_closes_the_connection_too() {
    let upstream = Upstream::answering(hello().stall_before_head());
    let runtime = runtime_with("openai", openai_at(&upstream)).await;
    let mut events = stream(&runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
    tokio::select! {
        event = events.next() => panic!("{event:?}"),
        () = upstream.wait_for_requests(1).into_future() => {}
    }
    drop(events);
    upstream.wait_for_closed(1).await;
}

#[tokio::test]
async fn dropping_a_stream_makes_room_for_another_call() {
    let upstream = Upstream::start(|request| match request.path() {
        "/held" => hello().stall_after(0),
        _ => Answer::new(200),
    });
    let limits = Limits {
        concurrency: 1,
        ..Limits::default()
    };
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .limits(limits);
    let runtime = runtime_with("courier", config).await;
    let held = courier::message([Errand::get(upstream.url("/held")).delivered("chunks")]);
    let first = stream(&runtime, "courier/errands", &held).await.unwrap();
    let second = runtime.stream(question("courier/errands", "[]")).await;
    let Err(Error::Busy { limit, .. }) = second else {
        panic!("two calls at once");
    };
    assert_eq!(limit, "`limits.concurrency`");
    assert_eq!(runtime.provider("courier").unwrap().calls(), 1);
    drop(first);
    assert_eq!(runtime.provider("courier").unwrap().calls(), 0);
    let third = stream(&runtime, "courier/errands", "[]").await.unwrap();
    third.complete().await.unwrap();
}

#[tokio::test]
async fn a_guest_that_has_enough_abandons_its_answer() {
    let valve = Valve::shut();
    let held = Answer::stream("text/plain", ["a", "b"]).drip(&valve);
    let upstream = Upstream::start(move |request| match request.path() {
        "/slow" => held.clone(),
        _ => Answer::new(200),
    });
    let config = ProviderConfig::new().allow(upstream.url("/*"));
    let runtime = runtime_with("courier", config).await;
    // The errand's own limit fails it; the next one must not wait for what is left.
    let seen = courier::run(
        &runtime,
        [
            Errand::get(upstream.url("/slow")).idle_ms(50),
            Errand::get(upstream.url("/next")),
        ],
    )
    .await;
    assert_eq!(seen.len(), 2, "{seen:?}");
    upstream.wait_for_abandoned(1).await;
}

#[tokio::test]
async fn a_guest_that_spins_is_cancelled_with_its_stream() {
    let runtime = runtime_with("rogue", ProviderConfig::new()).await;
    let mut events = stream(&runtime, "rogue/spin-in-step", "").await.unwrap();
    assert!(matches!(
        events.next().await,
        Some(Ok(StreamEvent::TextDelta(_)))
    ));
    let next = tokio::time::timeout(std::time::Duration::from_millis(20), events.next()).await;
    assert!(next.is_err(), "it spins: {next:?}");
    drop(events);
    assert_eq!(runtime.provider("rogue").unwrap().calls(), 0);
    // The instance went back to the pool in good order.
    let other = stream(&runtime, "rogue/panic", "")
        .await
        .unwrap()
        .complete()
        .await;
    fault(other);
}
