//! Guests that import WASI 0.2: what they do over `wasi:http` goes the way of a `fetch`, with grant,
//! secret, limits and audit; everything else is there, and holds nothing.

use std::net::TcpListener;
use std::time::Duration;

use futures::StreamExt as _;
use tidegate_host::types::FetchFailureKind;
use tidegate_host::{Fault, Limits, Outcome, ProviderConfig, Runtime};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{ask, builder_with, fault, runtime_with, stream};
use tidegate_tests::guests;
use tidegate_tests::upstream::{Answer, Upstream, Valve};

/// The guests of this file: the one without an operating system, and, where it could be built, the
/// one with a whole standard library.
fn guests() -> Vec<&'static str> {
    let mut names = vec!["ported"];
    names.extend(guests::with_standard_library());
    names
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
    for guest in guests() {
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
    for guest in guests() {
        let upstream = Upstream::answering(Answer::new(200));
        let audit = Audit::default();
        let config = ProviderConfig::new().allow(upstream.url("/v1/*"));
        let runtime = audited(guest, config, &audit).await;
        let answer = ask(&runtime, &format!("{guest}/GET"), &upstream.url("/admin"))
            .await
            .unwrap();
        assert_eq!(answer.text(), "ErrorCode::HttpRequestDenied", "{guest}");
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
    for guest in guests() {
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
    for guest in guests() {
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
        assert!(
            answer.text().contains("HttpRequestBodySize"),
            "{guest}: {}",
            answer.text()
        );
        assert_eq!(upstream.connections(), 0);
        let answer = ask(&runtime, &format!("{guest}/GET"), &upstream.url("/"))
            .await
            .unwrap();
        assert!(!answer.text().contains("xxx"), "{guest}");
        let answer = ask(&runtime, &format!("{guest}/GET"), &silent.url("/"))
            .await
            .unwrap();
        assert!(
            answer.text().contains("HttpResponseTimeout"),
            "{guest}: {}",
            answer.text()
        );
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
    for guest in guests() {
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
        assert!(text.contains("ConnectionLimitReached"), "{guest}: {text}");
        assert_eq!(upstream.connections(), 0);
    }
}

#[tokio::test]
async fn pieces_come_as_they_arrive_and_a_dropped_stream_closes_the_connection() {
    for guest in guests() {
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
    for guest in guests() {
        let upstream = Upstream::answering(Answer::new(200).stall_before_head());
        let timeout = Duration::from_millis(200);
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
    }
}

#[tokio::test]
async fn a_component_says_what_it_imports() {
    for guest in guests() {
        let imports = guests::component(guest).await.imports().join("\n");
        assert!(
            imports.contains("wasi:http/outgoing-handler@0.2"),
            "{imports}"
        );
    }
}

#[tokio::test]
async fn an_operating_system_is_there_and_holds_nothing() {
    let Some(guest) = guests::with_standard_library() else {
        return;
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    listener.set_nonblocking(true).unwrap();
    let address = listener.local_addr().unwrap().to_string();
    // Everything is granted, and still only `wasi:http` leads out.
    let config = ProviderConfig::new().allow(format!("http://{address}/*"));
    let runtime = runtime_with(guest, config).await;
    let answer = ask(&runtime, &format!("{guest}/explore"), &address)
        .await
        .unwrap();
    let text = answer.text();
    let mut lines = text.lines();
    for what in [
        "read-file",
        "read-here",
        "write-file",
        "list-folder",
        "make-folder",
        "connect",
        "listen",
        "datagrams",
        "look-up",
    ] {
        assert_eq!(
            lines.next(),
            Some(format!("{what}: refused").as_str()),
            "{text}"
        );
    }
    for (what, result) in [
        ("environment", "0 variables"),
        ("arguments", "0"),
        ("random", "true"),
        ("clock", "true"),
        ("monotonic", "true"),
    ] {
        assert_eq!(
            lines.next(),
            Some(format!("{what}: {result}").as_str()),
            "{text}"
        );
    }
    assert!(listener.accept().is_err(), "somebody connected");
}
