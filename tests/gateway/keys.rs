//! Who may call, and for what.

use serde_json::{Value, json};
use tidegate_gateway::{Error, Gateway, GatewayConfig, KeyConfig};
use tidegate_host::{Isolation, ProviderConfig, RateLimits};
use tidegate_tests::calls::runtime_with;
use tidegate_tests::upstream::{Answer as UpstreamAnswer, Upstream};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

use crate::support::{Answered, Served, echo, with_openai};

const PATH: &str = "/v1/chat/completions";

fn question(model: &str) -> Value {
    json!({"model": model, "messages": [{"role": "user", "content": "Hi"}]})
}

async fn locked() -> Served {
    let config = GatewayConfig {
        keys: vec![
            KeyConfig::new("team-a", "tg-old").secret("tg-new"),
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

/// A client that sends its body after the head may be refused in between, and goes on regardless.
#[tokio::test]
async fn a_request_that_is_refused_before_its_body_came_does_not_cost_the_connection() {
    let served = locked().await;
    let mut socket = served.connect().await;
    let body = question("echo/echo-1").to_string();
    let head = |key: &str| {
        format!(
            "POST {PATH} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {key}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n",
            body.len()
        )
    };
    socket.write_all(head("tg-other").as_bytes()).await.unwrap();
    let mut refusal = vec![0; 12];
    socket.read_exact(&mut refusal).await.unwrap();
    assert_eq!(refusal, b"HTTP/1.1 401");
    let rest = format!("{body}{}{body}", head("tg-new"));
    socket.write_all(rest.as_bytes()).await.unwrap();
    let mut answers = String::new();
    while !answers.contains("HTTP/1.1 200") {
        let mut piece = [0; 4096];
        let length = socket.read(&mut piece).await.unwrap();
        assert_ne!(length, 0, "the connection is closed after:\n{answers}");
        answers.push_str(&String::from_utf8_lossy(&piece[..length]));
    }
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
async fn a_key_is_good_for_so_many_requests_a_minute() {
    let rates = RateLimits {
        requests_per_minute: Some(2),
        ..RateLimits::default()
    };
    let config = GatewayConfig {
        // Both secrets are of one key.
        keys: vec![
            KeyConfig::new("team-a", "tg-old")
                .secret("tg-new")
                .rates(rates),
            KeyConfig::new("team-b", "tg-b"),
        ],
        ..GatewayConfig::default()
    };
    let served = Served::new(echo().await, config).await;
    let ask =
        |key: &str| Answered::of(served.post(PATH, &question("echo/echo-1")).bearer_auth(key));
    assert_eq!(ask("tg-old").await.status, 200);
    assert_eq!(ask("tg-new").await.status, 200);
    let refused = ask("tg-old").await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert!(refused.text.contains("`team-a`"), "{}", refused.text);
    let after: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=30).contains(&after), "{after}");
    assert_eq!(ask("tg-b").await.status, 200);
}

/// What a call really used is set right when it is over, whether it was streamed or not, and also
/// where the client went away.
#[tokio::test]
async fn a_key_is_good_for_so_many_tokens_a_minute() {
    let rates = RateLimits {
        tokens_per_minute: Some(1_000),
        ..RateLimits::default()
    };
    let usage = json!({"prompt_tokens": 700, "completion_tokens": 200, "total_tokens": 900});
    let answer = json!({
        "id": "c1", "object": "chat.completion", "created": 1, "model": "m", "usage": usage,
        "choices": [{"index": 0, "finish_reason": "stop",
            "message": {"role": "assistant", "content": "Hello"}}],
    });
    let upstream = Upstream::answering(UpstreamAnswer::json(200, answer));
    let config = GatewayConfig {
        keys: vec![KeyConfig::new("team-a", "tg-a").rates(rates)],
        ..GatewayConfig::default()
    };
    let served = Served::new(with_openai(&upstream).await, config).await;
    let ask = |text: &str| {
        let question = json!({
            "model": "openai/m",
            "messages": [{"role": "user", "content": text}],
        });
        Answered::of(served.post(PATH, &question).bearer_auth("tg-a"))
    };
    // Some 10 tokens by its length, and 900 by the vendor's account.
    assert_eq!(ask("Hi").await.status, 200);
    // About 150 of which there are 100.
    let refused = ask(&"tide ".repeat(120)).await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert!(refused.text.contains("1000 tokens"), "{}", refused.text);
    assert_eq!(ask("Hi").await.status, 200);
    assert_eq!(ask("Hi").await.status, 429);
}

/// Whatever is asked for counts; only that counting tokens uses none.
#[tokio::test]
async fn rates_of_a_key_are_for_all_that_it_asks_for() {
    let rates = RateLimits {
        requests_per_minute: Some(2),
        tokens_per_minute: Some(20),
    };
    let config = GatewayConfig {
        keys: vec![
            KeyConfig::new("team-a", "tg-a").rates(rates.clone()),
            KeyConfig::new("team-b", "tg-b").rates(rates),
        ],
        ..GatewayConfig::default()
    };
    let served = Served::new(echo().await, config).await;
    let ask = |path: &str, body: &Value, key: &str| {
        Answered::of(served.post(path, body).header("x-api-key", key))
    };
    let long = "tide ".repeat(120);
    let mut count = question("echo/echo-1");
    count["messages"][0]["content"] = json!(long);
    for status in [200, 200, 429] {
        let answer = ask("/v1/messages/count_tokens", &count, "tg-a").await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
    let rank = json!({"model": "echo/echo-1", "query": "tide", "documents": [long]});
    // More than a minute's worth is given once, and then has to be made up for.
    for status in [200, 429] {
        let answer = ask("/v1/rerank", &rank, "tg-b").await;
        assert_eq!(answer.status, status, "{}", answer.text);
    }
}

#[tokio::test]
async fn keys_can_be_replaced_while_the_gateway_serves() {
    let served = locked().await;
    let ask =
        |key: &str| Answered::of(served.post(PATH, &question("echo/echo-1")).bearer_auth(key));
    served
        .gateway
        .set_keys(vec![KeyConfig::new("team-a", "tg-new")])
        .unwrap();
    assert_eq!(ask("tg-old").await.status, 401);
    assert_eq!(ask("tg-new").await.status, 200);
    let error = served.gateway.set_keys(vec![]).unwrap_err();
    assert!(matches!(error, Error::LastKey), "{error}");
    assert_eq!(ask("tg-new").await.status, 200);
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

/// The guest says how many exchanges its instance has seen.
#[tokio::test]
async fn an_instance_per_caller_is_one_per_key() {
    let shared = ProviderConfig::new().isolation(Isolation::Caller);
    let runtime = runtime_with("rogue", shared).await;
    let config = GatewayConfig {
        keys: vec![
            KeyConfig::new("team-a", "tg-old").secret("tg-new"),
            KeyConfig::new("team-b", "tg-b"),
        ],
        ..GatewayConfig::default()
    };
    let served = Served::new(runtime.clone(), config).await;
    let count = async |key: &str, stream: bool| {
        let mut body = question("rogue/count");
        body["stream"] = stream.into();
        let answer = Answered::of(served.post(PATH, &body).bearer_auth(key)).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        match stream {
            true => {
                let chunks = answer.events().into_iter();
                let chunks = chunks.filter_map(|chunk| serde_json::from_str::<Value>(&chunk).ok());
                let deltas = chunks.map(|chunk| chunk["choices"][0]["delta"]["content"].clone());
                let texts = deltas.filter_map(|it| Some(it.as_str()?.to_owned()));
                texts.collect()
            }
            false => {
                let content = &answer.json()["choices"][0]["message"]["content"];
                content.as_str().unwrap().to_owned()
            }
        }
    };
    assert_eq!(count("tg-old", false).await, "1");
    assert_eq!(count("tg-old", true).await, "2");
    // Another secret of the same key.
    assert_eq!(count("tg-new", false).await, "3");
    assert_eq!(count("tg-b", false).await, "1");
    // Where nobody has a key, nobody is known to be the same.
    let open = Served::new(runtime, GatewayConfig::default()).await;
    for _ in 0..2 {
        let answer = open.answer(PATH, &question("rogue/count")).await;
        assert_eq!(answer["choices"][0]["message"]["content"], "1");
    }
}
