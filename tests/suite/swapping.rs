//! Another version while calls are under way: nobody fails, everybody ends on the version that they
//! began with, and a version that wants more waits for the operator.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::StreamExt as _;
use futures::future::join_all;
use tidegate_host::types::StreamEvent;
use tidegate_host::{Error, ProviderConfig, Runtime};
use tidegate_tests::calls::{ask, stream};
use tidegate_tests::guests::chameleon;
use tidegate_tests::upstream::{Answer, Upstream, Valve};

async fn runtime_of(role: &str, config: ProviderConfig) -> Runtime {
    let component = chameleon(role).await.unwrap();
    let builder = Runtime::builder().provider("chameleon", component, config);
    builder.build().unwrap()
}

#[tokio::test]
async fn a_new_call_runs_on_the_new_version() {
    let runtime = runtime_of("version-1", ProviderConfig::new()).await;
    let before = runtime.provider("chameleon").unwrap().version();
    let after = runtime
        .swap("chameleon", chameleon("version-2").await.unwrap())
        .unwrap();
    assert_eq!((before.number(), after.number()), (1, 2));
    assert_ne!(before.component().digest(), after.component().digest());
    let answer = ask(&runtime, "chameleon/at-once", "").await.unwrap();
    assert_eq!(answer.text(), "version-2");
}

#[tokio::test]
async fn a_number_is_never_given_twice() {
    let runtime = runtime_of("version-1", ProviderConfig::new()).await;
    let second = chameleon("version-2").await.unwrap();
    let third = chameleon("version-3").await.unwrap();
    assert_eq!(runtime.swap("chameleon", second).unwrap().number(), 2);
    assert_eq!(runtime.rollback("chameleon").unwrap().number(), 1);
    assert_eq!(runtime.swap("chameleon", third).unwrap().number(), 3);
}

#[tokio::test]
async fn a_version_that_wants_the_key_elsewhere_is_not_swapped_in() {
    let config = ProviderConfig::new()
        .allow("https://api.example.com/*")
        .secret("key", "sk-0123456789");
    let runtime = runtime_of("key-in-header", config).await;
    let elsewhere = chameleon("key-in-query").await.unwrap();
    let error = runtime.swap("chameleon", elsewhere).err().unwrap();
    assert!(
        error
            .to_string()
            .contains("wants its credential `key` in another place"),
        "{error}"
    );
    assert_eq!(runtime.provider("chameleon").unwrap().version().number(), 1);
}

#[tokio::test]
async fn a_stream_ends_on_the_version_it_began_on() {
    let valve = Valve::shut();
    let upstream = Upstream::answering(Answer::stream("text/plain", [" … "]).drip(&valve));
    let config = ProviderConfig::new().allow(upstream.url("/*"));
    let runtime = runtime_of("version-1", config).await;
    let model = format!("chameleon/{}", upstream.url("/"));
    let mut events = stream(&runtime, &model, "").await.unwrap();
    let first = events.next().await.unwrap().unwrap();
    assert!(matches!(first, StreamEvent::TextDelta(delta) if delta.text == "version-1"));
    runtime
        .swap("chameleon", chameleon("version-2").await.unwrap())
        .unwrap();
    let answer = ask(&runtime, "chameleon/at-once", "").await.unwrap();
    assert_eq!(answer.text(), "version-2");
    valve.open();
    assert_eq!(events.complete().await.unwrap().text(), " … version-1");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_fails_while_versions_change() {
    let upstream = Upstream::answering(Answer::stream("text/plain", [" ", " "]));
    let config = ProviderConfig::new().allow(upstream.url("/*"));
    let runtime = runtime_of("version-0", config).await;
    let versions = join_all(
        (1..=4).map(|number| async move { chameleon(&format!("version-{number}")).await.unwrap() }),
    )
    .await;
    let over = Arc::new(AtomicBool::new(false));
    let model = format!("chameleon/{}", upstream.url("/"));
    let callers = (0..64).map(|_| {
        let (runtime, over, model) = (runtime.clone(), over.clone(), model.clone());
        tokio::spawn(async move {
            let mut calls = 0;
            while !over.load(Ordering::Relaxed) {
                let text = ask(&runtime, &model, "").await.unwrap().text();
                let (begun, ended) = text.split_once("  ").unwrap();
                assert_eq!(begun, ended, "one call, one version");
                calls += 1;
            }
            calls
        })
    });
    let callers: Vec<_> = callers.collect();
    for _ in 0..10 {
        for version in &versions {
            // Some calls end between this swap and the next.
            upstream
                .wait_for_requests(upstream.requests().len() + 16)
                .await;
            runtime.swap("chameleon", version.clone()).unwrap();
        }
    }
    over.store(true, Ordering::Relaxed);
    let calls = join_all(callers).await.into_iter().map(Result::unwrap);
    assert!(calls.sum::<usize>() >= 64);
    let version = runtime.provider("chameleon").unwrap().version();
    assert_eq!(version.number(), 41);
}

#[tokio::test]
async fn a_version_that_wants_more_is_refused_and_the_old_one_stays() {
    let runtime = runtime_of("version-1", ProviderConfig::new()).await;
    let greedy = chameleon("wants-more").await.unwrap();
    let Err(error @ Error::Wants { .. }) = runtime.swap("chameleon", greedy) else {
        panic!("it was swapped");
    };
    assert_eq!(
        error.to_string(),
        "the new version of provider `chameleon` wants more than is granted: `https://more.example/*` (to be tested)\nhint: to approve it, add the patterns to `providers.chameleon.allow` in `tidegate.toml`"
    );
    let answer = ask(&runtime, "chameleon/at-once", "").await.unwrap();
    assert_eq!(answer.text(), "version-1");
}

#[tokio::test]
async fn what_is_granted_already_may_be_wanted() {
    let config = ProviderConfig::new().allow("https://more.example/*");
    let runtime = runtime_of("version-1", config).await;
    runtime
        .swap("chameleon", chameleon("wants-more").await.unwrap())
        .unwrap();
}

#[tokio::test]
async fn a_rollback_goes_back_and_a_second_one_forth() {
    let runtime = runtime_of("version-1", ProviderConfig::new()).await;
    let Err(Error::Config { message, .. }) = runtime.rollback("chameleon") else {
        panic!("there is nothing to go back to");
    };
    assert!(message.contains("no version to go back to"), "{message}");
    runtime
        .swap("chameleon", chameleon("version-2").await.unwrap())
        .unwrap();
    for expected in ["version-1", "version-2"] {
        runtime.rollback("chameleon").unwrap();
        let answer = ask(&runtime, "chameleon/at-once", "").await.unwrap();
        assert_eq!(answer.text(), expected);
    }
}
