//! Documents in order, as clients of Cohere and Jina ask for them.

use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::guests::component;
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::{Answered, Served};

const PATHS: [&str; 3] = ["/v1/rerank", "/v2/rerank", "/rerank"];

#[tokio::test]
async fn documents_come_back_in_order_of_relevance() {
    let served = Served::echo().await;
    let request = json!({
        "model": "echo/echo-1", "query": "red fox",
        "documents": ["a blue whale", "the red fox", {"text": "a fox", "id": 7}],
    });
    for path in PATHS {
        let answer = served.answer(path, &request).await;
        let order: Vec<&Value> = answer["results"]
            .as_array()
            .unwrap()
            .iter()
            .map(|it| &it["index"])
            .collect();
        assert_eq!(order, [1, 2, 0]);
        assert_eq!(answer["results"][0]["relevance_score"], 1.0);
        assert_eq!(answer["results"][0].get("document"), None);
        assert_eq!(answer["usage"]["total_tokens"], 10);
        assert_eq!(answer["meta"]["tokens"]["input_tokens"], 10);
        assert_eq!(answer["model"], "echo-1");
        assert!(answer["id"].as_str().unwrap().starts_with("req_"));
        assert_eq!(
            answer["tidegate"]["warnings"][0]["subject"],
            "documents[2].id"
        );
    }
}

#[tokio::test]
async fn documents_are_handed_back_as_they_came() {
    let served = Served::echo().await;
    let request = json!({
        "model": "echo/echo-1", "query": {"text": "red fox"}, "top_n": 2, "return_documents": true,
        "documents": ["the \"red\" fox", "a blue whale", {"text": "red fox", "id": 7}],
    });
    let answer = served.answer(PATHS[0], &request).await;
    let documents: Vec<&Value> = answer["results"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["document"])
        .collect();
    assert_eq!(
        documents,
        [
            &json!({"text": "red fox", "id": 7}),
            &json!({"text": "the \"red\" fox"}),
        ]
    );
}

#[tokio::test]
async fn what_is_wrong_is_where_either_kind_of_client_looks() {
    let served = Served::echo().await;
    for (request, status, said) in [
        (
            json!({"model": "echo/echo-1", "query": "a", "documents": ["a", {"image": "b"}]}),
            400,
            "`documents[1]`: it has no `text`, and nothing else can be ranked here",
        ),
        (
            json!({"model": "echo/echo-1", "query": "a", "documents": []}),
            400,
            "`documents`: there is nothing in it",
        ),
        (
            json!({"model": "echo/echo-1", "documents": ["a"]}),
            400,
            "`query`: this is missing",
        ),
        (
            json!({"model": "echo/echo-error-rate-limited", "query": "a", "documents": ["a"]}),
            429,
            "the model `echo-error-rate-limited` always fails",
        ),
    ] {
        let answer = Answered::of(served.post(PATHS[1], &request)).await;
        let body = answer.json();
        assert_eq!(answer.status, status, "{body}");
        for member in [&body["message"], &body["detail"], &body["error"]["message"]] {
            assert!(member.as_str().unwrap().contains(said), "{body}");
        }
    }
}

#[tokio::test]
async fn a_vendor_that_ranks_gets_its_own_members_and_texts_alone() {
    let upstream = Upstream::answering(Answer::json(
        200,
        json!({
            "id": "r", "results": [{"index": 1, "relevance_score": 0.9}],
            "meta": {"api_version": {"version": "2"}, "billed_units": {"search_units": 1}},
        }),
    ));
    let config = ProviderConfig::new()
        .allow(upstream.url("/*"))
        .setting("base-url", upstream.origin())
        .secret("api-key", "a-test-secret");
    let runtime = Runtime::builder()
        .provider("cohere", component("cohere").await, config)
        .build()
        .unwrap();
    let served = Served::new(runtime, GatewayConfig::default()).await;
    let request = json!({
        "model": "cohere/rerank-v3.5", "query": "red fox", "top_n": 1, "max_tokens_per_doc": 512,
        "documents": ["a blue whale", {"text": "the red fox"}], "return_documents": true,
    });
    let answer = served.answer(PATHS[1], &request).await;
    assert_eq!(
        answer["results"],
        json!([{"index": 1, "relevance_score": 0.9, "document": {"text": "the red fox"}}])
    );
    let sent: Value = serde_json::from_slice(&upstream.requests()[0].body).unwrap();
    assert_eq!(
        sent,
        json!({
            "model": "rerank-v3.5", "query": "red fox", "top_n": 1, "max_tokens_per_doc": 512,
            "documents": ["a blue whale", "the red fox"],
        })
    );
}

#[tokio::test]
async fn a_provider_that_does_not_rank_says_so() {
    let upstream = Upstream::answering(Answer::new(500));
    let served = Served::openai_at(&upstream).await;
    let request = json!({"model": "openai/gpt-5", "query": "a", "documents": ["a"]});
    let answer = Answered::of(served.post(PATHS[0], &request)).await;
    assert_eq!(
        (answer.status, &answer.error()["code"]),
        (400, &json!("unsupported"))
    );
    assert!(upstream.requests().is_empty());
}
