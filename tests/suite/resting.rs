//! Providers that are left alone: after failures, at the limit of a minute, and versions that go
//! because their first calls failed.

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::json;
use tidegate_host::types::{ChatRequest, ErrorKind, StreamEvent};
use tidegate_host::{
    AttemptOutcome, Attempts, BreakerConfig, BreakerState, CallOptions, Error, Limits,
    ProviderConfig, RateLimits, Result, Route, Runtime,
};
use tidegate_tests::calls::{ask, question, runtime_with, stream};
use tidegate_tests::guests::{chameleon, component};
use tidegate_tests::upstream::{Answer, Upstream};

use crate::answers::{hello, openai_at};
use crate::cancelling::until_no_call_is_open;
use crate::retrying::refusal;

const MODEL: &str = "openai/gpt-5-mini";

async fn kind(runtime: &Runtime, model: &str) -> ErrorKind {
    ask(runtime, model, "Hi").await.unwrap_err().kind()
}

/// Asks for a stream, and reads it whole.
async fn listen(runtime: &Runtime, model: &str) -> Result<String> {
    let answer = stream(runtime, model, "Hi").await?.complete().await?;
    Ok(answer.text())
}

/// An answer in one piece that says how many tokens it took.
fn whole(tokens: u32) -> Answer {
    Answer::json(
        200,
        json!({
            "id": "c1", "object": "chat.completion", "created": 1, "model": "m",
            "choices": [{
                "index": 0,
                "message": {"role": "assistant", "content": "Hello"},
                "finish_reason": "stop",
            }],
            "usage": {"prompt_tokens": tokens - 1, "completion_tokens": 1, "total_tokens": tokens},
        }),
    )
}

/// After the fifth failure the next call is a probe.
fn hasty() -> BreakerConfig {
    BreakerConfig {
        cool_down: Duration::ZERO,
        ..BreakerConfig::default()
    }
}

#[tokio::test]
async fn after_five_failures_in_a_row_the_upstream_is_left_alone() {
    let upstream = Upstream::answering(refusal(503));
    let runtime = runtime_with("openai", openai_at(&upstream)).await;
    let provider = runtime.provider("openai").unwrap();
    for failures in 0..5 {
        assert_eq!(provider.breaker().state, BreakerState::Closed);
        assert_eq!(provider.breaker().failures, failures);
        assert_eq!(kind(&runtime, MODEL).await, ErrorKind::Overloaded);
    }
    assert_eq!(provider.breaker().state, BreakerState::Open);
    let error = ask(&runtime, MODEL, "Hi").await.unwrap_err();
    assert!(
        matches!(error, Error::Resting { failures: 5, .. }),
        "{error}"
    );
    assert!(error.is_retryable() && error.retry_after().is_some());
    assert!(
        error.to_string().starts_with(
            "provider `openai` rests: its last 5 calls failed\nhint: it is tried again in "
        ),
        "{error}"
    );
    assert_eq!(upstream.requests().len(), 5);
    assert_eq!(provider.calls(), 0);
}

#[tokio::test]
async fn a_route_goes_past_a_provider_that_rests() {
    let failing = Upstream::answering(refusal(503));
    let healthy = Upstream::answering(hello());
    let runtime = Runtime::builder()
        .provider("one", component("openai").await, openai_at(&failing))
        .provider("two", component("openai").await, openai_at(&healthy))
        .route("any", Route::new(["one/m", "two/m"]))
        .build()
        .unwrap();
    for _ in 0..8 {
        assert_eq!(listen(&runtime, "any").await.unwrap(), "Hello ☀");
    }
    assert_eq!((failing.requests().len(), healthy.requests().len()), (5, 8));
}

#[tokio::test]
async fn a_probe_that_is_answered_brings_the_provider_back() {
    let mut failures = vec![refusal(503); 6];
    failures.push(hello());
    let upstream = Upstream::sequence(failures);
    let runtime = runtime_with("openai", openai_at(&upstream).breaker(hasty())).await;
    let provider = runtime.provider("openai").unwrap();
    for _ in 0..6 {
        assert_eq!(kind(&runtime, MODEL).await, ErrorKind::Overloaded);
    }
    assert_eq!(provider.breaker().state, BreakerState::HalfOpen);
    assert_eq!(provider.breaker().failures, 6);
    listen(&runtime, MODEL).await.unwrap();
    let status = provider.breaker();
    assert_eq!((status.state, status.failures), (BreakerState::Closed, 0));
}

#[tokio::test]
async fn a_probe_that_is_dropped_lets_the_next_one_through() {
    let upstream = Upstream::start({
        let mut calls = 0;
        move |_| {
            calls += 1;
            match calls {
                1..=5 => refusal(503),
                _ => hello(),
            }
        }
    });
    let runtime = runtime_with("openai", openai_at(&upstream).breaker(hasty())).await;
    for _ in 0..5 {
        ask(&runtime, MODEL, "Hi").await.unwrap_err();
    }
    let probe = runtime.chat(question(MODEL, "Hi"), CallOptions::default());
    let probe = probe.await.unwrap();
    let error = ask(&runtime, MODEL, "Hi").await.unwrap_err();
    assert!(matches!(error, Error::Resting { .. }), "one probe: {error}");
    drop(probe);
    listen(&runtime, MODEL).await.unwrap();
}

#[tokio::test]
async fn a_probe_that_is_forgotten_lets_the_next_one_through_at_its_deadline() {
    let upstream = Upstream::answering(refusal(503));
    let limits = Limits {
        timeout: Duration::from_secs(10),
        ..Limits::default()
    };
    let config = openai_at(&upstream).limits(limits).breaker(hasty());
    let runtime = runtime_with("openai", config).await;
    for _ in 0..5 {
        ask(&runtime, MODEL, "Hi").await.unwrap_err();
    }
    tokio::time::pause();
    let probe = stream(&runtime, MODEL, "Hi").await.unwrap();
    until_no_call_is_open(&runtime, "openai").await;
    tokio::time::resume();
    let timeout = AttemptOutcome::Failed {
        kind: ErrorKind::Timeout,
        status: None,
    };
    assert_eq!(probe.attempts()[0].outcome, timeout);
    let breaker = runtime.provider("openai").unwrap().breaker();
    assert_eq!(breaker.failures, 5, "that nobody reads is not its failure");
    let next = ask(&runtime, MODEL, "Hi").await.unwrap_err();
    assert_eq!(next.status(), Some(503), "{next}");
    drop(probe);
}

#[tokio::test]
async fn what_is_the_callers_fault_does_not_count() {
    let upstream = Upstream::start(|request| match request.text().contains("wait") {
        true => hello().stall_before_head(),
        false => refusal(400),
    });
    let limits = Limits {
        timeout: Duration::from_secs(1),
        ..Limits::default()
    };
    let runtime = runtime_with("openai", openai_at(&upstream).limits(limits)).await;
    let provider = runtime.provider("openai").unwrap();
    for _ in 0..6 {
        assert_eq!(kind(&runtime, MODEL).await, ErrorKind::InvalidRequest);
    }
    let hurried = || CallOptions {
        timeout: Some(Duration::from_millis(10)),
        ..CallOptions::default()
    };
    for _ in 0..6 {
        let stream = runtime.chat(question(MODEL, "wait"), hurried()).await;
        let error = match stream {
            Ok(stream) => stream.complete().await.unwrap_err(),
            Err(error) => error,
        };
        assert_eq!(error.kind(), ErrorKind::Timeout);
    }
    assert_eq!(provider.breaker().failures, 0);
    let error = ask(&runtime, MODEL, "wait").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Timeout);
    assert_eq!(
        provider.breaker().failures,
        1,
        "the operator's limit counts"
    );
}

#[tokio::test]
async fn what_a_guest_does_wrong_is_nobody_elses_failure() {
    let runtime = runtime_with("rogue", ProviderConfig::new()).await;
    for _ in 0..8 {
        ask(&runtime, "rogue/panic-in-step", "").await.unwrap_err();
    }
    let answer = ask(&runtime, "rogue/well-behaved", "").await.unwrap();
    assert_eq!(answer.text(), "fine");
}

#[tokio::test]
async fn an_operator_can_look_at_a_provider_that_rests() {
    let models = Answer::json(200, json!({"object": "list", "data": [{"id": "m"}]}));
    let upstream = Upstream::start(move |request| match request.method.as_str() {
        "GET" => models.clone(),
        _ => refusal(503),
    });
    let runtime = runtime_with("openai", openai_at(&upstream)).await;
    for _ in 0..6 {
        ask(&runtime, MODEL, "Hi").await.unwrap_err();
    }
    runtime.check("openai").await.unwrap();
    assert_eq!(runtime.models("openai").await.unwrap().len(), 1);
    let breaker = runtime.provider("openai").unwrap().breaker();
    assert_eq!(breaker.state, BreakerState::Open);
}

#[tokio::test]
async fn requests_of_a_minute_are_counted_and_the_next_target_answers() {
    let rates = RateLimits {
        requests_per_minute: Some(2),
        ..RateLimits::default()
    };
    let runtime = Runtime::builder()
        .provider(
            "one",
            component("echo").await,
            ProviderConfig::new().rates(rates),
        )
        .provider("two", component("echo").await, ProviderConfig::new())
        .route("any", Route::new(["one/m", "two/m"]))
        .build()
        .unwrap();
    ask(&runtime, "one/m", "Hi").await.unwrap();
    ask(&runtime, "one/m", "Hi").await.unwrap();
    let error = ask(&runtime, "one/m", "Hi").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(error.retry_after().unwrap() <= Duration::from_secs(30));
    assert!(error.to_string().contains("`providers.one.rpm`"), "{error}");
    let stream = runtime.chat(question("any", "Hi"), CallOptions::default());
    let attempts = stream.await.unwrap().attempts();
    assert_eq!(&*attempts[1].provider, "two");
    let breaker = runtime.provider("one").unwrap().breaker();
    assert_eq!(breaker.failures, 0);
}

#[tokio::test]
async fn tokens_of_a_minute_are_counted_by_what_was_used() {
    let upstream = Upstream::sequence([whole(10), whole(10_000), whole(1)]);
    let rates = RateLimits {
        tokens_per_minute: Some(1_000),
        ..RateLimits::default()
    };
    let runtime = runtime_with("openai", openai_at(&upstream).rates(rates)).await;
    // By the estimate it is nearly a minute's worth; by the usage it is not.
    ask(&runtime, MODEL, &"x".repeat(3_900)).await.unwrap();
    ask(&runtime, MODEL, &"x".repeat(3_900)).await.unwrap();
    let error = ask(&runtime, MODEL, "Hi").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert!(error.retry_after().unwrap() > Duration::from_secs(480));
    assert_eq!(upstream.requests().len(), 2);
}

#[tokio::test]
async fn a_version_whose_first_calls_fail_is_rolled_back_by_itself() {
    let component = chameleon("version-1").await.unwrap();
    let builder = Runtime::builder().provider("chameleon", component, ProviderConfig::new());
    let runtime = builder.build().unwrap();
    let provider = runtime.provider("chameleon").unwrap();
    let bad = chameleon("falls-over").await.unwrap();
    runtime.swap("chameleon", bad).unwrap();
    for _ in 0..5 {
        assert_eq!(provider.version().number(), 2);
        assert_eq!(provider.rolled_back(), None);
        ask(&runtime, "chameleon/at-once", "").await.unwrap_err();
    }
    assert_eq!(provider.version().number(), 1);
    let rolled_back = provider.rolled_back().unwrap();
    assert_eq!((rolled_back.version, rolled_back.to), (2, 1));
    assert!(rolled_back.reason.contains("trapped"), "{rolled_back:?}");
    let answer = ask(&runtime, "chameleon/at-once", "").await.unwrap();
    assert_eq!(answer.text(), "version-1");
}

#[tokio::test]
async fn a_version_that_has_answered_once_stays() {
    let good = Answer::stream("text/plain", [" "]);
    let cut = || Answer::stream("text/plain", [" "]).cut_after(0);
    for (first, version_at_the_end) in [(good, 2), (cut(), 1)] {
        let upstream = Upstream::start({
            let mut first = Some(first);
            move |_| first.take().unwrap_or_else(cut)
        });
        let never = BreakerConfig {
            failures: 0,
            ..BreakerConfig::default()
        };
        let config = ProviderConfig::new().allow(upstream.url("/*"));
        let component = chameleon("version-1").await.unwrap();
        let builder = Runtime::builder();
        let builder = builder.provider("chameleon", component, config.breaker(never));
        let runtime = builder.build().unwrap();
        let next = chameleon("version-2").await.unwrap();
        runtime.swap("chameleon", next).unwrap();
        let model = format!("chameleon/{}", upstream.url("/"));
        for _ in 0..6 {
            let _ = ask(&runtime, &model, "").await;
        }
        assert_eq!(upstream.requests().len(), 6);
        let provider = runtime.provider("chameleon").unwrap();
        assert_eq!(provider.version().number(), version_at_the_end);
    }
}

#[tokio::test]
async fn two_versions_that_fail_do_not_take_turns() {
    let component = chameleon("falls-over").await.unwrap();
    let config = ProviderConfig::new();
    let builder = Runtime::builder().provider("chameleon", component.clone(), config);
    let runtime = builder.build().unwrap();
    let provider = runtime.provider("chameleon").unwrap();
    let mut seen = Vec::new();
    for _ in 0..2 {
        runtime.swap("chameleon", component.clone()).unwrap();
    }
    for _ in 0..30 {
        ask(&runtime, "chameleon/at-once", "").await.unwrap_err();
        seen.push(provider.version().number());
    }
    seen.dedup();
    // The third failed, then the second; the third had failed already.
    assert_eq!(seen, [3, 2]);
}

/// What a caller can bring about, an answer that takes longer than it may, must not shut out the
/// others.
#[tokio::test]
async fn an_answer_that_has_begun_and_takes_too_long_opens_no_breaker() {
    let upstream = Upstream::answering(hello().stall_after(300));
    let config = openai_at(&upstream).limits(Limits {
        timeout: Duration::from_millis(300),
        ..Limits::default()
    });
    let runtime = runtime_with("openai", config).await;
    let provider = runtime.provider("openai").unwrap();
    for _ in 0..6 {
        let error = listen(&runtime, MODEL).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Timeout, "{error}");
    }
    let breaker = provider.breaker();
    assert_eq!((breaker.state, breaker.failures), (BreakerState::Closed, 0));
}

/// A provider warns of what it cannot honour before it asks its upstream.
#[tokio::test]
async fn a_warning_does_not_close_the_breaker_again() {
    let upstream = Upstream::start({
        let mut refusals = 5;
        move |_| match refusals {
            0 => hello().stall_after(0),
            _ => {
                refusals -= 1;
                refusal(503)
            }
        }
    });
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .setting("base-url", upstream.origin())
        .secret("api-key", "sk-test-secret")
        .breaker(hasty());
    let runtime = runtime_with("anthropic", config).await;
    let provider = runtime.provider("anthropic").unwrap();
    for _ in 0..5 {
        listen(&runtime, "anthropic/m").await.unwrap_err();
    }
    let mut probe = question("anthropic/m", "Hi");
    probe.sampling.seed = Some(7);
    let mut events = runtime.stream(probe).await.unwrap();
    let first = events.next().await.unwrap().unwrap();
    assert!(matches!(first, StreamEvent::Warning(_)), "{first:?}");
    assert_eq!(provider.breaker().state, BreakerState::HalfOpen);
}

#[tokio::test]
async fn an_end_without_an_answer_is_a_failure() {
    let runtime = runtime_with("rogue", ProviderConfig::new()).await;
    let attempts = Attempts::new();
    let options = CallOptions {
        attempts: Some(attempts.clone()),
        ..CallOptions::default()
    };
    let request = ChatRequest::new("rogue/any", vec![]);
    runtime
        .count_tokens_with(request, options)
        .await
        .unwrap_err();
    let [attempt] = attempts.list().try_into().unwrap();
    assert!(
        matches!(
            attempt.outcome,
            AttemptOutcome::Failed {
                kind: ErrorKind::Internal,
                ..
            }
        ),
        "{attempt:?}"
    );
}
