//! `/metrics`: what is counted, who may look, and that callers cannot make it grow.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tidegate_gateway::{GatewayConfig, KeyConfig};
use tidegate_host::grants::Secret;
use tidegate_host::{Price, ProviderConfig, RateLimits, Route, Runtime};
use tidegate_tests::guests::component;
use tidegate_tests::upstream::{Answer, Upstream};
use tokio::io::AsyncWriteExt as _;

use crate::support::{Answered, Served, echo};

pub const PATH: &str = "/v1/chat/completions";

/// A question to a model.
pub fn question(model: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": "Hi"}]})
}

/// An answer of a vendor's that says what it used.
pub fn answer(input: u32, output: u32) -> Answer {
    let usage = json!({
        "prompt_tokens": input, "completion_tokens": output, "total_tokens": input + output,
        "prompt_tokens_details": {"cached_tokens": 100},
    });
    Answer::json(
        200,
        json!({
            "id": "c1", "object": "chat.completion", "created": 1, "model": "m-2026", "usage": usage,
            "choices": [{"index": 0, "finish_reason": "stop",
                "message": {"role": "assistant", "content": "Hello"}}],
        }),
    )
}

/// `openai` at an upstream, with a price for its model `m`: a dollar for a million tokens of input,
/// four for as many of output.
pub async fn priced(upstream: &Upstream) -> Runtime {
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .setting("base-url", upstream.url("/v1"))
        .secret("api-key", "sk-test-secret")
        .price("m", Price::new(1.0, 4.0));
    Runtime::builder()
        .provider("echo", component("echo").await, ProviderConfig::new())
        .provider("openai", component("openai").await, config)
        .route("fast", Route::new(["openai/m"]).retries(0))
        .build()
        .unwrap()
}

/// The value of a series, by its whole name.
#[track_caller]
fn value(page: &str, series: &str) -> f64 {
    let mut lines = page.lines().filter_map(|line| line.rsplit_once(' '));
    let line = lines.find(|(name, _)| *name == series);
    let (_, value) = line.unwrap_or_else(|| panic!("no `{series}` in:\n{page}"));
    value.parse().unwrap()
}

async fn page(served: &Served) -> String {
    let answer = Answered::of(served.get("/metrics")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert!(
        answer
            .header("content-type")
            .starts_with("application/openmetrics-text"),
        "{}",
        answer.header("content-type")
    );
    assert!(answer.text.ends_with("# EOF\n"), "{}", answer.text);
    answer.text
}

#[tokio::test]
async fn an_answer_is_counted_with_its_tokens_and_its_cost() {
    let upstream = Upstream::answering(answer(700, 200));
    let served = Served::new(priced(&upstream).await, GatewayConfig::default()).await;
    let answered = Answered::of(served.post(PATH, &question("fast"))).await;
    assert_eq!(answered.status, 200, "{}", answered.text);
    // 700 at a dollar and 200 at four, a million of them.
    assert_eq!(answered.header("x-tidegate-cost-usd"), "0.0015");

    let page = page(&served).await;
    let value = |series: &str| value(&page, series);
    let of =
        r#"gen_ai_operation_name="chat",gen_ai_provider_name="openai",gen_ai_request_model="m""#;
    assert_eq!(
        value(&format!(
            "gen_ai_client_operation_duration_seconds_count{{{of}}}"
        )),
        1.0
    );
    // It was no stream, and its first piece is all of it.
    let first = format!("gen_ai_client_operation_time_to_first_chunk_seconds_count{{{of}}}");
    assert_eq!(value(&first), 0.0);
    for (kind, tokens) in [("input", 700.0), ("output", 200.0)] {
        let series = format!("gen_ai_client_token_usage_sum{{{of},gen_ai_token_type=\"{kind}\"}}");
        assert_eq!(value(&series), tokens);
    }
    let model = r#"gen_ai_provider_name="openai",gen_ai_request_model="m""#;
    for (kind, tokens) in [("input", 700.0), ("output", 200.0), ("cache_read", 100.0)] {
        let series = format!("tidegate_tokens_total{{{model},kind=\"{kind}\"}}");
        assert_eq!(value(&series), tokens);
    }
    assert_eq!(
        value(&format!("tidegate_cost_usd_total{{{model}}}")),
        0.0015
    );
    assert_eq!(
        value(&format!(
            r#"http_server_request_duration_seconds_count{{http_request_method="POST",http_route="{PATH}",http_response_status_code="200"}}"#
        )),
        1.0
    );
    let sent =
        r#"tidegate_egress_requests_total{gen_ai_provider_name="openai",outcome="complete"}"#;
    assert_eq!(value(sent), 1.0);
    let peak = value(r#"tidegate_guest_memory_peak_bytes{gen_ai_provider_name="openai"}"#);
    assert!(peak >= 65_536.0, "{peak}");
}

#[tokio::test]
async fn a_stream_is_timed_to_its_first_piece() {
    let served = Served::echo().await;
    let mut body = question("echo/echo-1");
    body["stream"] = json!(true);
    served.stream(PATH, &body).await;
    let of =
        r#"gen_ai_operation_name="chat",gen_ai_provider_name="echo",gen_ai_request_model="other""#;
    let first = format!("gen_ai_client_operation_time_to_first_chunk_seconds_count{{{of}}}");
    assert_eq!(value(&page(&served).await, &first), 1.0);
}

#[tokio::test]
async fn the_moment_is_told_too() {
    let upstream = Upstream::answering(Answer::new(200).stall_before_head());
    let served = Served::openai_at(&upstream).await;
    let body = question("openai/m").to_string();
    let mut socket = served.connect().await;
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    served.until_calls("openai", 1).await;
    let page = page(&served).await;
    let value = |series: &str| value(&page, series);
    // The one that waits, and the one that looks.
    assert_eq!(value("tidegate_connections"), 2.0);
    assert_eq!(value("tidegate_requests_under_way"), 1.0);
    for (provider, calls) in [("openai", 1.0), ("echo", 0.0)] {
        let of = format!(r#"gen_ai_provider_name="{provider}""#);
        assert_eq!(value(&format!("tidegate_provider_calls{{{of}}}")), calls);
        assert_eq!(value(&format!("tidegate_provider_version{{{of}}}")), 1.0);
        for (state, is) in [("closed", 1.0), ("open", 0.0), ("half-open", 0.0)] {
            let series = format!(r#"tidegate_provider_breaker{{{of},state="{state}"}}"#);
            assert_eq!(value(&series), is);
        }
    }
    // Other tests have instances in the same engine.
    for (figure, limit) in [
        ("tidegate_instances", "tidegate_instances_limit"),
        ("tidegate_buffers_bytes", "tidegate_buffers_limit_bytes"),
    ] {
        assert!((1.0..=value(limit)).contains(&value(figure)), "{figure}");
    }
    let build = format!(
        r#"tidegate_build_info{{version="{}",contracts="{}"}}"#,
        env!("CARGO_PKG_VERSION"),
        tidegate_host::CONTRACTS.join(",")
    );
    assert_eq!(value(&build), 1.0);
}

#[tokio::test]
async fn a_client_that_vanished_is_counted_all_the_same() {
    let upstream = Upstream::answering(Answer::new(200).stall_before_head());
    let served = Served::new(priced(&upstream).await, GatewayConfig::default()).await;
    let body = question("openai/m").to_string();
    let mut socket = served.connect().await;
    let request = format!(
        "POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    socket.write_all(request.as_bytes()).await.unwrap();
    served.until_calls("openai", 1).await;
    drop(socket);
    served.until_calls("openai", 0).await;
    let page = page(&served).await;
    let request = format!(
        r#"http_server_request_duration_seconds_count{{http_request_method="POST",http_route="{PATH}",http_response_status_code="499"}}"#
    );
    assert_eq!(value(&page, &request), 1.0);
    let model = r#"gen_ai_provider_name="openai",gen_ai_request_model="m""#;
    let attempt = format!(
        r#"gen_ai_client_operation_duration_seconds_count{{gen_ai_operation_name="chat",{model},error_type="abandoned"}}"#
    );
    assert_eq!(value(&page, &attempt), 1.0);
    // Its question was sent, and may have been worked on: five tokens by its length.
    assert_eq!(
        value(&page, &format!("tidegate_cost_usd_total{{{model}}}")),
        5e-6
    );
    assert_eq!(value(&page, "tidegate_requests_under_way"), 0.0);
}

#[tokio::test]
async fn failures_are_counted_by_their_kind_and_denials_as_such() {
    let upstream = Upstream::answering(Answer::json(503, json!({"error": {"message": "no"}})));
    let other = Upstream::answering(answer(1, 1));
    let denied = ProviderConfig::new()
        .allow(other.url("/elsewhere"))
        .setting("base-url", other.url("/v1"))
        .secret("api-key", "sk-test-secret");
    let mut config = denied.clone();
    config.allow = vec![upstream.url("/*")];
    config.settings = vec![("base-url".into(), upstream.url("/v1"))];
    let openai = component("openai").await;
    let runtime = Runtime::builder()
        .provider("openai", openai.clone(), config)
        .provider("locked", openai, denied)
        .route("both", Route::new(["openai/m", "locked/m"]).retries(0))
        .build()
        .unwrap();
    let served = Served::new(runtime, GatewayConfig::default()).await;
    assert_ne!(
        Answered::of(served.post(PATH, &question("both")))
            .await
            .status,
        200
    );
    let page = page(&served).await;
    for (provider, error) in [("openai", "overloaded"), ("locked", "denied")] {
        let series = format!(
            r#"gen_ai_client_operation_duration_seconds_count{{gen_ai_operation_name="chat",gen_ai_provider_name="{provider}",gen_ai_request_model="m",error_type="{error}"}}"#
        );
        assert_eq!(value(&page, &series), 1.0);
    }
    let sent = r#"tidegate_egress_requests_total{gen_ai_provider_name="locked",outcome="denied"}"#;
    assert_eq!(value(&page, sent), 1.0);
    let again = r#"tidegate_retries_total{gen_ai_provider_name="locked"}"#;
    assert_eq!(value(&page, again), 1.0);
}

/// Everything that a caller writes is given a hundred values; the page has as many lines as before.
#[tokio::test]
async fn callers_cannot_make_the_page_grow() {
    let served = Served::echo().await;
    let call = async |model: &str, path: &str| {
        let request = served.post(path, &question(model));
        let _ = Answered::of(request.header("x-request-id", model)).await;
        let _ = Answered::of(served.get(&format!("/v1/models/{model}"))).await;
        let _ = Answered::of(served.get(&format!("/{model}"))).await;
    };
    // What is there once somebody has called: one model that is known, one that is not.
    call("echo/echo-1", PATH).await;
    call("echo/nobody", PATH).await;
    call("nobody/nobody", PATH).await;
    let names = |page: &str| -> BTreeSet<String> {
        let lines = page.lines().filter_map(|line| line.rsplit_once(' '));
        lines.map(|(name, _)| name.to_owned()).collect()
    };
    let before = names(&page(&served).await);
    for number in 0..100 {
        call(&format!("echo/model-{number}"), PATH).await;
        call(&format!("nobody-{number}/m"), PATH).await;
    }
    let after = names(&page(&served).await);
    let more: Vec<&String> = after.difference(&before).collect();
    assert!(more.is_empty(), "{more:#?}");
    // Paths that nothing is at are one, and so are models that nobody has configured.
    for label in [r#"http_route="other""#, r#"gen_ai_request_model="other""#] {
        assert!(after.iter().any(|name| name.contains(label)), "{label}");
    }
}

#[tokio::test]
async fn figures_of_keys_have_their_names_and_no_secret() {
    let upstream = Upstream::answering(answer(700, 200));
    let rates = RateLimits {
        requests_per_minute: Some(1),
        ..RateLimits::default()
    };
    let config = GatewayConfig {
        keys: vec![
            KeyConfig::new("team-a", "tg-a")
                .rates(rates)
                .models(["openai/*"]),
        ],
        metrics_keys: vec![Secret::new("tg-admin")],
        ..GatewayConfig::default()
    };
    let served = Served::new(priced(&upstream).await, config).await;
    let ask = |model: &str| Answered::of(served.post(PATH, &question(model)).bearer_auth("tg-a"));
    assert_eq!(ask("openai/m").await.status, 200);
    assert_eq!(ask("openai/m").await.status, 429);
    assert_eq!(ask("echo/echo-1").await.status, 403);
    let answer = Answered::of(served.get("/metrics").bearer_auth("tg-admin")).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    let page = answer.text;
    assert_eq!(
        value(&page, r#"tidegate_key_requests_total{key="team-a"}"#),
        3.0
    );
    assert_eq!(
        value(&page, r#"tidegate_key_cost_usd_total{key="team-a"}"#),
        0.0015
    );
    for reason in ["rate", "model"] {
        let series = format!(r#"tidegate_key_refusals_total{{key="team-a",reason="{reason}"}}"#);
        assert_eq!(value(&page, &series), 1.0);
    }
    for secret in ["tg-a\"", "tg-admin", "sk-test-secret"] {
        assert!(!page.contains(secret));
    }
}

#[tokio::test]
async fn figures_are_for_operators() {
    let mut config = GatewayConfig {
        keys: vec![KeyConfig::new("team-a", "tg-a")],
        ..GatewayConfig::default()
    };
    // Nobody is an operator.
    let served = Served::new(echo().await, config.clone()).await;
    for request in [
        served.get("/metrics"),
        served.get("/metrics").bearer_auth("tg-a"),
    ] {
        let answer = Answered::of(request).await;
        assert_eq!(answer.status, 401);
        assert!(answer.text.contains("[admin]"), "{}", answer.text);
    }
    config.metrics_keys = vec![Secret::new("tg-admin"), Secret::new("tg-next")];
    let served = Served::new(echo().await, config).await;
    for (key, status) in [
        ("tg-admin", 200),
        ("tg-next", 200),
        ("tg-a", 401),
        ("", 401),
    ] {
        let request = served.get("/metrics").header("x-api-key", key);
        assert_eq!(Answered::of(request).await.status, status, "{key}");
    }
    // Without keys: this machine, and by its own name.
    let served = Served::echo().await;
    for (host, status) in [("localhost", 200), ("evil.test", 403)] {
        let request = served.get("/metrics").header("host", host);
        assert_eq!(Answered::of(request).await.status, status, "{host}");
    }
}
