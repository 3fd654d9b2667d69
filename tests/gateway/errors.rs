//! Failures of calls: status, body and headers by which official clients choose what to raise and
//! whether to try again; and that a stream that failed never looks whole.

use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::guests::component;
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::{Answered, Served};

const PATH: &str = "/v1/chat/completions";

/// Kind of the contract, status, type, code, whether clients are told not to try again.
const TABLE: [(&str, u16, &str, &str, bool); 15] = [
    ("invalid-request", 400, "invalid_request_error", "", false),
    (
        "context-length-exceeded",
        400,
        "invalid_request_error",
        "context_length_exceeded",
        false,
    ),
    (
        "content-filtered",
        400,
        "invalid_request_error",
        "content_filter",
        false,
    ),
    (
        "unsupported",
        400,
        "invalid_request_error",
        "unsupported",
        false,
    ),
    (
        "unauthorized",
        401,
        "authentication_error",
        "provider_unauthorized",
        false,
    ),
    ("forbidden", 403, "permission_error", "", false),
    ("denied", 403, "permission_error", "request_denied", false),
    (
        "not-found",
        404,
        "invalid_request_error",
        "model_not_found",
        false,
    ),
    (
        "rate-limited",
        429,
        "rate_limit_error",
        "rate_limit_exceeded",
        false,
    ),
    (
        "quota-exceeded",
        429,
        "insufficient_quota",
        "insufficient_quota",
        true,
    ),
    ("internal", 500, "server_error", "internal_error", true),
    ("upstream", 502, "server_error", "upstream_error", false),
    (
        "unreachable",
        502,
        "server_error",
        "upstream_unreachable",
        true,
    ),
    ("overloaded", 503, "server_error", "overloaded", false),
    ("timeout", 504, "server_error", "timeout", false),
];

fn question(model: &str, stream: bool) -> Value {
    json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": "Hi"}]})
}

#[tokio::test]
async fn every_kind_of_failure_has_its_status() {
    let served = Served::echo().await;
    for (kind, status, r#type, _, told_not_to_retry) in TABLE {
        // A provider that fails five times in a row is given a rest, and would say nothing else.
        served.answer(PATH, &question("echo/echo-1", false)).await;
        for streamed in [false, true] {
            let request = question(&format!("echo/echo-error-{kind}"), streamed);
            let answer = Answered::of(served.post(PATH, &request)).await;
            let error = answer.error();
            assert_eq!(
                (answer.status, &error["type"]),
                (status, &json!(r#type)),
                "{kind}"
            );
            assert_eq!(error["param"], Value::Null);
            // The vendor's own code, where there is one, says more.
            assert_eq!(error["code"], "echo");
            assert!(error["message"].as_str().unwrap().contains("always fails"));
            let later = matches!(kind, "rate-limited" | "overloaded");
            assert_eq!(
                answer.header("retry-after"),
                if later { "1" } else { "" },
                "{kind}"
            );
            assert_eq!(
                answer.header("retry-after-ms"),
                if later { "1000" } else { "" }
            );
            let should_retry = if told_not_to_retry { "false" } else { "" };
            assert_eq!(answer.header("x-should-retry"), should_retry, "{kind}");
        }
    }
}

/// A gateway whose provider is a gateway: what goes out as a failure is understood as the same one by
/// the provider for this dialect.
#[tokio::test]
async fn a_failure_is_still_the_same_behind_a_second_gateway() {
    let first = Served::echo().await;
    let config = ProviderConfig::new()
        .allow(first.url("/*"))
        .setting("base-url", first.url("/v1"))
        .secret("api-key", "unused");
    let runtime = Runtime::builder().provider("openai", component("openai").await, config);
    let second = Served::new(runtime.build().unwrap(), GatewayConfig::default()).await;
    for (kind, status, r#type, _, _) in TABLE {
        // Two that a second gateway cannot tell from what caused them.
        let (status, r#type) = match kind {
            "denied" => (403, "permission_error"),
            "unreachable" | "internal" | "timeout" => (502, "server_error"),
            _ => (status, r#type),
        };
        let request = question(&format!("openai/echo/echo-error-{kind}"), false);
        let answer = Answered::of(second.post(PATH, &request)).await;
        let error = answer.error();
        let seen = (answer.status, error["type"].as_str().unwrap());
        assert_eq!(seen, (status, r#type), "{kind}: {error}");
    }
}

#[tokio::test]
async fn a_stream_that_fails_late_ends_in_an_error_and_never_looks_whole() {
    let served = Served::echo().await;
    let request = question("echo/echo-late-upstream", true);
    let answer = Answered::of(served.post(PATH, &request)).await;
    assert_eq!(answer.status, 200);
    let events = answer.events();
    let last: Value = serde_json::from_str(events.last().unwrap()).unwrap();
    assert_eq!(last["error"]["type"], "server_error");
    assert!(!answer.text.contains("[DONE]"));
    assert!(
        !answer.text.contains(r#""finish_reason":""#),
        "{}",
        answer.text
    );
    assert!(answer.text.contains(r#""content":"Hi""#));
}

#[tokio::test]
async fn a_stream_that_the_vendor_cuts_ends_in_an_error() {
    let chunk =
        r#"{"id":"c1","choices":[{"index":0,"delta":{"content":"Hel"},"finish_reason":null}]}"#;
    let upstream = Upstream::answering(Answer::sse([chunk]).cut_after(chunk.len() + 8));
    let served = Served::openai_at(&upstream).await;
    let answer = Answered::of(served.post(PATH, &question("openai/gpt-5", true))).await;
    let last: Value = serde_json::from_str(answer.events().last().unwrap()).unwrap();
    assert_eq!(last["error"]["type"], "server_error", "{}", answer.text);
    assert!(!answer.text.contains("[DONE]"));
}

#[tokio::test]
async fn a_failure_after_a_warning_still_has_its_status() {
    let refusal = json!({"error": {"message": "Incorrect API key", "code": "invalid_api_key"}});
    let upstream = Upstream::answering(Answer::json(401, refusal));
    let served = Served::openai_at(&upstream).await;
    let mut request = question("openai/gpt-5", true);
    request["messages"][0]["content"] = json!([
        {"type": "text", "text": "Hi", "cache_control": {"type": "ephemeral"}},
    ]);
    let answer = Answered::of(served.post(PATH, &request)).await;
    assert_eq!(
        (answer.status, &answer.error()["code"]),
        (401, &json!("invalid_api_key"))
    );
    assert_eq!(answer.error()["message"], "Incorrect API key");
}

#[tokio::test]
async fn a_provider_that_rests_says_for_how_long() {
    let upstream = Upstream::answering(Answer::new(500));
    let served = Served::openai_at(&upstream).await;
    let ask = || Answered::of(served.post(PATH, &question("openai/gpt-5", false)));
    let mut answer = ask().await;
    while answer.status != 503 {
        assert_eq!(answer.status, 502, "{}", answer.text);
        answer = ask().await;
    }
    assert!(answer.text.contains("rests"), "{}", answer.text);
    let seconds: u64 = answer.header("retry-after").parse().unwrap();
    assert!(seconds > 0, "{:?}", answer.headers);
}

/// Clients have classes of their own for these.
#[tokio::test]
async fn a_vendors_conflict_and_what_it_cannot_process_keep_their_status() {
    for status in [409, 422] {
        let refusal = json!({"error": {"message": "No", "code": "no"}});
        let upstream = Upstream::answering(Answer::json(status, refusal));
        let served = Served::openai_at(&upstream).await;
        let answer = Answered::of(served.post(PATH, &question("openai/gpt-5", false))).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        assert_eq!(answer.error()["type"], "invalid_request_error");
    }
}

#[tokio::test]
async fn unknown_models_are_answered_with_what_was_probably_meant() {
    let served = Served::echo().await;
    let error = Answered::of(served.post(PATH, &question("ecko/echo-1", false))).await;
    assert_eq!(
        (error.status, &error.error()["param"]),
        (404, &json!("model"))
    );
    assert_eq!(error.error()["code"], "model_not_found");
    assert!(error.text.contains("did you mean `echo`"), "{}", error.text);

    // Names of models are known once someone has asked for them.
    Answered::of(served.get("/v1/models")).await;
    let error = Answered::of(served.post(PATH, &question("echo-2", false))).await;
    assert_eq!(error.status, 404);
    assert!(
        error.text.contains("there is a model `echo/echo-1`"),
        "{}",
        error.text
    );
}
