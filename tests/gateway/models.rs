//! The models of all providers, under the names to ask for.

use std::time::Duration;

use serde_json::json;
use tidegate_gateway::{GatewayConfig, KeyConfig};
use tidegate_host::{Route, Runtime};
use tidegate_tests::guests::component;
use tidegate_tests::upstream::{Answer, Upstream, Valve};

use crate::support::{Answered, Served, echo, openai_config, with_openai};

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
    // It is left alone for a moment.
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn a_provider_is_asked_once_for_all_who_want_its_models() {
    let valve = Valve::shut();
    let listed = Answer::json(200, json!({"object": "list", "data": [{"id": "gpt-5"}]}));
    let upstream = Upstream::answering(listed.hold_before_head(&valve));
    // Nothing is remembered: whoever does not share an answer has to ask for one.
    let config = GatewayConfig {
        models_age: Duration::ZERO,
        ..GatewayConfig::default()
    };
    let served = Served::new(with_openai(&upstream).await, config).await;
    let ask = || tokio::spawn(Answered::of(served.get("/v1/models/openai/gpt-5")));
    let first = ask();
    upstream.wait_for_requests(1).await;
    let others: Vec<_> = (0..8).map(|_| ask()).collect();
    // They have all come when a request that was sent after them has been answered to its end.
    Answered::of(served.get("/healthz")).await;
    valve.open();
    assert_eq!(first.await.unwrap().status, 200);
    for other in others {
        assert_eq!(other.await.unwrap().status, 200);
    }
    let asked = upstream.requests().len();
    assert!(asked <= 2, "{asked}");
}

/// What a provider of the same name said before it was another is nobody's list of models.
#[tokio::test]
async fn a_provider_that_has_changed_is_asked_again() {
    let vendor =
        |model: &str| Upstream::answering(Answer::json(200, json!({"data": [{"id": model}]})));
    let (old, new) = (vendor("gpt-4"), vendor("gpt-5"));
    let served = Served::openai_at(&old).await;
    let ids = async || {
        let list = Answered::of(served.get("/v1/models")).await.json();
        let data = list["data"].as_array().unwrap().clone();
        let ids = data.iter().map(|it| it["id"].as_str().unwrap().to_owned());
        ids.collect::<Vec<_>>()
    };
    assert_eq!(ids().await, ["echo/echo-1", "openai/gpt-4"]);
    let config = openai_config(&new);
    let changed = Runtime::builder().provider("openai", component("openai").await, config);
    served.runtime.apply(changed).unwrap();
    assert_eq!(ids().await, ["openai/gpt-5"]);

    // Nor is a model of a provider that has gone meant by anybody.
    let question = json!({"model": "echo-2", "messages": [{"role": "user", "content": "Hi"}]});
    let error = Answered::of(served.post("/v1/chat/completions", &question)).await;
    assert!(!error.text.contains("echo/echo-1"), "{}", error.text);
}

#[tokio::test]
async fn a_model_that_its_provider_does_not_know_is_met_with_the_nearest_it_lists() {
    let upstream = Upstream::start(|request| match request.path() {
        "/v1/models" => Answer::json(200, json!({"data": [{"id": "gpt-5-mini"}, {"id": "o3"}]})),
        _ => Answer::json(
            404,
            json!({"error": {"message": "no such model", "code": "model_not_found"}}),
        ),
    });
    let served = Served::openai_at(&upstream).await;
    let asked = async |model: &str, stream: bool| {
        let question = json!({"model": model, "messages": [{"role": "user", "content": "Hi"}], "stream": stream});
        let answer = Answered::of(served.post("/v1/chat/completions", &question)).await;
        assert_eq!(answer.status, 404);
        answer.text
    };
    let ask = async |model: &str| asked(model, false).await;
    // Nobody's bad request makes the vendor list its models.
    let text = ask("openai/gtp-5-mini").await;
    assert!(!text.contains("there is a model"), "{text}");
    Answered::of(served.get("/v1/models")).await;
    let text = ask("openai/gtp-5-mini").await;
    let hint = "there is a model `openai/gpt-5-mini`";
    assert!(text.contains(hint), "{text}");
    let text = asked("openai/gtp-5-mini", true).await;
    assert!(text.contains(hint), "{text}");
    for model in ["openai/o3", "openai/quite-another"] {
        let text = ask(model).await;
        assert!(!text.contains("there is a model"), "{text}");
    }
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
