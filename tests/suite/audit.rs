//! One record for every outbound request, whatever came of it, and nothing in it that is secret.

use tidegate_host::types::FetchFailureKind;
use tidegate_host::{CallOptions, Fault, Limits, Outcome, ProviderConfig};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{ask, builder_with, fault, question};
use tidegate_tests::courier::{Errand, message};
use tidegate_tests::upstream::{Answer, Upstream};

#[tokio::test]
async fn a_record_has_the_facts() {
    let upstream = Upstream::answering(Answer::new(201).body("abc"));
    let audit = Audit::default();
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .secret("query", "sk-test-secret");
    let runtime = builder_with("courier", config)
        .await
        .audit(audit.sink())
        .build()
        .unwrap();
    let errand = Errand::post(upstream.url("/v1/chat?model=m"), "12345");
    let options = CallOptions {
        request_id: Some("req_of_the_test".into()),
        ..CallOptions::default()
    };
    let events = runtime
        .chat(question("courier/errands", &message([errand])), options)
        .await;
    events.unwrap().complete().await.unwrap();
    let records = audit.records();
    let [record] = records.as_slice() else {
        panic!("{records:?}");
    };
    let version = runtime.provider("courier").unwrap().version();
    assert_eq!(&*record.provider, "courier");
    assert_eq!(record.digest, version.component().digest());
    assert_eq!(&*record.request_id, "req_of_the_test");
    assert_eq!(
        (record.method.as_str(), record.origin.as_str()),
        ("POST", upstream.origin().as_str())
    );
    assert_eq!(record.path, "/v1/chat");
    assert_eq!(
        (record.status, record.sent, record.received),
        (Some(201), 5, 3)
    );
    assert_eq!(record.outcome, Outcome::Complete);
    assert!(!format!("{record:?}").contains("sk-test-secret"));
}

#[tokio::test]
async fn a_record_is_short_whatever_the_guest_writes() {
    let audit = Audit::default();
    let builder = builder_with("courier", ProviderConfig::new()).await;
    let runtime = builder.audit(audit.sink()).build().unwrap();
    let method = "GET /\r\n\u{1b}[2J".repeat(100_000);
    let url = format!("https://api.example.com/{}", "x".repeat(1_000_000));
    let credential = "\u{1b}[2J".repeat(100_000);
    for errand in [
        Errand::get("https://api.example.com/").method(&method),
        Errand::get(&url),
        Errand::get("https://api.example.com/").credential(&credential),
    ] {
        let (_, message) = errand.failure(&runtime).await;
        assert!(message.len() < 1_000, "{} bytes", message.len());
    }
    for record in audit.records() {
        let shown = format!("{record:?}");
        assert!(shown.len() < 1_000, "{} bytes", shown.len());
        assert!(
            !record.method.contains(char::is_control),
            "{:?}",
            record.method
        );
    }
}

#[tokio::test]
async fn a_request_past_the_limit_of_its_call_is_recorded() {
    let audit = Audit::default();
    let config = ProviderConfig::new().limits(Limits {
        fetches: 2,
        ..Limits::default()
    });
    let builder = builder_with("rogue", config).await;
    let runtime = builder.audit(audit.sink()).build().unwrap();
    let answer = ask(&runtime, "rogue/beg", "https://api.example.com/v1").await;
    assert_eq!(fault(answer), Fault::Fetches(2));
    let records = audit.records();
    assert_eq!(records.len(), 3, "{records:?}");
    let last = &records[2];
    assert_eq!(
        (last.origin.as_str(), last.path.as_str()),
        ("https://api.example.com", "/v1")
    );
    assert!(
        matches!(&last.outcome, Outcome::Denied(sentence) if sentence.contains("`limits.fetches`")),
        "{last:?}"
    );
}

#[tokio::test]
async fn every_end_of_a_request_is_recorded() {
    let upstream = Upstream::start(|request| match request.path() {
        "/cut" => Answer::new(200).body("abc").cut_after(1),
        "/refused" => Answer::new(500),
        _ => Answer::new(200),
    });
    let absent = Upstream::absent();
    let audit = Audit::default();
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .allow(format!("{}/*", absent.origin()));
    let runtime = builder_with("courier", config)
        .await
        .audit(audit.sink())
        .build()
        .unwrap();
    tidegate_tests::courier::run(
        &runtime,
        [
            Errand::get(upstream.url("/")),
            Errand::get(upstream.url("/refused")),
            Errand::get(upstream.url("/cut")),
            Errand::get(absent.origin() + "/"),
            Errand::get(upstream.url("/")).header("host", "evil.example"),
            Errand::get("https://evil.example/"),
            Errand::get("no URL"),
        ],
    )
    .await;
    let outcomes = audit.outcomes();
    let failed = |kind| Outcome::Failed(kind);
    assert_eq!(
        outcomes[..5],
        [
            Outcome::Complete,
            Outcome::Complete,
            failed(FetchFailureKind::Interrupted),
            failed(FetchFailureKind::Unreachable),
            failed(FetchFailureKind::InvalidRequest),
        ]
    );
    assert!(matches!(&outcomes[5], Outcome::Denied(_)), "{outcomes:?}");
    assert_eq!(outcomes[6], failed(FetchFailureKind::InvalidRequest));
    assert_eq!(outcomes.len(), 7);
}
