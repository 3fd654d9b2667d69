//! Lists of models in this dialect.

use serde_json::{Value, json};

use crate::support::{Answered, Served};

#[tokio::test]
async fn models_are_listed_for_either_kind_of_client() {
    let served = Served::echo().await;
    let get = |path: &str| served.get(path).header("anthropic-version", "2023-06-01");
    let list = Answered::of(get("/v1/models")).await.json();
    let model = json!({
        "type": "model", "id": "echo/echo-1", "display_name": "Echo",
        "created_at": "1970-01-01T00:00:00Z", "max_input_tokens": 1_000_000,
    });
    assert_eq!(
        list,
        json!({"data": [model], "has_more": false, "first_id": "echo/echo-1", "last_id": "echo/echo-1"})
    );
    assert_eq!(
        Answered::of(get("/v1/models/echo/echo-1")).await.json(),
        model
    );
    let after = Answered::of(get("/v1/models?limit=5&after_id=echo%2Fecho-1"))
        .await
        .json();
    assert_eq!(
        (&after["data"], &after["last_id"]),
        (&json!([]), &Value::Null)
    );
    let answer = Answered::of(get("/v1/models?limit=0")).await;
    assert_eq!(
        (answer.status, &answer.error()["type"]),
        (400, &json!("invalid_request_error"))
    );
    let answer = Answered::of(get("/v1/models/echo/other")).await;
    assert_eq!(
        (answer.status, &answer.error()["type"]),
        (404, &json!("not_found_error"))
    );
    assert_eq!(
        Answered::of(served.get("/v1/models")).await.json()["object"],
        "list"
    );
}
