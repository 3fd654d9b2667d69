//! The models of all providers, under the names to ask for.

use serde_json::json;
use tidegate_gateway::{GatewayConfig, KeyConfig};
use tidegate_host::Route;
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::{Answered, Served, echo, with_openai};

#[tokio::test]
async fn all_models_are_listed_under_the_names_to_ask_for() {
    let listed = json!({"object": "list", "data": [
        {"id": "gpt-5", "object": "model", "created": 7, "owned_by": "openai"},
        {"id": "org/tuned", "object": "model", "created": 8, "owned_by": "me"},
    ]});
    let upstream = Upstream::answering(Answer::json(200, listed));
    let served = Served::openai_at(&upstream).await;
    let list = Answered::of(served.get("/v1/models")).await.json();
    let ids: Vec<&str> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["id"].as_str().unwrap())
        .collect();
    assert_eq!(ids, ["echo/echo-1", "openai/gpt-5", "openai/org/tuned"]);
    assert_eq!(list["data"][1]["created"], 7);
    for path in [
        "/v1/models/openai/org/tuned",
        "/v1/models/openai%2Forg%2Ftuned",
    ] {
        let model = Answered::of(served.get(path)).await.json();
        assert_eq!(
            (&model["id"], &model["owned_by"]),
            (&json!("openai/org/tuned"), &json!("me"))
        );
    }
    // A list is good for a while.
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_provider_that_fails_hides_only_its_own_models() {
    let upstream = Upstream::answering(Answer::new(500));
    let served = Served::openai_at(&upstream).await;
    let answer = Answered::of(served.get("/v1/models")).await;
    assert_eq!(answer.json()["data"].as_array().unwrap().len(), 1);
    assert!(
        answer
            .header("x-tidegate-warnings")
            .contains("the models of `openai` are left out")
    );
    let answer = Answered::of(served.get("/v1/models/openai/gpt-5")).await;
    assert_eq!(answer.status, 502);
}

#[tokio::test]
async fn a_model_that_is_not_there_is_not_found() {
    let served = Served::echo().await;
    for path in [
        "/v1/models/echo/other",
        "/v1/models/nothing",
        "/v1/models/none/x",
    ] {
        let answer = Answered::of(served.get(path)).await;
        assert_eq!(
            (answer.status, &answer.error()["code"]),
            (404, &json!("model_not_found"))
        );
    }
}

/// Both clients' lists: a route is asked for like a model.
#[tokio::test]
async fn routes_are_listed_before_the_models() {
    let runtime = echo().await;
    runtime
        .set_routes([("fast".to_owned(), Route::new(["echo/echo-1"]))])
        .unwrap();
    let served = Served::new(runtime, GatewayConfig::default()).await;
    for version in [None, Some("2023-06-01")] {
        let get = |path: &str| {
            let request = served.get(path);
            match version {
                Some(version) => request.header("anthropic-version", version),
                None => request,
            }
        };
        let list = Answered::of(get("/v1/models")).await.json();
        assert_eq!(list["data"][0]["id"], "fast", "{list}");
        assert_eq!(list["data"][1]["id"], "echo/echo-1", "{list}");
        let one = Answered::of(get("/v1/models/fast")).await.json();
        assert_eq!(one["id"], "fast");
    }
    let question = json!({"model": "fast", "messages": [{"role": "user", "content": "Hi"}]});
    let answer = Answered::of(served.post("/v1/chat/completions", &question)).await;
    assert_eq!(answer.header("x-tidegate-provider"), "echo");
}

/// Names and troubles of other tenants' providers are nobody else's business.
#[tokio::test]
async fn a_provider_that_a_key_cannot_use_is_neither_asked_nor_mentioned() {
    let upstream = Upstream::answering(Answer::new(500));
    let config = GatewayConfig {
        keys: vec![KeyConfig::new("team-a", "tg-a").models(["echo/*"])],
        ..GatewayConfig::default()
    };
    let served = Served::new(with_openai(&upstream).await, config).await;
    let answer = Answered::of(served.get("/v1/models").bearer_auth("tg-a")).await;
    assert_eq!(answer.json()["data"][0]["id"], "echo/echo-1");
    assert_eq!(answer.header("x-tidegate-warnings"), "");
    assert_eq!(upstream.requests().len(), 0);
}
