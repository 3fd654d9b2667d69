//! What a key may spend: told before a call, charged after it, and kept over a change of keys.

use serde_json::{Value, json};
use tidegate_gateway::{GatewayConfig, KeyConfig};
use tidegate_host::{Budget, Runtime};
use tidegate_tests::upstream::{Answer, Upstream};

use crate::figures::{PATH, answer, priced, question};
use crate::support::{Answered, Served};

fn day(amount: f64) -> Budget {
    Budget {
        day: Some(amount),
        month: None,
    }
}

fn key(budget: Budget) -> KeyConfig {
    KeyConfig::new("team-a", "tg-a").budget(budget)
}

async fn with(runtime: Runtime, budget: Budget) -> Served {
    let config = GatewayConfig {
        keys: vec![key(budget), KeyConfig::new("team-b", "tg-b")],
        ..GatewayConfig::default()
    };
    Served::new(runtime, config).await
}

async fn ask(served: &Served, path: &str, body: &Value, key: &str) -> Answered {
    Answered::of(served.post(path, body).bearer_auth(key)).await
}

/// Every answer costs 0.0015 USD.
#[tokio::test]
async fn a_key_that_has_spent_its_budget_is_refused_until_the_next_day() {
    let upstream = Upstream::answering(answer(700, 200));
    let served = with(priced(&upstream).await, day(0.002)).await;
    // The second begins with money left, and overdraws.
    for _ in 0..2 {
        assert_eq!(
            ask(&served, PATH, &question("openai/m"), "tg-a")
                .await
                .status,
            200
        );
    }
    let refused = ask(&served, PATH, &question("openai/m"), "tg-a").await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert_eq!(refused.error()["code"], "insufficient_quota");
    assert!(
        refused
            .text
            .contains("`team-a` may spend 0.002 USD in a day"),
        "{}",
        refused.text
    );
    // Midnight is not awaited in a loop.
    assert_eq!(refused.header("x-should-retry"), "false");
    let after: u64 = refused.header("retry-after").parse().unwrap();
    assert!((1..=86_400).contains(&after), "{after}");
    // As Anthropic says it.
    let mut message = question("openai/m");
    message["max_tokens"] = json!(10);
    let refused = ask(&served, "/v1/messages", &message, "tg-a").await;
    assert_eq!(
        (refused.status, &refused.error()["type"]),
        (402, &json!("billing_error"))
    );
    assert_eq!(
        ask(&served, PATH, &question("openai/m"), "tg-b")
            .await
            .status,
        200
    );
    assert_eq!(upstream.requests().len(), 3);
}

#[tokio::test]
async fn another_budget_does_not_give_back_what_was_spent() {
    let upstream = Upstream::answering(answer(700, 200));
    let served = with(priced(&upstream).await, day(1.0)).await;
    assert_eq!(
        ask(&served, PATH, &question("openai/m"), "tg-a")
            .await
            .status,
        200
    );
    let month = Budget {
        day: None,
        month: Some(0.001),
    };
    served.gateway.set_keys(vec![key(month)]).unwrap();
    let refused = ask(&served, PATH, &question("openai/m"), "tg-a").await;
    assert_eq!(refused.status, 429, "{}", refused.text);
    assert!(refused.text.contains("in a month"), "{}", refused.text);
    served.gateway.set_keys(vec![key(day(0.01))]).unwrap();
    assert_eq!(
        ask(&served, PATH, &question("openai/m"), "tg-a")
            .await
            .status,
        200
    );
}

/// What nobody has given a price could cost anything.
#[tokio::test]
async fn a_key_with_a_budget_uses_models_whose_price_is_known() {
    let upstream = Upstream::answering(answer(700, 200));
    let served = with(priced(&upstream).await, day(1.0)).await;
    let refused = ask(&served, PATH, &question("openai/large"), "tg-a").await;
    assert_eq!(
        (refused.status, &refused.error()["code"]),
        (403, &json!("model_not_allowed"))
    );
    assert!(refused.text.contains("`openai/large`"), "{}", refused.text);
    assert!(
        refused.text.contains("providers.NAME.prices"),
        "{}",
        refused.text
    );
    assert_eq!(
        ask(&served, PATH, &question("fast"), "tg-a").await.status,
        200
    );
    assert_eq!(
        ask(&served, PATH, &question("openai/large"), "tg-b")
            .await
            .status,
        200
    );
    assert_eq!(upstream.requests().len(), 2);
}

/// Vendors say at the end what was used, and whoever leaves before has it all the same.
#[tokio::test]
async fn a_client_that_leaves_pays_for_what_it_has_had() {
    let chunk = |text: &str| {
        format!(
            r#"{{"id":"c1","choices":[{{"index":0,"delta":{{"content":"{text}"}},"finish_reason":null}}]}}"#
        )
    };
    // A thousand tokens by their length, four dollars a million.
    let text = chunk(&"a".repeat(4_000));
    let upstream = Upstream::answering(Answer::sse([&text, &text]).stall_after(text.len() + 8));
    let served = with(priced(&upstream).await, day(0.004)).await;
    let mut body = question("openai/m");
    body["stream"] = json!(true);
    let request = served.post(PATH, &body).bearer_auth("tg-a");
    let mut answer = request.send().await.unwrap();
    let mut had = 0;
    while had < 4_000 {
        had += answer.chunk().await.unwrap().unwrap().len();
    }
    drop(answer);
    served.until_calls("openai", 0).await;
    upstream.wait_for_abandoned(1).await;
    let refused = ask(&served, PATH, &question("openai/m"), "tg-a").await;
    assert_eq!(refused.status, 429, "{}", refused.text);
}

#[tokio::test]
async fn an_absurd_usage_is_not_believed() {
    let upstream = Upstream::answering(answer(u32::MAX - 1, 1));
    let served = with(priced(&upstream).await, day(100.0)).await;
    let answered = ask(&served, PATH, &question("openai/m"), "tg-a").await;
    // Ten million tokens at a dollar a million, and one of output.
    assert_eq!(
        answered.header("x-tidegate-cost-usd"),
        "10.000004",
        "{}",
        answered.text
    );
    assert_eq!(
        ask(&served, PATH, &question("openai/m"), "tg-a")
            .await
            .status,
        200
    );
}

#[tokio::test]
async fn a_stream_says_what_it_cost_before_its_end() {
    let usage = r#"{"id":"c1","choices":[],"usage":{"prompt_tokens":700,"completion_tokens":200,"total_tokens":900}}"#;
    let end =
        r#"{"id":"c1","choices":[{"index":0,"delta":{"content":"Hi"},"finish_reason":"stop"}]}"#;
    let upstream = Upstream::answering(Answer::sse([end, usage, "[DONE]"]));
    let served = with(priced(&upstream).await, day(1.0)).await;
    let mut body = question("openai/m");
    body["stream"] = json!(true);
    let answered = ask(&served, PATH, &body, "tg-a").await;
    let said = ": x-tidegate-cost-usd: 0.0015\n\n";
    let (before, after) = answered
        .text
        .split_once(said)
        .unwrap_or_else(|| panic!("{}", answered.text));
    assert!(
        before.contains("Hi") && after.contains("[DONE]"),
        "{}",
        answered.text
    );
}
