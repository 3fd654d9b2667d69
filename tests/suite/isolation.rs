//! A guest that fails is nobody else's failure: beside it other calls go on, after it the next one
//! succeeds, and a full house is an error of its own that passes.

use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join_all;
use tidegate_host::{
    Component, Engine, EngineConfig, Error, EventStream, Fault, Limits, ProviderConfig, Runtime,
};
use tidegate_tests::calls::{ask, builder_with, fault, question, stream};
use tidegate_tests::guests::{bytes, component};
use tidegate_tests::upstream::{Upstream, Valve};

use crate::answers::{hello, openai_at};

/// `openai` at this upstream, with two villains in the same runtime.
async fn household(upstream: &Upstream) -> Runtime {
    let limits = Limits {
        memory: 4 << 20,
        // Far above what an honest call takes, also where the machine is busy.
        cpu: Duration::from_millis(200),
        timeout: Duration::from_secs(1),
        ..Limits::default()
    };
    builder_with("openai", openai_at(upstream))
        .await
        .provider(
            "rogue",
            component("rogue").await,
            ProviderConfig::new().limits(limits.clone()),
        )
        .provider(
            "heavy",
            component("heavy").await,
            ProviderConfig::new().limits(limits),
        )
        .build()
        .unwrap()
}

const VILLAINS: [&str; 10] = [
    "rogue/panic",
    "rogue/panic-in-step",
    "rogue/overrun",
    "rogue/recurse",
    "rogue/hoard",
    "rogue/spin-in-start",
    "rogue/nothing",
    "heavy/stack",
    "heavy/memory",
    "heavy/after",
];

#[tokio::test]
async fn a_stream_goes_on_while_others_fail_around_it() {
    let valve = Valve::shut();
    let upstream = Upstream::answering(hello().drip(&valve));
    let runtime = household(&upstream).await;
    let mut healthy = stream(&runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
    valve.release(1);
    healthy.next().await.unwrap().unwrap();
    let rounds = (0..3).flat_map(|_| VILLAINS);
    let failures = join_all(rounds.map(|model| ask(&runtime, model, ""))).await;
    for failure in failures {
        fault(failure);
    }
    valve.open();
    assert!(healthy.complete().await.unwrap().text().ends_with("lo ☀"));
}

#[tokio::test]
async fn each_failure_leaves_its_own_provider_serving() {
    let upstream = Upstream::answering(hello());
    let runtime = household(&upstream).await;
    for model in VILLAINS {
        fault(ask(&runtime, model, "").await);
        let answer = ask(&runtime, "rogue/well-behaved", "").await.unwrap();
        assert_eq!(answer.text(), "fine", "after `{model}`");
    }
    let rogue = runtime.provider("rogue").unwrap();
    assert_eq!(rogue.calls(), 0);
}

#[tokio::test]
async fn a_timeout_leaves_its_own_provider_serving() {
    let upstream = Upstream::answering(hello());
    let runtime = household(&upstream).await;
    let timeout = Fault::Timeout(Duration::from_secs(1));
    assert_eq!(fault(ask(&runtime, "rogue/sleep", "").await), timeout);
    ask(&runtime, "rogue/well-behaved", "").await.unwrap();
}

#[tokio::test]
async fn an_instance_begins_clean_after_one_that_failed() {
    // One slot: the next instance lies in the memory of the one before.
    let engine = Engine::new(EngineConfig {
        instances: 1,
        ..EngineConfig::default()
    })
    .unwrap();
    let courier = Component::from_bytes(&engine, "courier", bytes("courier"))
        .await
        .unwrap();
    let config = ProviderConfig::new();
    let runtime = Runtime::builder()
        .provider("courier", courier, config)
        .build()
        .unwrap();
    let marker = "a-marker-of-the-first-caller";
    let first = ask(&runtime, "courier/errands", marker).await;
    assert!(matches!(first, Err(Error::Provider(_))), "{first:?}");
    let (_, memory) = tidegate_tests::courier::run_and_dump(&runtime, []).await;
    assert!(memory.len() >= 64 << 10);
    let found = memory
        .windows(marker.len())
        .any(|window| window == marker.as_bytes());
    assert!(!found, "one caller's text is in another's memory");
}

#[tokio::test]
async fn as_many_calls_as_are_allowed_and_no_more() {
    let limits = Limits {
        concurrency: 3,
        ..Limits::default()
    };
    let config = ProviderConfig::new().limits(limits);
    let runtime = builder_with("rogue", config).await.build().unwrap();
    let mut under_way = Vec::new();
    for _ in 0..3 {
        under_way.push(stream(&runtime, "rogue/sleep", "").await.unwrap());
    }
    let error = busy(runtime.stream(question("rogue/sleep", "")).await);
    assert!(error.contains("`limits.concurrency`"), "{error}");
    under_way.pop();
    stream(&runtime, "rogue/sleep", "").await.unwrap();
}

#[tokio::test]
async fn a_full_pool_is_busy_and_empties_again() {
    let engine = Engine::new(EngineConfig {
        instances: 2,
        ..EngineConfig::default()
    })
    .unwrap();
    let rogue = Component::from_bytes(&engine, "rogue", bytes("rogue"))
        .await
        .unwrap();
    let config = ProviderConfig::new();
    let runtime = Runtime::builder()
        .provider("rogue", rogue, config)
        .build()
        .unwrap();
    let first = stream(&runtime, "rogue/sleep", "").await.unwrap();
    let second = stream(&runtime, "rogue/sleep", "").await.unwrap();
    let error = busy(runtime.stream(question("rogue/well-behaved", "")).await);
    assert!(error.contains("`instances` of the engine"), "{error}");
    drop((first, second));
    ask(&runtime, "rogue/well-behaved", "").await.unwrap();
}

#[track_caller]
fn busy(result: tidegate_host::Result<EventStream>) -> String {
    match result {
        Err(error @ Error::Busy { .. }) => {
            assert!(error.is_retryable());
            error.to_string()
        }
        Err(error) => panic!("not busy: {error}"),
        Ok(_) => panic!("there was room"),
    }
}
