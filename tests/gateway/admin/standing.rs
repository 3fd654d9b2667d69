//! Providers that take no calls: who is told so, who goes on elsewhere, and what ends in its own time.

use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_host::{ProviderConfig, Route, Runtime};
use tidegate_tests::guests::{chameleon, component};
use tidegate_tests::upstream::{Answer, Upstream, Valve};

use super::support::{Operated, refused};
use crate::support::Answered;

const PATH: &str = "/v1/chat/completions";

fn question(model: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": "Hi"}]})
}

#[tokio::test]
async fn a_disabled_provider_takes_no_calls_until_it_is_enabled() {
    let operated = Operated::echo().await;
    let disabled = operated.post("/admin/providers/echo/disable").await;
    assert_eq!(
        disabled,
        json!({"provider": "echo", "state": "disabled", "calls": 0})
    );
    for path in [PATH, "/v1/embeddings"] {
        let body = match path {
            PATH => question("echo/echo-1"),
            _ => json!({"model": "echo/echo-1", "input": "Hi"}),
        };
        let answer = Answered::of(operated.served.post(path, &body)).await;
        assert_eq!(answer.status, 503, "{}", answer.text);
        let message = answer.error()["message"].as_str().unwrap().to_owned();
        assert!(
            message.contains("takes no calls: it is disabled"),
            "{message}"
        );
    }
    let entry = operated.get("/admin/providers/echo").await;
    assert_eq!(
        (&entry["state"], &entry["breaker"]["failures"]),
        (&json!("disabled"), &json!(0))
    );
    let enabled = operated.post("/admin/providers/echo/enable").await;
    assert_eq!(enabled["state"], "enabled");
    operated.served.answer(PATH, &question("echo/echo-1")).await;
}

#[tokio::test]
async fn a_route_goes_on_to_its_next_target() {
    let builder = Runtime::builder()
        .provider(
            "one",
            chameleon("version-1").await.unwrap(),
            ProviderConfig::new(),
        )
        .provider(
            "two",
            chameleon("version-2").await.unwrap(),
            ProviderConfig::new(),
        )
        .route("any", Route::new(["one/at-once", "two/at-once"]));
    let operated = Operated::new(builder, GatewayConfig::default()).await;
    let says = async || {
        let answer = operated.served.answer(PATH, &question("any")).await;
        answer["choices"][0]["message"]["content"].clone()
    };
    assert_eq!(says().await, "version-1");
    for word in ["disable", "drain"] {
        operated.post(&format!("/admin/providers/one/{word}")).await;
        assert_eq!(says().await, "version-2", "{word}");
    }
    operated.post("/admin/providers/one/enable").await;
    assert_eq!(says().await, "version-1");
    let routes = operated.get("/admin/routes").await;
    let route = [("one/at-once", 1), ("two/at-once", 1)];
    let route = route.map(|(model, weight)| json!({"model": model, "weight": weight}));
    assert_eq!(
        routes,
        json!({"routes": [{"name": "any", "strategy": "fallback", "route": route, "retries": 0, "timeout-ms": null}]})
    );
}

#[tokio::test]
async fn an_operators_word_outlives_a_changed_configuration() {
    let operated = Operated::echo().await;
    operated.post("/admin/providers/echo/disable").await;
    let echo = component("echo").await;
    let other = ProviderConfig::new().allow("https://example.com/*");
    let apply = |builder| operated.served.runtime.apply(builder).unwrap();
    apply(Runtime::builder().provider("echo", echo.clone(), other));
    assert_eq!(
        operated.get("/admin/providers/echo").await["state"],
        "disabled"
    );
    // It is another one after it was gone.
    apply(Runtime::builder());
    apply(Runtime::builder().provider("echo", echo, ProviderConfig::new()));
    assert_eq!(
        operated.get("/admin/providers/echo").await["state"],
        "enabled"
    );
}

/// A stream that has begun, and goes on when the valve opens.
async fn open(operated: &Operated, upstream: &Upstream) -> reqwest::Response {
    let mut body = question(&format!("chameleon/{}", upstream.url("/")));
    body["stream"] = true.into();
    let mut answer = operated.served.post(PATH, &body).send().await.unwrap();
    answer.chunk().await.unwrap().unwrap();
    answer
}

#[tokio::test]
async fn a_drain_waits_for_open_streams_and_says_how_many_are_left() {
    let valve = Valve::shut();
    let upstream = Upstream::answering(Answer::stream("text/plain", [" "]).drip(&valve));
    let operated = Operated::chameleon_at(&upstream).await;
    let stream = open(&operated, &upstream).await;
    let path = "/admin/providers/chameleon/drain";
    let left = operated.post(&format!("{path}?timeout=0.05")).await;
    assert_eq!(
        left,
        json!({"provider": "chameleon", "state": "draining", "calls": 1})
    );
    let answer = Answered::of(operated.served.post(PATH, &question("chameleon/at-once"))).await;
    assert_eq!(answer.status, 503, "{}", answer.text);

    // One that began under the configuration before counts as well.
    let other = ProviderConfig::new().allow(upstream.url("/other/*"));
    let component = chameleon("version-1").await.unwrap();
    let builder = Runtime::builder().provider("chameleon", component, other);
    operated.served.runtime.apply(builder).unwrap();
    let left = operated.post(&format!("{path}?timeout=0")).await;
    assert_eq!(left["calls"], 1);

    let path = format!("{path}?timeout=60");
    let drained = operated.post(&path);
    let opened = async {
        valve.open();
        stream.text().await.unwrap()
    };
    let (drained, text) = tokio::join!(drained, opened);
    assert_eq!(
        drained,
        json!({"provider": "chameleon", "state": "draining", "calls": 0})
    );
    assert!(text.ends_with("data: [DONE]\n\n"), "{text}");
}

#[tokio::test]
async fn a_timeout_that_is_none_is_refused() {
    let operated = Operated::echo().await;
    for query in ["timeout=soon", "timeout=-1", "tiemout=3"] {
        let path = format!("/admin/providers/echo/drain?{query}");
        let answer = Answered::of(operated.ask("POST", &path)).await;
        refused(&answer, 400, "invalid-request");
    }
    assert_eq!(
        operated.get("/admin/providers/echo").await["state"],
        "enabled"
    );
}
