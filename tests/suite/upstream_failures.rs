//! Upstreams that are down, break off, stall, or answer something else than they should: each ends
//! as a typed error, and never as an answer that looks whole.

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::json;
use tidegate_host::types::{ErrorKind, StreamEvent};
use tidegate_host::{Error, Limits, ProviderConfig};
use tidegate_tests::calls::{ask, provider_error, runtime_with, stream};
use tidegate_tests::courier::{Errand, Seen};
use tidegate_tests::upstream::{Answer, Upstream};

use crate::answers::{hello, openai_at};

/// Streams from `openai` at this upstream: what came, and the error at the end.
async fn fail(config: ProviderConfig) -> (Vec<StreamEvent>, Error) {
    let runtime = runtime_with("openai", config).await;
    let mut events = stream(&runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
    let mut came = Vec::new();
    while let Some(event) = events.next().await {
        match event {
            Ok(event) => came.push(event),
            Err(error) => {
                assert!(events.next().await.is_none(), "an error is the last item");
                return (came, error);
            }
        }
    }
    panic!("it ended as if it were whole: {came:?}");
}

fn finished(events: &[StreamEvent]) -> bool {
    let finish = |event: &StreamEvent| matches!(event, StreamEvent::Finish(_));
    events.iter().any(finish)
}

#[track_caller]
fn kind(error: &Error) -> ErrorKind {
    match error {
        Error::Provider(error) => error.kind,
        other => panic!("no error of the upstream: {other:?}"),
    }
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_an_error_wherever_it_does() {
    let length = r#"data: {"id":"c1","object":"chat.completion.chunk""#.len();
    for answer in [
        hello().cut_after(0),
        hello().cut_after(length),
        hello().cut_after(300),
        hello().reset_after(length),
        hello().reset_after(300),
    ] {
        let upstream = Upstream::answering(answer.clone());
        let (events, error) = fail(openai_at(&upstream)).await;
        assert!(!finished(&events), "{answer:?}");
        assert_eq!(kind(&error), ErrorKind::Upstream, "{answer:?}: {error}");
    }
}

#[tokio::test]
async fn an_upstream_that_hangs_up_before_it_answers_is_an_error() {
    for answer in [hello().close_before_head(), hello().reset_before_head()] {
        let upstream = Upstream::answering(answer.clone());
        let (_, error) = fail(openai_at(&upstream)).await;
        assert_eq!(kind(&error), ErrorKind::Upstream, "{answer:?}: {error}");
    }
}

#[tokio::test]
async fn an_upstream_that_is_down_is_unreachable() {
    let absent = Upstream::absent();
    let config = ProviderConfig::new()
        .allow(format!("{}/*", absent.origin()))
        .setting("base-url", absent.origin())
        .secret("api-key", "sk-test-secret");
    let (_, error) = fail(config).await;
    assert_eq!(kind(&error), ErrorKind::Unreachable);
    assert!(error.to_string().contains(&absent.origin()), "{error}");
}

#[tokio::test]
async fn an_upstream_that_falls_silent_runs_into_the_idle_limit() {
    let limits = Limits {
        idle: Duration::from_millis(500),
        ..Limits::default()
    };
    let upstream = Upstream::answering(hello().stall_after(300));
    let (events, error) = fail(openai_at(&upstream).limits(limits)).await;
    assert!(!events.is_empty() && !finished(&events));
    assert_eq!(kind(&error), ErrorKind::Timeout, "{error}");
    upstream.wait_for_closed(1).await;
}

#[tokio::test]
async fn an_upstream_that_never_answers_runs_into_the_first_byte_limit() {
    let limits = Limits {
        first_byte: Duration::from_millis(100),
        ..Limits::default()
    };
    let upstream = Upstream::answering(hello().stall_before_head());
    let (_, error) = fail(openai_at(&upstream).limits(limits)).await;
    assert_eq!(kind(&error), ErrorKind::Timeout, "{error}");
    upstream.wait_for_closed(1).await;
}

#[tokio::test]
async fn what_is_no_answer_is_an_upstream_error() {
    let answers = [
        (
            "a page",
            Answer::html(200, "<html><h1>Maintenance</h1></html>"),
        ),
        ("nothing", Answer::new(200)),
        (
            "half a document",
            Answer::new(200)
                .header("content-type", "application/json")
                .body(r#"{"id":"c1","choices":[{"mess"#),
        ),
        (
            "an error with status 200",
            Answer::json(
                200,
                json!({"error": {"message": "the model fell over", "type": "server_error"}}),
            ),
        ),
        ("something else", Answer::json(200, json!(["what", "ever"]))),
    ];
    for (what, answer) in answers {
        let upstream = Upstream::answering(answer);
        let runtime = runtime_with("openai", openai_at(&upstream)).await;
        let whole = ask(&runtime, "openai/gpt-5-mini", "Hi").await;
        assert_eq!(provider_error(whole), ErrorKind::Upstream, "{what}, whole");
        let (events, error) = fail(openai_at(&upstream)).await;
        assert!(!finished(&events), "{what}, streamed");
        assert_eq!(
            kind(&error),
            ErrorKind::Upstream,
            "{what}, streamed: {error}"
        );
    }
}

#[tokio::test]
async fn an_error_event_in_a_stream_is_an_upstream_error() {
    let upstream = Upstream::answering(Answer::sse([
        r#"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"m","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}"#,
        r#"{"error":{"message":"the model fell over","type":"server_error"}}"#,
        "[DONE]",
    ]));
    let (events, error) = fail(openai_at(&upstream)).await;
    assert!(!finished(&events));
    assert_eq!(kind(&error), ErrorKind::Upstream);
    assert_eq!(error.to_string(), "the model fell over");
}

#[tokio::test]
async fn what_is_no_http_is_malformed() {
    for bytes in [
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1 two hundred\r\n\r\n",
        "\0\0\0\0\r\n\r\n",
    ] {
        let upstream = Upstream::answering(Answer::raw(bytes));
        let config = ProviderConfig::new().allow(upstream.url("/*"));
        let runtime = runtime_with("courier", config).await;
        let (kind, message) = Errand::get(upstream.url("/")).failure(&runtime).await;
        assert_eq!(kind, "malformed", "{bytes:?}: {message}");
    }
}

#[tokio::test]
async fn frames_before_a_cut_are_delivered_and_then_the_failure() {
    let upstream = Upstream::answering(Answer::sse(["one", "two", "three"]).cut_after(22));
    let config = ProviderConfig::new().allow(upstream.url("/*"));
    let runtime = runtime_with("courier", config).await;
    let errand = Errand::get(upstream.url("/")).delivered("server-sent-events");
    let seen = errand.run(&runtime).await;
    let frames: Vec<&String> = seen
        .iter()
        .filter_map(|input| match input {
            Seen::Frames(frames) => Some(frames),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(frames, ["one", "two"]);
    let last = seen.last().unwrap();
    assert!(
        matches!(last, Seen::Failed { kind, .. } if kind == "interrupted"),
        "{last:?}"
    );
}

#[tokio::test]
async fn a_part_that_nobody_asked_for_is_no_answer() {
    let upstream = Upstream::answering(Answer::new(206).body("the ti"));
    let config = ProviderConfig::new().allow(upstream.url("/*"));
    let runtime = runtime_with("courier", config).await;
    let (kind, message) = Errand::get(upstream.url("/")).failure(&runtime).await;
    assert_eq!(kind, "malformed", "{message}");
}
