//! What is not granted does not leave: the guest learns a bare code, the operator a sentence with
//! the line that would allow it.

use tidegate_host::types::ErrorKind;
use tidegate_host::{Error, Outcome, ProviderConfig};
use tidegate_tests::audit::Audit;
use tidegate_tests::calls::{ask, builder_with, provider_error, runtime_with};
use tidegate_tests::courier::{Errand, Seen};
use tidegate_tests::upstream::{Answer, Upstream};

const DENIED: (&str, &str) = ("denied", "HTTP-request-denied");

#[tokio::test]
async fn no_grant_no_network() {
    let upstream = Upstream::answering(Answer::new(200));
    let audit = Audit::default();
    let builder = builder_with("courier", ProviderConfig::new()).await;
    let runtime = builder.audit(audit.sink()).build().unwrap();
    let (kind, message) = Errand::get(upstream.url("/")).failure(&runtime).await;
    assert_eq!((kind.as_str(), message.as_str()), DENIED);
    assert_eq!(upstream.connections(), 0);
    let sentence = audit.denial();
    let origin = upstream.origin();
    assert!(
        sentence.starts_with(&format!("provider `courier` may not reach `{origin}`")),
        "{sentence}"
    );
    assert!(
        sentence.contains(&format!("\nhint: to allow it, add `{origin}/*` to")),
        "{sentence}"
    );
}

#[tokio::test]
async fn a_grant_is_of_that_method_host_port_and_path() {
    let upstream = Upstream::answering(Answer::new(200));
    let other = Upstream::answering(Answer::new(200));
    let config = ProviderConfig::new().allow(format!("POST {}", upstream.url("/v1/*")));
    let audit = Audit::default();
    let runtime = builder_with("courier", config)
        .await
        .audit(audit.sink())
        .build()
        .unwrap();
    for errand in [
        Errand::get(upstream.url("/v1/chat")),
        Errand::post(upstream.url("/v2/chat"), ""),
        Errand::post(upstream.url("/v1"), ""),
        Errand::post(upstream.url("/V1/chat"), ""),
        Errand::post(other.url("/v1/chat"), ""),
        Errand::post(upstream.url("/v1/chat").replace("http:", "https:"), ""),
        Errand::post(
            upstream.url("/v1/chat").replace("127.0.0.1", "localhost"),
            "",
        ),
        Errand::post(
            upstream.url("/v1/chat").replace("127.0.0.1", "127.0.0.2"),
            "",
        ),
    ] {
        let (kind, message) = errand.clone().failure(&runtime).await;
        assert_eq!((kind.as_str(), message.as_str()), DENIED, "{errand:?}");
    }
    assert_eq!((upstream.connections(), other.connections()), (0, 0));
    assert!(
        audit
            .outcomes()
            .iter()
            .all(|outcome| matches!(outcome, Outcome::Denied(_)))
    );
    let allowed = Errand::post(upstream.url("/v1/chat?stream=1"), "")
        .run(&runtime)
        .await;
    assert!(
        matches!(allowed[0], Seen::Response { status: 200, .. }),
        "{allowed:?}"
    );
}

#[tokio::test]
async fn a_path_that_could_be_read_as_another_is_refused() {
    let upstream = Upstream::answering(Answer::new(200));
    let config = ProviderConfig::new().allow(upstream.url("/v1/*"));
    let runtime = runtime_with("courier", config).await;
    for path in [
        "/v1/../admin",
        "/v1/./../admin",
        "/v1/%2e%2e/admin",
        "/v1/%2E./admin",
        "/v1/..%2fadmin",
        "/v1/%2e%2e%2fadmin",
        "/v1/..\\admin",
        "/v1/..%5cadmin",
        "/v1/%252e%252e/../../admin",
        "/v1/\u{0}",
        "/v1/%00",
        "/v1/%0d%0aX: y",
    ] {
        let (kind, _) = Errand::get(upstream.url(path)).failure(&runtime).await;
        assert!(
            ["denied", "invalid-request"].contains(&kind.as_str()),
            "{path}: {kind}"
        );
    }
    assert_eq!(upstream.connections(), 0);
}

#[tokio::test]
async fn other_schemes_are_no_urls() {
    let runtime = runtime_with("courier", ProviderConfig::new()).await;
    for url in [
        "file:///etc/passwd",
        "ftp://127.0.0.1/",
        "unix:/run/docker.sock",
        "data:text/plain,x",
        "gopher://127.0.0.1:6379/_FLUSHALL",
        "//127.0.0.1/",
        "/etc/passwd",
        "",
    ] {
        let (kind, _) = Errand::get(url).failure(&runtime).await;
        assert_eq!(kind, "invalid-request", "{url}");
    }
}

#[tokio::test]
async fn a_denial_reaches_the_caller_as_such() {
    // `openai` with a base URL that is not granted.
    let config = ProviderConfig::new().secret("api-key", "sk-test-secret");
    let runtime = runtime_with("openai", config).await;
    let answer = ask(&runtime, "openai/gpt-5-mini", "Hi").await;
    if let Err(Error::Provider(error)) = &answer {
        assert_eq!(error.message, "HTTP-request-denied");
    }
    assert_eq!(provider_error(answer), ErrorKind::Denied);
}

#[tokio::test]
async fn what_a_provider_wants_and_is_not_granted_is_listed() {
    let runtime = runtime_with("openai", ProviderConfig::new()).await;
    let version = runtime.provider("openai").unwrap().version();
    let ungranted = version.ungranted();
    assert!(
        ungranted
            .iter()
            .any(|(pattern, _)| pattern.contains("https://api.openai.com/")),
        "{ungranted:?}"
    );
}
