//! What the requests of a guest that imports `wasi:http` cost the host, and what it tells the operator
//! of them: no body is gathered before it is allowed, few at a time, and all are recorded.

use std::time::Duration;

use tidegate_host::{Fault, Limits, Outcome, ProviderConfig};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{ask, builder_with, fault, runtime_with};
use tidegate_tests::upstream::{Answer, Upstream};

#[tokio::test]
async fn the_body_of_a_request_that_is_not_granted_is_not_gathered() {
    let upstream = Upstream::answering(Answer::new(200));
    let config = ProviderConfig::new().allow(upstream.url("/granted"));
    let runtime = runtime_with("ported", config).await;
    let taken = async |path: &str| {
        let text = format!("{}\n{}", upstream.url(path), 1 << 20);
        let answer = ask(&runtime, "ported/trickle", &text).await.unwrap();
        let text = answer.text();
        let taken = text.split(' ').next().unwrap_or_default();
        taken.parse::<usize>().unwrap_or_else(|_| panic!("{text}"))
    };
    assert_eq!(taken("/granted").await, 1 << 20);
    // What is taken is what the guest's own end has room for.
    let refused = taken("/refused").await;
    assert!(refused <= 64 << 10, "{refused} bytes");
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn eight_requests_at_a_time_and_the_ninth_waits() {
    let upstream = Upstream::start(|request| match request.path() {
        "/held" => Answer::new(200).stall_before_head(),
        _ => Answer::new(200),
    });
    let config = ProviderConfig::new().allow(upstream.url("/*"));
    let timeout = Duration::from_secs(1);
    let hasty = config.clone().limits(Limits {
        timeout,
        ..Limits::default()
    });
    // The last one is answered at once, if it is sent at all.
    let crowd = |count: usize| format!("{}\n{count}", upstream.origin());
    let runtime = runtime_with("ported", config).await;
    let answer = ask(&runtime, "ported/crowd", &crowd(8)).await.unwrap();
    assert_eq!(answer.text(), "200 ");
    let runtime = runtime_with("ported", hasty).await;
    let answer = ask(&runtime, "ported/crowd", &crowd(9)).await;
    assert_eq!(fault(answer), Fault::Timeout(timeout));
}

#[tokio::test]
async fn requests_past_their_limit_are_recorded() {
    let upstream = Upstream::answering(Answer::new(200));
    let audit = Audit::default();
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .limits(Limits {
            fetches: 2,
            ..Limits::default()
        });
    let builder = builder_with("ported", config).await;
    let runtime = builder.audit(audit.sink()).build().unwrap();
    // Four of them, so that two are too many.
    let crowd = format!("{}\n4", upstream.origin());
    let answer = ask(&runtime, "ported/crowd", &crowd).await.unwrap();
    assert!(
        answer.text().contains("ConnectionLimitReached"),
        "{}",
        answer.text()
    );
    let refused: Vec<_> = audit
        .records()
        .into_iter()
        .filter(|record| matches!(record.outcome, Outcome::Denied(_)))
        .collect();
    // The first of those that are refused speaks for all: a guest may try without end.
    let [record] = refused.as_slice() else {
        panic!("{refused:?}");
    };
    assert_eq!(
        (record.method.as_str(), record.path.as_str()),
        ("GET", "/held")
    );
    assert_eq!(record.origin, upstream.origin());
    let Outcome::Denied(sentence) = &record.outcome else {
        panic!("{record:?}");
    };
    assert!(
        sentence.contains("provider `ported`") && sentence.contains("`limits.fetches`"),
        "{sentence}"
    );
}
