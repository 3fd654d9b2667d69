//! A crowd of calls over upstreams that fail in every way: nobody is lost, nobody is answered twice,
//! nobody gets another's answer, every failure is a typed one, and nothing is left over.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join_all;
use serde_json::json;
use tidegate_host::types::{ErrorKind, StreamEvent};
use tidegate_host::{
    Attempt, AttemptOutcome, Attempts, BreakerConfig, CallOptions, Completion, Limits, Result,
    Route, Runtime, Strategy,
};
use tidegate_tests::calls::question;
use tidegate_tests::guests::component;
use tidegate_tests::upstream::{Answer, Request, Split, Upstream};

use crate::answers::openai_at;
use crate::retrying::{at_once, refusal};

/// More than any one provider takes at once.
const CALLS: usize = 160;

/// How many whole answers each question has been given, over all upstreams.
type Given = Arc<Mutex<HashMap<String, usize>>>;

/// A whole answer that says the question back.
fn answer(request: &Request) -> Answer {
    let piece = |delta: serde_json::Value, finish: Option<&str>| {
        json!({
            "id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "m",
            "choices": [{"index": 0, "delta": delta, "finish_reason": finish}],
        })
        .to_string()
    };
    Answer::sse([
        piece(json!({"content": "You said: "}), None),
        piece(json!({"content": said(request)}), None),
        piece(json!({}), Some("stop")),
        "[DONE]".into(),
    ])
}

fn said(request: &Request) -> String {
    let text = request.json()["messages"][0]["content"].clone();
    text.as_str().unwrap_or_default().to_owned()
}

/// An upstream that does one thing after the other; what it answers whole is counted.
fn moody(given: &Given, moods: &'static [&'static str]) -> Upstream {
    let (given, mut turn) = (given.clone(), 0);
    Upstream::start(move |request| {
        let mood = moods[turn % moods.len()];
        turn += 1;
        if matches!(mood, "well" | "slow") {
            *given.lock().unwrap().entry(said(request)).or_default() += 1;
        }
        match mood {
            "well" => answer(request),
            "slow" => answer(request).split(Split::EveryByte),
            "fails" => refusal(500),
            "overloaded" => refusal(503),
            "limits" => refusal(429).header("retry-after-ms", "3"),
            "refuses" => refusal(401),
            "cuts-early" => answer(request).cut_after(0),
            "cuts" => answer(request).cut_after(200),
            "resets" => answer(request).reset_after(200),
            "hangs-up" => answer(request).close_before_head(),
            "stalls" => answer(request).stall_before_head(),
            "nonsense" => Answer::html(200, "<h1>Maintenance</h1>"),
            other => panic!("`{other}` is no mood"),
        }
    })
}

async fn call(runtime: Runtime, number: usize) -> (usize, Result<Completion>, Vec<Attempt>) {
    let attempts = Attempts::new();
    let options = CallOptions {
        attempts: Some(attempts.clone()),
        ..CallOptions::default()
    };
    let mut request = question("any", &format!("call {number}"));
    request.stream = true;
    let answer = match runtime.chat(request, options).await {
        // Some go away: before anything has come, or after the first event.
        Ok(mut stream) if number.is_multiple_of(24) => {
            let first = stream.next().await;
            assert!(
                matches!(first, Some(Ok(StreamEvent::Answer(_)))),
                "{first:?}"
            );
            drop(stream);
            return (number, Err(gone()), attempts.list());
        }
        Ok(stream) => stream.complete().await,
        Err(error) => Err(error),
    };
    (number, answer, attempts.list())
}

/// In place of an answer that nobody waited for.
fn gone() -> tidegate_host::Error {
    tidegate_host::Error::Config {
        message: "gone".into(),
        hint: String::new(),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_call_is_lost_or_answered_twice() {
    for strategy in [
        Strategy::RoundRobin,
        Strategy::Fallback,
        Strategy::LeastLatency,
    ] {
        crowd(strategy).await;
    }
}

async fn crowd(strategy: Strategy) {
    let given = Given::default();
    let upstreams = [
        moody(
            &given,
            &["fails", "overloaded", "well", "nonsense", "hangs-up"],
        ),
        moody(&given, &["limits", "well", "limits", "refuses"]),
        moody(
            &given,
            &["well", "cuts", "cuts-early", "slow", "resets", "stalls"],
        ),
        moody(&given, &["slow", "fails", "well"]),
    ];
    let limits = Limits {
        first_byte: Duration::from_millis(500),
        concurrency: CALLS / 3,
        ..Limits::default()
    };
    let breaker = BreakerConfig {
        failures: 8,
        cool_down: Duration::from_millis(1),
    };
    let names = ["one", "two", "three", "four"];
    let mut builder = Runtime::builder();
    for (name, upstream) in names.iter().zip(&upstreams) {
        let config = openai_at(upstream)
            .limits(limits.clone())
            .breaker(breaker.clone());
        builder = builder.provider(*name, component("openai").await, config);
    }
    let route = Route::new(names.map(|name| format!("{name}/m")));
    let route = route.strategy(strategy).retries(4).backoff(at_once());
    let runtime = builder.route("any", route).build().unwrap();

    let calls = (0..CALLS).map(|number| tokio::spawn(call(runtime.clone(), number)));
    let (mut sent, mut unsure) = (0, 0);
    let mut answered = 0;
    for call in join_all(calls).await {
        let (number, answer, attempts) = call.unwrap();
        let question = format!("call {number}");
        let given = given
            .lock()
            .unwrap()
            .get(&question)
            .copied()
            .unwrap_or_default();
        // What comes after the time limit is an answer to nobody.
        let late = attempts.iter().filter(|attempt| was_late(attempt)).count();
        unsure += late;
        sent += attempts.iter().filter(|attempt| was_sent(attempt)).count();
        match answer {
            Ok(completion) => {
                answered += 1;
                assert_eq!(completion.text(), format!("You said: {question}"));
                assert!(
                    (1..=1 + late).contains(&given),
                    "`{question}`: {attempts:?}"
                );
            }
            Err(error) if error.to_string().starts_with("gone") => {
                assert!(given <= 1 + late, "`{question}`: {attempts:?}");
            }
            Err(error) => {
                assert!(
                    given <= late,
                    "an answer to `{question}` was lost: {attempts:?}"
                );
                let expected = [
                    ErrorKind::Upstream,
                    ErrorKind::Overloaded,
                    ErrorKind::RateLimited,
                    ErrorKind::Timeout,
                    ErrorKind::Unauthorized,
                ];
                assert!(expected.contains(&error.kind()), "{error}");
            }
        }
        let last = attempts.last().map(|attempt| &attempt.outcome);
        assert_ne!(last, Some(&AttemptOutcome::UnderWay));
    }
    let requests: usize = upstreams.iter().map(|it| it.requests().len()).sum();
    // Of those that ran into the time limit, some had not been sent yet.
    assert!(
        (sent - unsure..=sent).contains(&requests),
        "what was sent is what was reported: {requests} requests, {sent} attempts"
    );
    println!("{strategy:?}: {answered} of {CALLS} answered, {requests} requests");
    assert!(answered > 0, "{strategy:?}");
    for provider in runtime.providers() {
        assert_eq!(provider.calls(), 0, "{}", provider.name());
    }
}

/// Whether an attempt got as far as the upstream: the host's own refusals have no status.
fn was_sent(attempt: &Attempt) -> bool {
    !matches!(
        attempt.outcome,
        AttemptOutcome::Failed {
            kind: ErrorKind::Overloaded,
            status: None
        }
    )
}

fn was_late(attempt: &Attempt) -> bool {
    matches!(
        attempt.outcome,
        AttemptOutcome::Failed {
            kind: ErrorKind::Timeout,
            ..
        }
    )
}
