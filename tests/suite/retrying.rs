//! What becomes of a call whose upstream fails: another attempt, here or elsewhere, as long as nothing
//! of an answer has come; and a record of all that was tried.

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::json;
use tidegate_host::types::{ChatRequest, EmbedRequest, ErrorKind, StreamEvent};
use tidegate_host::{
    Attempt, AttemptOutcome, Attempts, Backoff, CallOptions, Error, EventStream, Fault,
    ProviderConfig, Result, Route, Runtime, RuntimeBuilder,
};
use tidegate_tests::calls::question;
use tidegate_tests::guests::component;
use tidegate_tests::upstream::{Answer, Upstream};

use crate::answers::{hello, openai_at};

/// A vendor's error.
pub fn refusal(status: u16) -> Answer {
    Answer::json(status, json!({"error": {"message": "not now"}}))
}

/// No time to speak of.
pub fn at_once() -> Backoff {
    Backoff {
        base: Duration::from_micros(1),
        ..Backoff::default()
    }
}

/// `openai` at these upstreams, as `one` and so on; `any` falls back from each to the next.
pub async fn chain(upstreams: &[&Upstream], retries: u32) -> RuntimeBuilder {
    let names = ["one", "two", "three", "four"];
    let mut builder = Runtime::builder();
    for (name, upstream) in names.iter().zip(upstreams) {
        builder = builder.provider(*name, component("openai").await, openai_at(upstream));
    }
    let targets = names.iter().take(upstreams.len());
    let route = Route::new(targets.map(|name| format!("{name}/gpt-5-mini")));
    builder.route("any", route.retries(retries).backoff(at_once()))
}

/// Asks for a stream, reads it whole, and lists the attempts.
async fn call(
    runtime: &Runtime,
    model: &str,
    timeout: Option<Duration>,
) -> (Result<String>, Vec<Attempt>) {
    let attempts = Attempts::new();
    let options = CallOptions {
        timeout,
        attempts: Some(attempts.clone()),
        ..CallOptions::default()
    };
    let mut request = question(model, "Hi");
    request.stream = true;
    let answer = match runtime.chat(request, options).await {
        Ok(stream) => stream.complete().await.map(|completion| completion.text()),
        Err(error) => Err(error),
    };
    (answer, attempts.list())
}

/// Provider, outcome and status of each attempt.
fn story(attempts: &[Attempt]) -> String {
    let tell = |attempt: &Attempt| match &attempt.outcome {
        AttemptOutcome::Failed { kind, status } => {
            let status = status.map_or(String::new(), |status| format!(" {status}"));
            format!("{}: {}{status}", attempt.provider, kind.name())
        }
        other => format!("{}: {other:?}", attempt.provider),
    };
    let told: Vec<String> = attempts.iter().map(tell).collect();
    told.join(", ")
}

#[tokio::test]
async fn a_model_called_by_its_name_is_retried_where_the_runtime_says_so() {
    let upstream = Upstream::sequence([refusal(503), refusal(500), hello()]);
    let builder = chain(&[&upstream], 0).await.retries(2).backoff(at_once());
    let runtime = builder.build().unwrap();
    let (answer, attempts) = call(&runtime, "one/gpt-5-mini", None).await;
    assert_eq!(answer.unwrap(), "Hello ☀");
    assert_eq!(
        story(&attempts),
        "one: overloaded 503, one: upstream 500, one: Answered"
    );
    assert_eq!(upstream.requests().len(), 3);
    assert_eq!(&*attempts[2].model, "gpt-5-mini");
    assert_eq!(attempts[2].version, 1);
}

#[tokio::test]
async fn without_retries_there_is_one_attempt() {
    let upstream = Upstream::sequence([refusal(503)]);
    let runtime = chain(&[&upstream], 0).await.build().unwrap();
    let (answer, attempts) = call(&runtime, "one/gpt-5-mini", None).await;
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::Overloaded);
    assert_eq!(story(&attempts), "one: overloaded 503");
}

#[tokio::test]
async fn the_next_target_answers_without_a_retry() {
    for (status, kind) in [
        (401, "unauthorized"),
        (402, "quota-exceeded"),
        (403, "forbidden"),
        (404, "not-found"),
        (429, "rate-limited"),
        (500, "upstream"),
        (503, "overloaded"),
    ] {
        let failing = Upstream::answering(refusal(status));
        let healthy = Upstream::answering(hello());
        let runtime = chain(&[&failing, &healthy], 0).await.build().unwrap();
        let (answer, attempts) = call(&runtime, "any", None).await;
        assert_eq!(answer.unwrap(), "Hello ☀", "{status}");
        let expected = format!("one: {kind} {status}, two: Answered");
        assert_eq!(story(&attempts), expected);
    }
}

#[tokio::test]
async fn a_request_that_makes_no_sense_is_sent_nowhere_else() {
    let failing = Upstream::answering(refusal(400));
    let healthy = Upstream::answering(hello());
    let runtime = chain(&[&failing, &healthy], 3).await.build().unwrap();
    let (answer, attempts) = call(&runtime, "any", None).await;
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::InvalidRequest);
    assert_eq!(story(&attempts), "one: invalid-request 400");
    assert!(healthy.requests().is_empty());
}

#[tokio::test]
async fn what_time_does_not_cure_is_not_asked_twice() {
    let absent = Upstream::absent();
    let config = ProviderConfig::new()
        .allow(format!("{}/*", absent.origin()))
        .setting("base-url", absent.origin())
        .secret("api-key", "sk-test-secret");
    let forbidden = Upstream::answering(refusal(403));
    let runtime = chain(&[&forbidden], 0)
        .await
        .provider("absent", component("openai").await, config)
        .route(
            "both",
            Route::new(["absent/m", "one/m"])
                .retries(5)
                .backoff(at_once()),
        )
        .build()
        .unwrap();
    let (answer, attempts) = call(&runtime, "both", None).await;
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::Forbidden);
    assert_eq!(story(&attempts), "absent: unreachable, one: forbidden 403");
}

#[tokio::test]
async fn the_error_that_leaves_the_most_hope_is_the_callers() {
    let busy = Upstream::answering(refusal(429).header("retry-after", "45"));
    let misconfigured = Upstream::answering(refusal(401));
    let runtime = chain(&[&busy, &misconfigured], 1).await.build().unwrap();
    let (answer, attempts) = call(&runtime, "any", None).await;
    let error = answer.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::RateLimited);
    assert_eq!(error.retry_after(), Some(Duration::from_secs(45)));
    assert_eq!(
        story(&attempts),
        "one: rate-limited 429, two: unauthorized 401"
    );
}

#[tokio::test]
async fn a_moment_asked_for_is_waited_and_told() {
    let moment = refusal(429).header("retry-after-ms", "20");
    let upstream = Upstream::sequence([moment, hello()]);
    let other = Upstream::answering(hello());
    let runtime = chain(&[&upstream, &other], 1).await.build().unwrap();
    let (answer, attempts) = call(&runtime, "any", None).await;
    assert_eq!(answer.unwrap(), "Hello ☀");
    assert_eq!(story(&attempts), "one: rate-limited 429, one: Answered");
    let waits: Vec<Duration> = attempts.iter().map(|attempt| attempt.waited).collect();
    assert_eq!(waits, [Duration::ZERO, Duration::from_millis(20)]);
}

#[tokio::test]
async fn nothing_is_waited_for_past_the_deadline() {
    let upstream = Upstream::answering(refusal(429).header("retry-after", "29"));
    let runtime = chain(&[&upstream], 3).await.build().unwrap();
    let (answer, attempts) = call(&runtime, "any", Some(Duration::from_secs(28))).await;
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::RateLimited);
    assert_eq!(story(&attempts), "one: rate-limited 429");
}

#[tokio::test]
async fn the_deadline_is_that_of_all_attempts_together() {
    let silent = Upstream::answering(hello().stall_before_head());
    let healthy = Upstream::answering(hello());
    let builder = chain(&[&silent, &healthy], 3).await;
    let targets = ["one/gpt-5-mini", "two/gpt-5-mini"];
    let route = Route::new(targets).timeout(Duration::from_millis(50));
    let runtime = builder.route("short", route).build().unwrap();
    for (model, timeout) in [("any", Some(Duration::from_millis(50))), ("short", None)] {
        let (answer, attempts) = call(&runtime, model, timeout).await;
        let error = answer.unwrap_err();
        let is_timeout = |fault: &Fault| matches!(fault, Fault::Timeout(_));
        assert!(
            matches!(&error, Error::Guest { fault, .. } if is_timeout(fault)),
            "{error}"
        );
        assert_eq!(story(&attempts), "one: timeout");
    }
    assert!(healthy.requests().is_empty());
}

#[tokio::test]
async fn nothing_is_tried_again_after_the_first_event() {
    let cut = Upstream::answering(hello().cut_after(300));
    let healthy = Upstream::answering(hello());
    let runtime = chain(&[&cut, &healthy], 3).await.build().unwrap();
    let (answer, attempts) = call(&runtime, "any", None).await;
    assert_eq!(answer.unwrap_err().kind(), ErrorKind::Upstream);
    assert_eq!(story(&attempts), "one: upstream");
    assert_eq!((cut.requests().len(), healthy.requests().len()), (1, 0));
}

#[tokio::test]
async fn a_stream_that_breaks_off_before_it_has_said_anything_is_tried_again() {
    let upstream = Upstream::sequence([hello().cut_after(0), hello()]);
    let runtime = chain(&[&upstream], 1).await.build().unwrap();
    let (answer, attempts) = call(&runtime, "any", None).await;
    assert_eq!(answer.unwrap(), "Hello ☀");
    assert_eq!(story(&attempts), "one: upstream, one: Answered");
}

#[tokio::test]
async fn a_warning_does_not_take_away_the_next_attempt() {
    // This provider warns before it asks its upstream.
    let failing = Upstream::answering(refusal(503));
    let healthy = Upstream::answering(hello());
    let runtime = chain(&[&healthy], 0)
        .await
        .provider(
            "anthropic",
            component("anthropic").await,
            openai_at(&failing),
        )
        .route("both", Route::new(["anthropic/m", "one/m"]))
        .build()
        .unwrap();
    let mut request = question("both", "Hi");
    request.stream = true;
    request.sampling.seed = Some(7);
    let direct = ChatRequest {
        model: "anthropic/m".into(),
        ..request.clone()
    };
    let options = CallOptions::default;
    let mut alone = runtime.chat(direct, options()).await.unwrap();
    let first = alone.next().await.unwrap().unwrap();
    assert!(matches!(first, StreamEvent::Warning(_)), "{first:?}");

    let stream = runtime.chat(request, options()).await.unwrap();
    assert_eq!(
        story(&stream.attempts()),
        "anthropic: overloaded 503, one: UnderWay"
    );
    let completion = stream.complete().await.unwrap();
    assert_eq!(completion.text(), "Hello ☀");
    assert!(
        completion.warnings.is_empty(),
        "who did not answer has nothing to say: {:?}",
        completion.warnings
    );
}

#[tokio::test]
async fn attempts_are_there_while_the_answer_comes_and_when_it_is_dropped() {
    let failing = Upstream::answering(refusal(503));
    let stalling = Upstream::answering(hello().stall_after(300));
    let runtime = chain(&[&failing, &stalling], 0).await.build().unwrap();
    let attempts = Attempts::new();
    let options = CallOptions {
        attempts: Some(attempts.clone()),
        ..CallOptions::default()
    };
    let mut request = question("any", "Hi");
    request.stream = true;
    let mut events: EventStream = runtime.chat(request, options).await.unwrap();
    events.next().await.unwrap().unwrap();
    assert_eq!(
        story(&events.attempts()),
        "one: overloaded 503, two: UnderWay"
    );
    drop(events);
    assert_eq!(
        story(&attempts.list()),
        "one: overloaded 503, two: Abandoned"
    );
    stalling.wait_for_closed(1).await;
}

#[tokio::test]
async fn a_reader_that_stops_at_the_finish_has_its_answer() {
    let upstream = Upstream::answering(hello());
    let runtime = chain(&[&upstream], 0).await.build().unwrap();
    let mut request = question("one/gpt-5-mini", "Hi");
    request.stream = true;
    let attempts = Attempts::new();
    let options = CallOptions {
        attempts: Some(attempts.clone()),
        ..CallOptions::default()
    };
    let mut events = runtime.chat(request, options).await.unwrap();
    while let Some(event) = events.next().await {
        if matches!(event.unwrap(), StreamEvent::Finish(_)) {
            break;
        }
    }
    drop(events);
    assert_eq!(story(&attempts.list()), "one: Answered");
}

#[tokio::test]
async fn what_is_answered_at_once_is_retried_too() {
    let vectors = json!({"data": [{"index": 0, "embedding": [1.5]}], "model": "e"});
    let upstream = Upstream::sequence([refusal(500), Answer::json(200, vectors)]);
    let runtime = chain(&[&upstream], 1).await.build().unwrap();
    let request = EmbedRequest::new("any", ["a"]);
    let embeddings = runtime.embed(request).await.unwrap();
    assert_eq!(embeddings.vectors, [[1.5]]);
}
