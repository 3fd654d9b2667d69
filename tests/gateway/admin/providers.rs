//! What an operator sees of providers, and who may see it.

use serde_json::json;
use tidegate_gateway::GatewayConfig;
use tidegate_host::{BreakerConfig, ProviderConfig, RateLimits, Runtime};
use tidegate_tests::guests::component;
use tidegate_tests::upstream::{Answer, Upstream};

use super::support::{KEY, Operated, refused};
use crate::support::Answered;

const SECRET: &str = "sk-test-secret-0123456789";

async fn with_openai(upstream: &Upstream) -> Operated {
    let config = ProviderConfig::new()
        .allow(upstream.url("/v1/*"))
        .setting("base-url", upstream.url("/v1"))
        .secret("api-key", SECRET)
        .rates(RateLimits {
            requests_per_minute: Some(10),
            tokens_per_minute: None,
        })
        .breaker(BreakerConfig {
            failures: 1,
            ..BreakerConfig::default()
        });
    let builder = Runtime::builder().provider("openai", component("openai").await, config);
    Operated::new(builder, GatewayConfig::default()).await
}

fn question() -> serde_json::Value {
    json!({"model": "openai/gpt-5", "messages": [{"role": "user", "content": "Hi"}]})
}

#[tokio::test]
async fn nothing_is_told_without_the_key() {
    let operated = Operated::echo().await;
    let requests = [
        ("GET", "/admin/providers"),
        ("PUT", "/admin/providers/echo"),
        ("POST", "/admin/providers/echo/disable"),
        ("DELETE", "/admin/calls/1"),
        ("GET", "/admin/openapi.json"),
        ("GET", "/admin/nothing"),
    ];
    for (method, path) in requests {
        let answer = Answered::of(operated.without_key(method, path)).await;
        let (message, hint) = refused(&answer, 401, "unauthorized");
        assert_eq!(message, "there is no key in the request");
        assert!(hint.contains("`[admin]`"), "{hint}");
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        for wrong in ["", "tg-admin-012345678", "tg-admin-01234567890"] {
            let request = operated.without_key(method, path).bearer_auth(wrong);
            refused(&Answered::of(request).await, 401, "unauthorized");
        }
        let elsewhere = operated.without_key(method, path).header("x-api-key", KEY);
        refused(&Answered::of(elsewhere).await, 401, "unauthorized");
    }
    assert_eq!(
        operated.get("/admin/providers").await["providers"][0]["state"],
        "enabled"
    );
}

#[tokio::test]
async fn each_of_several_keys_is_valid_until_it_is_taken_away() {
    let operated = Operated::echo().await;
    let with = async |key: &str| {
        let request = operated.without_key("GET", "/admin/providers");
        Answered::of(request.bearer_auth(key)).await.status
    };
    assert_eq!((with(KEY).await, with("tg-admin-next").await), (200, 200));
    let next = vec![tidegate_host::grants::Secret::new("tg-admin-next")];
    operated.admin.set_keys(next).unwrap();
    assert_eq!((with(KEY).await, with("tg-admin-next").await), (401, 200));
    assert!(operated.admin.set_keys(vec![]).is_err());
    assert_eq!(with("tg-admin-next").await, 200);
}

#[tokio::test]
async fn a_provider_shows_everything_but_its_secrets() {
    let upstream = Upstream::answering(Answer::new(503));
    let operated = with_openai(&upstream).await;
    let refused = Answered::of(operated.served.post("/v1/chat/completions", &question())).await;
    assert_eq!(refused.status, 503);

    let list = operated.get("/admin/providers").await;
    let entry = &list["providers"][0];
    let version = operated
        .served
        .runtime
        .provider("openai")
        .unwrap()
        .version();
    let digest = version.component().digest().to_string();
    for (key, expected) in [
        ("name", json!("openai")),
        ("source", json!("configuration")),
        ("version", json!(1)),
        ("digest", json!(digest)),
        ("state", json!("enabled")),
        ("calls", json!(0)),
        ("allow", json!([upstream.url("/v1/*")])),
    ] {
        assert_eq!(entry[key], expected, "{key}");
    }
    assert_eq!(entry["breaker"]["state"], "open");
    assert_eq!(entry["breaker"]["failures"], 1);
    assert!(entry["breaker"]["retry-after-ms"].as_u64().unwrap() > 0);
    assert_eq!(entry["limits"]["concurrency"], 256);
    let wants = entry["wants"].as_array().unwrap();
    assert!(
        wants
            .iter()
            .any(|want| want["pattern"] == "POST {base-url}/chat/completions"),
        "{wants:?}"
    );

    let detail = operated.get("/admin/providers/openai").await;
    assert_eq!(detail["name"], "openai");
    assert_eq!(detail["info"]["name"], "openai");
    assert_eq!(
        detail["secrets"],
        json!([{"name": "api-key", "origins": [upstream.origin()], "exposed": false}])
    );
    let settings = detail["settings"].as_array().unwrap();
    let base = settings.iter().find(|it| it["name"] == "base-url").unwrap();
    assert_eq!(base["value"], upstream.url("/v1"));
    assert_eq!(base["configured"], true);
    assert_eq!(detail["all-limits"]["memory-bytes"], 64 << 20);
    assert_eq!(
        detail["rates"],
        json!({"requests": {"per-minute": 10, "left": 9}, "tokens": null})
    );
    assert_eq!(detail["versions"]["previous"], json!(null));
    assert_eq!(detail["versions"]["current"]["version"], 1);
    for text in [list.to_string(), detail.to_string()] {
        assert!(!text.contains(SECRET));
    }
}

#[tokio::test]
async fn an_unknown_provider_is_not_found_whatever_is_asked_of_it() {
    let operated = Operated::echo().await;
    for (method, path) in [
        ("GET", "/admin/providers/ecko"),
        ("PUT", "/admin/providers/ecko"),
        ("POST", "/admin/providers/ecko/rollback"),
        ("POST", "/admin/providers/ecko/enable"),
        ("POST", "/admin/providers/ecko/disable"),
        ("POST", "/admin/providers/ecko/drain"),
        ("GET", "/admin/audit?provider=ecko"),
    ] {
        let answer = Answered::of(operated.ask(method, path)).await;
        let (message, hint) = refused(&answer, 404, "not-found");
        assert_eq!(message, "no provider `ecko`");
        assert_eq!(hint, "did you mean `echo`?");
    }
}

#[tokio::test]
async fn other_paths_and_methods_are_refused_as_json() {
    let operated = Operated::echo().await;
    let nothing = Answered::of(operated.ask("GET", "/admin/nothing")).await;
    refused(&nothing, 404, "not-found");
    let nothing = Answered::of(operated.ask("GET", "/v1/models")).await;
    refused(&nothing, 404, "not-found");
    let other = Answered::of(operated.ask("POST", "/admin/providers")).await;
    let (message, _) = refused(&other, 405, "method");
    assert_eq!(message, "`/admin/providers` does not take `POST`");
}
