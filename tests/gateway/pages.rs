//! Web pages: what a browser is told of whether they may call.

use reqwest::Method;
use tidegate_gateway::GatewayConfig;

use crate::support::{Answered, Served, echo};

const ORIGIN: &str = "https://app.example.com";

async fn served() -> Served {
    let config = GatewayConfig {
        cors_origins: vec![ORIGIN.into()],
        ..GatewayConfig::default()
    };
    Served::new(echo().await, config).await
}

#[tokio::test]
async fn a_page_that_may_call_is_told_so_before_and_after() {
    let served = served().await;
    let before = served.request(Method::OPTIONS, "/v1/chat/completions");
    let before = before
        .header("origin", ORIGIN)
        .header("access-control-request-method", "POST")
        .header(
            "access-control-request-headers",
            "authorization,content-type",
        );
    let answer = Answered::of(before).await;
    assert_eq!((answer.status, answer.text.as_str()), (204, ""));
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert_eq!(
        answer.header("access-control-allow-headers"),
        "authorization,content-type"
    );
    let answer = Answered::of(served.get("/v1/models").header("origin", ORIGIN)).await;
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
    assert!(
        answer
            .header("access-control-expose-headers")
            .contains("x-request-id")
    );
    // Failures too, so that the page can show them.
    let answer = Answered::of(served.get("/nowhere").header("origin", ORIGIN)).await;
    assert_eq!(answer.header("access-control-allow-origin"), ORIGIN);
}

#[tokio::test]
async fn other_pages_are_told_nothing() {
    let served = served().await;
    for origin in ["https://evil.test", "null"] {
        let before = served.request(Method::OPTIONS, "/v1/chat/completions");
        let before = before
            .header("origin", origin)
            .header("access-control-request-method", "POST");
        let answer = Answered::of(before).await;
        assert_eq!(answer.status, 405);
        assert_eq!(answer.header("access-control-allow-origin"), "");
    }
}
