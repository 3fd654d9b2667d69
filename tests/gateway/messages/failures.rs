//! How requests in this dialect end badly.

use serde_json::{Value, json};
use tidegate_gateway::{GatewayConfig, KeyConfig};

use super::{PATH, anthropic_at, parsed, question, streamed};
use crate::support::{Answered, Served, echo};

/// Kind of the contract, status and type, and both behind a second gateway.
const TABLE: [(&str, u16, &str, u16, &str); 15] = {
    const INVALID: &str = "invalid_request_error";
    const PERMISSION: &str = "permission_error";
    const API: &str = "api_error";
    [
        ("invalid-request", 400, INVALID, 400, INVALID),
        ("context-length-exceeded", 400, INVALID, 400, INVALID),
        ("content-filtered", 400, INVALID, 400, INVALID),
        ("unsupported", 400, INVALID, 400, INVALID),
        (
            "unauthorized",
            401,
            "authentication_error",
            401,
            "authentication_error",
        ),
        ("quota-exceeded", 402, "billing_error", 402, "billing_error"),
        ("forbidden", 403, PERMISSION, 403, PERMISSION),
        ("denied", 403, PERMISSION, 403, PERMISSION),
        ("not-found", 404, "not_found_error", 404, "not_found_error"),
        (
            "rate-limited",
            429,
            "rate_limit_error",
            429,
            "rate_limit_error",
        ),
        ("internal", 500, API, 500, API),
        ("upstream", 500, API, 500, API),
        ("unreachable", 500, API, 500, API),
        // A provider cannot tell this from a vendor that fails.
        ("timeout", 504, "timeout_error", 500, API),
        (
            "overloaded",
            529,
            "overloaded_error",
            529,
            "overloaded_error",
        ),
    ]
};

#[tokio::test]
async fn every_kind_of_failure_has_its_status_here_and_behind_a_second_gateway() {
    for (kind, status, r#type, second_status, second_type) in TABLE {
        // New ones for each: a provider that fails five times in a row gets a rest.
        let first = Served::echo().await;
        let second = anthropic_at(first.url("")).await;
        let model = format!("echo/echo-error-{kind}");
        for request in [question(&model, "Hi"), streamed(question(&model, "Hi"))] {
            let answer = Answered::of(first.post(PATH, &request)).await;
            let body = answer.json();
            assert_eq!(
                (answer.status, &body["error"]["type"]),
                (status, &json!(r#type)),
                "{kind}"
            );
            assert_eq!(body["type"], "error");
            assert_eq!(body["request_id"], answer.header("request-id"));
            let later = matches!(kind, "rate-limited" | "overloaded");
            assert_eq!(
                answer.header("retry-after"),
                if later { "1" } else { "" },
                "{kind}"
            );
        }
        let request = question(&format!("anthropic/{model}"), "Hi");
        let answer = Answered::of(second.post(PATH, &request)).await;
        let seen = (answer.status, answer.error()["type"].clone());
        assert_eq!(
            seen,
            (second_status, json!(second_type)),
            "{kind}: {}",
            answer.text
        );
        // What has the same type is told apart by its code.
        if matches!(kind, "context-length-exceeded" | "content-filtered") {
            let code = |answer: &Answered| answer.error()["code"].clone();
            let first = Answered::of(first.post(PATH, &question(&model, "Hi"))).await;
            assert_eq!(code(&answer), code(&first));
        }
    }
}

#[tokio::test]
async fn a_stream_that_fails_late_ends_in_an_error_and_never_looks_whole() {
    let served = Served::echo().await;
    let request = streamed(question("echo/echo-late-overloaded", "Hi"));
    let answer = Answered::of(served.post(PATH, &request)).await;
    assert_eq!(answer.status, 200);
    let events = parsed(&answer.events());
    let last = events.last().unwrap();
    assert_eq!(
        (&last["type"], &last["error"]["type"]),
        (&json!("error"), &json!("overloaded_error"))
    );
    assert!(answer.text.contains("event: error\n") && answer.text.contains(r#""text":"Hi""#));
    assert!(!answer.text.contains("message_stop") && !answer.text.contains(r#""stop_reason":""#));
}

#[tokio::test]
async fn the_gateways_own_refusals_are_in_this_dialect() {
    let keys = vec![KeyConfig::new("team", "tg-team").models(["echo/echo-1"])];
    let config = GatewayConfig {
        keys,
        ..GatewayConfig::default()
    };
    let served = Served::new(echo().await, config).await;
    let refused = async |path: &str, body: &Value, key: &str| {
        let answer = Answered::of(served.post(path, body).header("x-api-key", key)).await;
        assert_eq!(answer.json()["type"], "error");
        (
            answer.status,
            answer.error()["type"].as_str().unwrap().to_owned(),
        )
    };
    let (fine, other) = (question("echo/echo-1", "a"), question("echo/other", "a"));
    assert_eq!(
        refused(PATH, &fine, "no").await,
        (401, "authentication_error".into())
    );
    assert_eq!(
        refused(PATH, &other, "tg-team").await,
        (403, "permission_error".into())
    );
    assert_eq!(
        refused(PATH, &json!({}), "tg-team").await,
        (400, "invalid_request_error".into())
    );
    for path in [
        "/v1/messages/batches",
        "/v1/messages/batches/b1/results",
        "/v1/messages/x",
    ] {
        assert_eq!(
            refused(path, &fine, "tg-team").await,
            (404, "not_found_error".into())
        );
    }
    let answer = Answered::of(served.get(PATH)).await;
    assert_eq!(
        (answer.status, &answer.json()["type"]),
        (405, &json!("error"))
    );
    let unknown = served
        .get("/v1/nothing")
        .header("anthropic-version", "2023-06-01");
    assert_eq!(Answered::of(unknown).await.json()["type"], "error");
}
