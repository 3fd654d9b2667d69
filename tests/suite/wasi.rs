//! Guests that import WASI 0.2, in Rust, Python, JavaScript and Go: what they do over `wasi:http`, each
//! by its language's own client, goes the way of a `fetch`, with grant, secret, limits and audit.

use std::time::Duration;

use futures::StreamExt as _;
use futures::future::join_all;
use tidegate_host::types::FetchFailureKind;
use tidegate_host::{Fault, Limits, Outcome, ProviderConfig, Runtime};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{ask, builder_with, fault, runtime_with, stream};
use tidegate_tests::guests::{component, with_wasi};
use tidegate_tests::upstream::{Answer, Upstream, Valve};

/// Whether a guest's answer names this error of `wasi:http`. `fetch` in JavaScript has one error for
/// all of them, on purpose: a page is not to learn more.
#[track_caller]
fn assert_says(guest: &str, answer: &str, code: &str) {
    let expected = match guest {
        "ported-javascript" => "TypeError: NetworkError when attempting to fetch resource",
        _ => code,
    };
    assert!(answer.contains(expected), "{guest}: {answer}");
}

async fn audited(guest: &str, config: ProviderConfig, audit: &Audit) -> Runtime {
    builder_with(guest, config)
        .await
        .audit(audit.sink())
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_request_goes_out_with_the_hosts_secret_and_is_recorded() {
    for guest in with_wasi() {
        let upstream = Upstream::answering(Answer::stream("text/plain", ["one, ", "two"]));
        let audit = Audit::default();
        let config = ProviderConfig::new()
            .allow(upstream.url("/v1/*"))
            .secret("api-key", "sk-test-secret");
        let runtime = audited(guest, config, &audit).await;
        let text = format!("{}\nthe body", upstream.url("/v1/chat?a=b"));
        let answer = ask(&runtime, &format!("{guest}/POST"), &text)
            .await
            .unwrap();
        assert_eq!(answer.text(), "200 one, two", "{guest}");

        let request = &upstream.requests()[0];
        assert_eq!(request.to_string(), "POST /v1/chat?a=b");
        assert_eq!(request.text(), "the body");
        let keys: Vec<&str> = request.header_values("authorization").collect();
        assert_eq!(keys, ["Bearer sk-test-secret"], "{guest}");
        assert_eq!(request.header("user-agent"), Some("ported/1.0"));

        let records = audit.records();
        let [record] = records.as_slice() else {
            panic!("{records:?}");
        };
        assert_eq!(&*record.provider, guest);
        assert_eq!(
            (record.method.as_str(), record.path.as_str()),
            ("POST", "/v1/chat")
        );
        assert_eq!(
            (record.status, record.sent, record.received),
            (Some(200), 8, 8)
        );
        assert_eq!(record.outcome, Outcome::Complete);
    }
}

#[tokio::test]
async fn what_is_not_granted_is_denied_by_a_bare_code() {
    for guest in with_wasi() {
        let upstream = Upstream::answering(Answer::new(200));
        let audit = Audit::default();
        let config = ProviderConfig::new().allow(upstream.url("/v1/*"));
        let runtime = audited(guest, config, &audit).await;
        let answer = ask(&runtime, &format!("{guest}/GET"), &upstream.url("/admin"))
            .await
            .unwrap();
        assert_says(guest, &answer.text(), "HttpRequestDenied");
        assert_eq!(upstream.connections(), 0);
        assert!(
            audit.denial().contains("may not reach"),
            "{}",
            audit.denial()
        );
    }
}

#[tokio::test]
async fn an_echoed_secret_is_masked() {
    for guest in with_wasi() {
        let upstream = Upstream::answering(Answer::new(200).body("your key is sk-test-secret"));
        let config = ProviderConfig::new()
            .allow(upstream.url("/*"))
            .secret("api-key", "sk-test-secret");
        let runtime = runtime_with(guest, config).await;
        let answer = ask(&runtime, &format!("{guest}/GET"), &upstream.url("/"))
            .await
            .unwrap();
        assert_eq!(answer.text(), "200 your key is **************", "{guest}");
    }
}

#[tokio::test]
async fn the_limits_of_requests_hold() {
    for guest in with_wasi() {
        let upstream = Upstream::answering(Answer::new(200).body("x".repeat(1_001)));
        let silent = Upstream::answering(Answer::new(200).stall_before_head());
        let limits = Limits {
            request: 1_000,
            response: 1_000,
            first_byte: Duration::from_millis(500),
            ..Limits::default()
        };
        let audit = Audit::default();
        let config = ProviderConfig::new()
            .allow(upstream.url("/*"))
            .allow(silent.url("/*"));
        let runtime = audited(guest, config.limits(limits), &audit).await;
        let large = format!("{}\n{}", upstream.url("/"), "x".repeat(1_001));
        let answer = ask(&runtime, &format!("{guest}/POST"), &large)
            .await
            .unwrap();
        assert_says(guest, &answer.text(), "HttpRequestBodySize");
        assert_eq!(upstream.connections(), 0);
        let answer = ask(&runtime, &format!("{guest}/GET"), &upstream.url("/"))
            .await
            .unwrap();
        assert!(!answer.text().contains("xxx"), "{guest}");
        let answer = ask(&runtime, &format!("{guest}/GET"), &silent.url("/"))
            .await
            .unwrap();
        assert_says(guest, &answer.text(), "HttpResponseTimeout");
        let failed = |kind| Outcome::Failed(kind);
        let outcomes = audit.outcomes();
        assert!(
            outcomes.ends_with(&[
                failed(FetchFailureKind::TooLarge),
                failed(FetchFailureKind::Timeout)
            ]),
            "{outcomes:?}"
        );
    }
}

#[tokio::test]
async fn the_number_of_requests_is_limited() {
    for guest in with_wasi() {
        let upstream = Upstream::answering(Answer::new(200));
        let limits = Limits {
            fetches: 0,
            ..Limits::default()
        };
        let config = ProviderConfig::new()
            .allow(upstream.url("/*"))
            .limits(limits);
        let runtime = runtime_with(guest, config).await;
        let answer = ask(&runtime, &format!("{guest}/GET"), &upstream.url("/")).await;
        let text = answer.unwrap().text();
        assert_says(guest, &text, "ConnectionLimitReached");
        assert_eq!(upstream.connections(), 0);
    }
}

#[tokio::test]
async fn pieces_come_as_they_arrive_and_a_dropped_stream_closes_the_connection() {
    for guest in with_wasi() {
        let valve = Valve::shut();
        let upstream =
            Upstream::answering(Answer::stream("text/plain", ["one", "two"]).drip(&valve));
        let config = ProviderConfig::new().allow(upstream.url("/*"));
        let runtime = runtime_with(guest, config).await;
        let mut events = stream(&runtime, &format!("{guest}/GET"), &upstream.url("/"))
            .await
            .unwrap();
        valve.release(1);
        let mut text = String::new();
        while text != "200 one" {
            let event = events.next().await.unwrap().unwrap();
            if let tidegate_host::types::StreamEvent::TextDelta(delta) = event {
                text += &delta.text;
            }
        }
        drop(events);
        upstream.wait_for_abandoned(1).await;
        upstream.wait_for_closed(1).await;
    }
}

#[tokio::test]
async fn a_guest_that_blocks_on_a_silent_upstream_runs_into_its_timeout() {
    // Side by side: each waits for all of its time.
    join_all(with_wasi().into_iter().map(async |guest| {
        let upstream = Upstream::answering(Answer::new(200).stall_before_head());
        // Long enough for the request to have gone out, also where the machine is busy.
        let timeout = Duration::from_secs(2);
        let limits = Limits {
            timeout,
            ..Limits::default()
        };
        let config = ProviderConfig::new()
            .allow(upstream.url("/*"))
            .limits(limits);
        let runtime = runtime_with(guest, config).await;
        let answer = ask(&runtime, &format!("{guest}/GET"), &upstream.url("/")).await;
        assert_eq!(fault(answer), Fault::Timeout(timeout), "{guest}");
        upstream.wait_for_closed(1).await;
    }))
    .await;
}

#[tokio::test]
async fn a_component_says_what_it_imports() {
    for guest in with_wasi() {
        let imports = component(guest).await.imports().join("\n");
        assert!(
            imports.contains("wasi:http/outgoing-handler@0.2"),
            "{imports}"
        );
    }
}
