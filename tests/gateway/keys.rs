//! Who may call, and for what.

use serde_json::{Value, json};
use tidegate_gateway::{Error, Gateway, GatewayConfig, KeyConfig};
use tokio::net::TcpListener;

use crate::support::{Answered, Served, echo};

const PATH: &str = "/v1/chat/completions";

fn question(model: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": "Hi"}]})
}

async fn locked() -> Served {
    let config = GatewayConfig {
        keys: vec![
            KeyConfig::new("team-a", "tg-old"),
            KeyConfig::new("team-a", "tg-new"),
            KeyConfig::new("guest", "tg-guest").models(["openai/*", "echo/small-*"]),
        ],
        ..GatewayConfig::default()
    };
    Served::new(echo().await, config).await
}

#[tokio::test]
async fn a_key_opens_and_nothing_else_does() {
    let served = locked().await;
    let ask = || served.post(PATH, &question("echo/echo-1"));
    for key in ["tg-old", "tg-new"] {
        assert_eq!(Answered::of(ask().bearer_auth(key)).await.status, 200);
        assert_eq!(
            Answered::of(ask().header("x-api-key", key)).await.status,
            200
        );
    }
    for request in [
        ask(),
        ask().bearer_auth("tg-other"),
        ask().header("x-api-key", ""),
    ] {
        let answer = Answered::of(request).await;
        assert_eq!(
            (answer.status, &answer.error()["code"]),
            (401, &json!("invalid_api_key"))
        );
    }
    assert_eq!(Answered::of(served.get("/v1/models")).await.status, 401);
    // Probes have no keys.
    assert_eq!(Answered::of(served.get("/healthz")).await.status, 200);
    assert_eq!(Answered::of(served.get("/readyz")).await.status, 200);
}

#[tokio::test]
async fn a_key_is_good_for_its_models_only() {
    let served = locked().await;
    let ask =
        |model: &str| Answered::of(served.post(PATH, &question(model)).bearer_auth("tg-guest"));
    assert_eq!(ask("echo/small-1").await.status, 200);
    let answer = ask("echo/echo-1").await;
    assert_eq!(
        (answer.status, &answer.error()["code"]),
        (403, &json!("model_not_allowed"))
    );
    assert!(answer.text.contains("`guest`"));
    let list = Answered::of(served.get("/v1/models").bearer_auth("tg-guest")).await;
    assert_eq!(list.json()["data"], json!([]));
    let one = served.get("/v1/models/echo/echo-1").bearer_auth("tg-guest");
    assert_eq!(Answered::of(one).await.status, 404);
}

#[tokio::test]
async fn without_keys_the_gateway_stays_at_home() {
    let gateway = Gateway::new(echo().await, GatewayConfig::default()).unwrap();
    let listener = TcpListener::bind("0.0.0.0:0").await.unwrap();
    let error = gateway
        .serve(listener, std::future::pending())
        .await
        .unwrap_err();
    assert!(matches!(error, Error::NoKeys { .. }));
    assert!(error.to_string().contains("gateway.keys"));
}

#[tokio::test]
async fn without_keys_only_names_of_this_machine_are_answered() {
    let served = Served::echo().await;
    for (host, status) in [("localhost:1", 200), ("[::1]", 200), ("evil.test", 403)] {
        let request = served.get("/v1/models").header("host", host);
        assert_eq!(Answered::of(request).await.status, status, "{host}");
    }
    let answer = served.raw(b"GET /v1/models HTTP/1.0\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.0 403"), "{answer}");
}
