//! Every limit of what a guest may send and be sent, met from both sides of it. These are no faults:
//! the guest is told, and may go on.

use std::time::Duration;

use tidegate_host::types::FetchFailureKind;
use tidegate_host::{Limits, Outcome, ProviderConfig, Runtime};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{builder_with, runtime_with};
use tidegate_tests::courier::{Errand, Seen};
use tidegate_tests::upstream::{Answer, Framing, Split, Upstream};

async fn courier(upstream: &Upstream, limits: Limits) -> Runtime {
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .limits(limits);
    runtime_with("courier", config).await
}

#[track_caller]
fn status(seen: &[Seen]) -> u16 {
    match seen.first() {
        Some(Seen::Response { status, .. }) => *status,
        other => panic!("no answer: {other:?}"),
    }
}

#[tokio::test]
async fn the_size_of_a_request() {
    let upstream = Upstream::answering(Answer::new(200));
    let limits = Limits {
        request: 1_000,
        ..Limits::default()
    };
    let runtime = courier(&upstream, limits).await;
    let errand = |size| Errand::post(upstream.url("/"), "x".repeat(size));
    assert_eq!(status(&errand(1_000).run(&runtime).await), 200);
    let (kind, message) = errand(1_001).failure(&runtime).await;
    assert_eq!(kind, "too-large");
    assert_eq!(
        message,
        "the request has 1001 bytes, more than the 1000 of `limits.request`"
    );
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn the_size_of_an_answer_however_it_comes() {
    let answer = |size: usize| Answer::new(200).body("x".repeat(size));
    let limits = Limits {
        response: 1_000,
        ..Limits::default()
    };
    for framing in [
        Framing::ContentLength,
        Framing::Chunked,
        Framing::UntilClose,
    ] {
        for delivery in ["whole", "chunks", "lines"] {
            let fits = Upstream::answering(answer(1_000).framed(framing));
            let errand = Errand::get(fits.url("/")).delivered(delivery);
            let seen = errand.run(&courier(&fits, limits.clone()).await).await;
            assert!(
                !matches!(seen.last(), Some(Seen::Failed { .. })),
                "{framing:?} {delivery}"
            );
            let large = Upstream::answering(answer(1_001).framed(framing).split(Split::Every(100)));
            let errand = Errand::get(large.url("/")).delivered(delivery);
            let (kind, message) = errand.failure(&courier(&large, limits.clone()).await).await;
            assert_eq!(kind, "too-large", "{framing:?} {delivery}");
            assert_eq!(message, "the answer has more than 1000 bytes");
        }
    }
}

#[tokio::test]
async fn an_error_answer_is_bounded_too() {
    let upstream = Upstream::answering(Answer::new(500).body("x".repeat(1_001)));
    let limits = Limits {
        response: 1_000,
        ..Limits::default()
    };
    let errand = Errand::get(upstream.url("/")).delivered("server-sent-events");
    let (kind, _) = errand.failure(&courier(&upstream, limits).await).await;
    assert_eq!(kind, "too-large");
}

#[tokio::test]
async fn the_size_of_a_frame() {
    let limits = Limits {
        frame: 1_000,
        ..Limits::default()
    };
    for (delivery, answer) in [
        ("server-sent-events", Answer::sse(["x".repeat(2_000)])),
        ("lines", Answer::stream("text/plain", ["x".repeat(2_000)])),
        (
            "aws-event-stream",
            Answer::stream("x", [[0, 0, 0x7f, 0, 0, 0, 0, 0, 0, 0, 0, 0]]),
        ),
    ] {
        let upstream = Upstream::answering(answer.split(Split::Every(100)));
        let errand = Errand::get(upstream.url("/")).delivered(delivery);
        let (kind, message) = errand
            .failure(&courier(&upstream, limits.clone()).await)
            .await;
        assert_eq!(kind, "malformed", "{delivery}: {message}");
    }
}

#[tokio::test]
async fn a_large_frame_that_fits_arrives_whole() {
    // More than is handed over at once otherwise.
    let picture = "x".repeat(1 << 20);
    let upstream = Upstream::answering(Answer::sse([picture.as_str(), "[DONE]"]));
    let errand = Errand::get(upstream.url("/")).delivered("server-sent-events");
    let seen = errand
        .run(&courier(&upstream, Limits::default()).await)
        .await;
    let frames: Vec<&String> = seen
        .iter()
        .filter_map(|input| match input {
            Seen::Frames(frames) => Some(frames),
            _ => None,
        })
        .flatten()
        .collect();
    assert_eq!(frames, [&picture, "[DONE]"]);
    assert_eq!(seen.last(), Some(&Seen::End));
}

#[tokio::test]
async fn the_number_and_size_of_request_headers() {
    let upstream = Upstream::answering(Answer::new(200));
    let limits = Limits {
        headers: 3,
        header_bytes: 100,
        ..Limits::default()
    };
    let runtime = courier(&upstream, limits).await;
    let errand = || {
        Errand::get(upstream.url("/"))
            .header("x-a", "1")
            .header("x-b", "2")
    };
    assert_eq!(
        status(&errand().header("x-c", "3").run(&runtime).await),
        200
    );
    let many = errand().header("x-c", "3").header("x-d", "4");
    let (kind, message) = many.failure(&runtime).await;
    assert_eq!(kind, "invalid-request");
    assert!(message.contains("more than 3 headers"), "{message}");
    let large = errand().header("x-c", &"3".repeat(100));
    let (kind, message) = large.failure(&runtime).await;
    assert_eq!(kind, "invalid-request");
    assert!(message.contains("more than 100 bytes"), "{message}");
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn the_number_and_size_of_answer_headers() {
    let limits = Limits {
        headers: 3,
        header_bytes: 200,
        ..Limits::default()
    };
    let many = (0..4).fold(Answer::new(200), |answer, number| {
        answer.header(&format!("x-{number}"), "1")
    });
    let large = Answer::new(200).header("x-large", &"x".repeat(200));
    for answer in [many, large] {
        let upstream = Upstream::answering(answer);
        let errand = Errand::get(upstream.url("/"));
        let (kind, message) = errand
            .failure(&courier(&upstream, limits.clone()).await)
            .await;
        assert_eq!(kind, "too-large", "{message}");
    }
    // Past what the HTTP client itself reads.
    let endless = (0..1_000).fold(Answer::new(200), |answer, number| {
        answer.header(&format!("x-{number}"), &"x".repeat(1_000))
    });
    let upstream = Upstream::answering(endless);
    let errand = Errand::get(upstream.url("/"));
    let (kind, message) = errand
        .failure(&courier(&upstream, Limits::default()).await)
        .await;
    assert!(
        ["too-large", "malformed"].contains(&kind.as_str()),
        "{kind}: {message}"
    );
}

#[tokio::test]
async fn a_guest_lowers_its_limits_and_cannot_raise_them() {
    let silent = Upstream::answering(Answer::new(200).body("ab").stall_before_head());
    let stalled = Upstream::answering(Answer::new(200).body("ab").stall_after(1));
    let whole = Upstream::answering(Answer::new(200).body("ab"));
    let config = || {
        let config = ProviderConfig::new()
            .allow(silent.url("/*"))
            .allow(stalled.url("/*"));
        config.allow(whole.url("/*"))
    };
    let short = Limits {
        first_byte: Duration::from_millis(300),
        idle: Duration::from_millis(300),
        response: 1,
        ..Limits::default()
    };
    let generous = runtime_with("courier", config()).await;
    let strict = runtime_with("courier", config().limits(short)).await;
    for (runtime, guest_ms, guest_bytes) in [(&generous, 300, 1), (&strict, 60_000, 1 << 30)] {
        let errand = Errand::get(silent.url("/")).first_byte_ms(guest_ms);
        let (kind, message) = errand.failure(runtime).await;
        assert_eq!(
            (kind.as_str(), message.as_str()),
            ("timeout", "the upstream did not answer within 300ms")
        );
        let errand = Errand::get(stalled.url("/")).idle_ms(guest_ms);
        let (kind, message) = errand.failure(runtime).await;
        assert_eq!(
            (kind.as_str(), message.as_str()),
            ("timeout", "the upstream sent nothing for 300ms")
        );
        let errand = Errand::get(whole.url("/")).response_bytes(guest_bytes);
        let (kind, message) = errand.failure(runtime).await;
        assert_eq!(
            (kind.as_str(), message.as_str()),
            ("too-large", "the answer has more than 1 bytes")
        );
    }
}

#[tokio::test]
async fn the_record_says_what_failed() {
    let upstream = Upstream::answering(Answer::new(200).body("abc"));
    let audit = Audit::default();
    let limits = Limits {
        response: 2,
        ..Limits::default()
    };
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .limits(limits);
    let runtime = builder_with("courier", config)
        .await
        .audit(audit.sink())
        .build()
        .unwrap();
    Errand::get(upstream.url("/")).failure(&runtime).await;
    assert_eq!(
        audit.outcomes(),
        [Outcome::Failed(FetchFailureKind::TooLarge)]
    );
}
