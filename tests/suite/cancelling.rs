//! Dropping a stream cancels the guest and the upstream at once, and gives back what it held; so does
//! its deadline, whether or not anybody polls it.

use std::time::Duration;

use futures::{FutureExt as _, StreamExt as _};
use tidegate_host::types::StreamEvent;
use tidegate_host::{
    Component, Engine, EngineConfig, Error, Fault, Limits, Outcome, ProviderConfig, Runtime,
};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{builder_with, fault, question, runtime_with, stream};
use tidegate_tests::courier::{self, Errand};
use tidegate_tests::guests;
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
    let next = tokio::time::timeout(Duration::from_millis(20), events.next()).await;
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

/// A runtime whose engine has room for one call, so that a second one shows whether the first has
/// given back all that it held.
async fn one_at_a_time(guest: &str, config: ProviderConfig) -> Runtime {
    let engine = Engine::new(EngineConfig {
        instances: 1,
        ..EngineConfig::default()
    })
    .unwrap();
    let component = Component::from_bytes(&engine, guest, guests::bytes(guest)).await;
    let builder = Runtime::builder().provider(guest, component.unwrap(), config);
    builder.build().unwrap()
}

/// Returns once no call is under way. Nobody polls one meanwhile; the clock is tokio's own, which
/// jumps to the next timer whenever nothing else is to be done.
pub async fn until_no_call_is_open(runtime: &Runtime, provider: &str) {
    let provider = runtime.provider(provider).unwrap();
    for _ in 0..10_000 {
        if provider.calls() == 0 {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("a call is still open");
}

#[tokio::test]
async fn a_stream_that_nobody_polls_gives_all_back_at_its_deadline() {
    let timeout = Duration::from_secs(10);
    let limits = Limits {
        timeout,
        ..Limits::default()
    };
    let runtime = one_at_a_time("rogue", ProviderConfig::new().limits(limits)).await;
    tokio::time::pause();
    let mut never = stream(&runtime, "rogue/sleep", "").await.unwrap();
    let second = runtime.stream(question("rogue/sleep", "")).await;
    assert!(matches!(second, Err(Error::Busy { .. })), "room for two");
    until_no_call_is_open(&runtime, "rogue").await;
    // The one instance is free again; this stream is forgotten half-way.
    let mut once = stream(&runtime, "rogue/sleep", "").await.unwrap();
    assert!(once.next().now_or_never().is_none());
    until_no_call_is_open(&runtime, "rogue").await;
    for events in [&mut never, &mut once] {
        let Some(Err(Error::Guest { fault, .. })) = events.next().await else {
            panic!("it did not end with an error");
        };
        assert_eq!(fault, Fault::Timeout(timeout));
        assert!(events.next().await.is_none());
    }
    drop((never, once));
    assert_eq!(runtime.provider("rogue").unwrap().calls(), 0);
    let answer = stream(&runtime, "rogue/well-behaved", "").await.unwrap();
    assert_eq!(answer.complete().await.unwrap().text(), "fine");
}

#[tokio::test]
async fn a_forgotten_stream_closes_its_upstream_connection_at_its_deadline() {
    let upstream = Upstream::answering(hello().stall_after(300));
    let limits = Limits {
        timeout: Duration::from_millis(200),
        ..Limits::default()
    };
    let runtime = runtime_with("openai", openai_at(&upstream).limits(limits)).await;
    let mut events = stream(&runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
    let first = events.next().await;
    assert!(
        matches!(first, Some(Ok(StreamEvent::Answer(_)))),
        "{first:?}"
    );
    upstream.wait_for_abandoned(1).await;
    assert_eq!(runtime.provider("openai").unwrap().calls(), 0);
    let rest: Vec<_> = events.collect().await;
    assert!(
        matches!(
            rest.as_slice(),
            [Err(Error::Guest {
                fault: Fault::Timeout(_),
                ..
            })]
        ),
        "{rest:?}"
    );
}

#[tokio::test]
async fn a_call_that_has_failed_holds_nothing_while_its_stream_is_kept() {
    let runtime = one_at_a_time("rogue", ProviderConfig::new()).await;
    let mut events = stream(&runtime, "rogue/panic", "").await.unwrap();
    assert!(matches!(events.next().await, Some(Err(_))));
    assert_eq!(runtime.provider("rogue").unwrap().calls(), 0);
    let other = stream(&runtime, "rogue/well-behaved", "").await.unwrap();
    other.complete().await.unwrap();
    assert!(events.next().await.is_none());
}
