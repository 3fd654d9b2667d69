//! Calls that an operator ends, whatever they are doing, and providers that are drained: for whoever
//! embeds the host. The admin API's tests have the rest.

use std::time::Duration;

use futures::StreamExt as _;
use tidegate_host::{
    AttemptOutcome, Attempts, CallOptions, Error, Limits, ProviderConfig, Standing,
};
use tidegate_tests::calls::{ask, question, runtime_with, stream};

/// A guest that has time for anything.
fn patient() -> ProviderConfig {
    ProviderConfig::new().limits(Limits {
        cpu: Duration::from_secs(600),
        ..Limits::default()
    })
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_call_is_ended_while_its_guest_spins() {
    let runtime = runtime_with("rogue", patient()).await;
    let attempts = Attempts::new();
    let options = CallOptions {
        attempts: Some(attempts.clone()),
        ..CallOptions::default()
    };
    let mut request = question("rogue/spin-in-step", "");
    request.stream = true;
    let mut events = runtime.chat(request, options).await.unwrap();
    events.next().await.unwrap().unwrap();
    let spinning = tokio::spawn(async move { events.complete().await });
    let calls = runtime.live_calls();
    let [call] = calls.as_slice() else {
        panic!("one call: {calls:?}");
    };
    assert_eq!((&*call.provider, &*call.model), ("rogue", "spin-in-step"));
    let ended = runtime.end_call(call.id).await.unwrap();
    assert_eq!(ended.id, call.id);
    let error = spinning.await.unwrap().unwrap_err();
    assert!(
        matches!(&error, Error::Ended { provider } if provider == "rogue"),
        "{error}"
    );
    assert_eq!(runtime.provider("rogue").unwrap().calls(), 0);
    let outcome = attempts.list().remove(0).outcome;
    assert_eq!(outcome, AttemptOutcome::Abandoned);
    assert_eq!(runtime.end_call(ended.id).await, None);
}

#[tokio::test]
async fn a_call_is_ended_that_nobody_polls() {
    let runtime = runtime_with("rogue", patient()).await;
    let mut events = stream(&runtime, "rogue/spin-in-step", "").await.unwrap();
    events.next().await.unwrap().unwrap();
    let id = runtime.live_calls()[0].id;
    runtime.end_call(id).await.unwrap();
    assert_eq!(runtime.provider("rogue").unwrap().calls(), 0);
    assert!(runtime.live_calls().is_empty());
    let error = events.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Ended { .. }), "{error}");
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_drained_provider_takes_calls_again_when_it_is_enabled() {
    let runtime = runtime_with("echo", ProviderConfig::new()).await;
    let left = runtime.drain("echo", Duration::ZERO).await.unwrap();
    assert_eq!(left, 0);
    let error = ask(&runtime, "echo/echo-1", "Hi").await.unwrap_err();
    let Error::Withdrawn { standing, .. } = &error else {
        panic!("{error}");
    };
    assert_eq!(*standing, Standing::Draining);
    assert!(error.is_retryable());
    runtime.set_standing("echo", Standing::Enabled).unwrap();
    assert_eq!(
        ask(&runtime, "echo/echo-1", "Hi").await.unwrap().text(),
        "Hi"
    );
}
