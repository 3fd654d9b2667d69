//! A changed configuration while calls are under way: what has not changed stays as it is, what has
//! begins anew, and a mistake changes nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use futures::StreamExt as _;
use tidegate_host::{
    BreakerConfig, ClientConfig, Error, Price, ProviderConfig, Route, Runtime, RuntimeBuilder,
};
use tidegate_tests::calls::{ask, stream};
use tidegate_tests::guests::{chameleon, component};
use tidegate_tests::upstream::{Upstream, Valve};

use crate::answers::{hello, openai_at};
use crate::retrying::refusal;

fn with_openai(
    builder: RuntimeBuilder,
    component: &tidegate_host::Component,
    upstream: &Upstream,
) -> RuntimeBuilder {
    builder.provider("openai", component.clone(), openai_at(upstream))
}

#[tokio::test]
async fn what_has_not_changed_stays_as_it_is() {
    let failing = Upstream::answering(refusal(503));
    let openai = component("openai").await;
    let echo = component("echo").await;
    let runtime = with_openai(Runtime::builder(), &openai, &failing);
    let runtime = runtime.build().unwrap();
    let before = runtime.provider("openai").unwrap();
    ask(&runtime, "openai/m", "Hi").await.unwrap_err();
    assert_eq!(before.breaker().failures, 1);

    let changed = with_openai(Runtime::builder(), &openai, &failing)
        .provider("echo", echo, ProviderConfig::new())
        .route("any", Route::new(["openai/m", "echo/m"]));
    let handle = runtime.clone();
    handle.apply(changed).unwrap();
    let after = runtime.provider("openai").unwrap();
    assert_eq!((after.version().number(), after.breaker().failures), (1, 1));
    assert_eq!(ask(&runtime, "any", "Hi").await.unwrap().text(), "Hi");
    assert_eq!(before.breaker().failures, 2, "it is the same one");
}

#[tokio::test]
async fn another_configuration_begins_anew() {
    let failing = Upstream::answering(refusal(503));
    let openai = component("openai").await;
    let runtime = with_openai(Runtime::builder(), &openai, &failing);
    let runtime = runtime.build().unwrap();
    ask(&runtime, "openai/m", "Hi").await.unwrap_err();
    let other_key = openai_at(&failing).secret("api-key", "sk-another-secret");
    let changed = Runtime::builder().provider("openai", openai.clone(), other_key);
    runtime.apply(changed).unwrap();
    ask(&runtime, "openai/m", "Hi").await.unwrap_err();
    assert_eq!(runtime.provider("openai").unwrap().breaker().failures, 1);
    let requests = failing.requests();
    assert_eq!(
        requests[1].header("authorization"),
        Some("Bearer sk-another-secret")
    );

    // What all providers share on their way out is part of every one's configuration.
    let client = ClientConfig {
        proxy: Some("http://127.0.0.1:9".into()),
        ..ClientConfig::default()
    };
    let other_key = openai_at(&failing).secret("api-key", "sk-another-secret");
    let changed = Runtime::builder().provider("openai", openai, other_key);
    runtime.apply(changed.client(client)).unwrap();
    assert_eq!(runtime.provider("openai").unwrap().breaker().failures, 0);
}

#[tokio::test]
async fn another_component_is_swapped_in_and_can_be_rolled_back() {
    let config = ProviderConfig::new;
    let first = chameleon("version-1").await.unwrap();
    let second = chameleon("version-2").await.unwrap();
    let builder = Runtime::builder().provider("chameleon", first, config());
    let runtime = builder.build().unwrap();
    let provider = runtime.provider("chameleon").unwrap();
    for _ in 0..2 {
        let changed = Runtime::builder().provider("chameleon", second.clone(), config());
        runtime.apply(changed).unwrap();
        let answer = ask(&runtime, "chameleon/at-once", "").await.unwrap();
        assert_eq!(answer.text(), "version-2");
        assert_eq!(
            provider.version().number(),
            2,
            "the second time it is known"
        );
    }
    runtime.rollback("chameleon").unwrap();
    let answer = ask(&runtime, "chameleon/at-once", "").await.unwrap();
    assert_eq!(answer.text(), "version-1");
}

#[tokio::test]
async fn a_mistake_changes_nothing() {
    let first = chameleon("version-1").await.unwrap();
    let second = chameleon("version-2").await.unwrap();
    let greedy = chameleon("wants-more").await.unwrap();
    let config = ProviderConfig::new;
    let runtime = Runtime::builder()
        .provider("one", first.clone(), config())
        .provider("two", first.clone(), config())
        .build()
        .unwrap();
    let one = |component| Runtime::builder().provider("one", component, config());
    let mistakes = [
        one(second.clone()).provider("two", greedy, config()),
        one(second.clone()).provider("one", first.clone(), config()),
        one(second.clone()).provider("a/b", first.clone(), config()),
        one(second.clone()).route("any", Route::new(["three/m"])),
        one(second).provider("two", first, config().allow("nonsense")),
    ];
    for mistake in mistakes {
        let error = runtime.apply(mistake).unwrap_err();
        assert!(
            matches!(error, Error::Config { .. } | Error::Wants { .. }),
            "{error}"
        );
        for name in ["one", "two"] {
            let answer = ask(&runtime, &format!("{name}/at-once"), "").await.unwrap();
            assert_eq!(answer.text(), "version-1", "after: {error}");
        }
    }
}

#[tokio::test]
async fn a_stream_goes_on_when_its_provider_is_removed() {
    let valve = Valve::shut();
    let upstream = Upstream::answering(hello().drip(&valve));
    let openai = component("openai").await;
    let builder = with_openai(Runtime::builder(), &openai, &upstream);
    let runtime = builder.build().unwrap();
    let mut events = stream(&runtime, "openai/m", "Hi").await.unwrap();
    valve.release(1);
    events.next().await.unwrap().unwrap();
    let removed = runtime.provider("openai").unwrap();
    runtime.apply(Runtime::builder()).unwrap();
    let error = ask(&runtime, "openai/m", "Hi").await.unwrap_err();
    assert!(matches!(error, Error::UnknownProvider { .. }), "{error}");
    assert_eq!(runtime.providers().count(), 0);
    assert_eq!(removed.calls(), 1);
    valve.open();
    assert!(events.complete().await.unwrap().text().ends_with("lo ☀"));
    assert_eq!(removed.calls(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_fails_while_the_configuration_changes() {
    let upstream = Upstream::answering(hello());
    let openai = component("openai").await;
    let echo = component("echo").await;
    let configuration = |round: usize| {
        let names = ["one", "two"];
        // One provider is made anew each time, the other stays; the route changes its first target.
        let price = Price::new(f64::from(u32::try_from(round).unwrap_or_default()), 1.0);
        Runtime::builder()
            .provider(
                "one",
                openai.clone(),
                openai_at(&upstream).price("m", price),
            )
            .provider("two", openai.clone(), openai_at(&upstream))
            .provider(
                format!("guest-{round}"),
                echo.clone(),
                ProviderConfig::new(),
            )
            .route(
                "any",
                Route::new([0, 1].map(|place| format!("{}/m", names[(round + place) % 2]))),
            )
    };
    let runtime = configuration(0).build().unwrap();
    let kept = runtime.provider("two").unwrap();
    let over = Arc::new(AtomicBool::new(false));
    let callers = (0..32).map(|_| {
        let (runtime, over) = (runtime.clone(), over.clone());
        tokio::spawn(async move {
            while !over.load(Ordering::Relaxed) {
                let answer = stream(&runtime, "any", "Hi").await.unwrap();
                assert_eq!(answer.attempts().len(), 1);
                assert_eq!(answer.complete().await.unwrap().text(), "Hello ☀");
            }
        })
    });
    let callers: Vec<_> = callers.collect();
    for round in 1..=20 {
        // Some calls end between this change and the next.
        upstream
            .wait_for_requests(upstream.requests().len() + 16)
            .await;
        runtime.apply(configuration(round)).unwrap();
    }
    over.store(true, Ordering::Relaxed);
    for caller in callers {
        caller.await.unwrap();
    }
    assert!(Arc::ptr_eq(&kept, &runtime.provider("two").unwrap()));
    let names: Vec<String> = runtime.providers().map(|it| it.name().into()).collect();
    assert_eq!(names, ["guest-20", "one", "two"]);
    assert_eq!(runtime.providers().map(|it| it.calls()).sum::<usize>(), 0);
}

#[tokio::test]
async fn a_breaker_is_part_of_the_configuration() {
    let echo = component("echo").await;
    let config = ProviderConfig::new();
    let builder = Runtime::builder().provider("echo", echo.clone(), config);
    let runtime = builder.build().unwrap();
    let breaker = BreakerConfig {
        failures: 1,
        ..BreakerConfig::default()
    };
    let config = ProviderConfig::new().breaker(breaker);
    let changed = Runtime::builder().provider("echo", echo, config);
    runtime.apply(changed).unwrap();
    for expected in ["overloaded", "rests"] {
        let error = ask(&runtime, "echo/echo-error-overloaded", "Hi").await;
        let error = error.unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
