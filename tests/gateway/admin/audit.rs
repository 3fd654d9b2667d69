//! What providers did, or tried to do: looked back at, and followed.

use serde_json::{Value, json};
use tidegate_gateway::GatewayConfig;
use tidegate_host::{ProviderConfig, Runtime};
use tidegate_tests::guests::chameleon;
use tidegate_tests::upstream::{Answer, Upstream};

use super::support::{Operated, refused};
use crate::support::Answered;

/// Two providers, of which the second may reach nothing.
async fn two(upstream: &Upstream) -> Operated {
    let component = chameleon("version-1").await.unwrap();
    let granted = ProviderConfig::new().allow(upstream.url("/*"));
    let builder = Runtime::builder()
        .provider("one", component.clone(), granted)
        .provider("two", component, ProviderConfig::new());
    Operated::new(builder, GatewayConfig::default()).await
}

async fn call(operated: &Operated, provider: &str, upstream: &Upstream, path: &str) {
    let model = format!("{provider}/{}", upstream.url(path));
    let body = json!({"model": model, "messages": [{"role": "user", "content": "Hi"}]});
    Answered::of(operated.served.post("/v1/chat/completions", &body)).await;
}

fn paths(records: &Value) -> Vec<&str> {
    let records = records["records"].as_array().unwrap().iter();
    records
        .map(|record| record["path"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn the_last_records_are_shown_newest_first() {
    let upstream = Upstream::answering(Answer::stream("text/plain", ["Hello"]));
    let operated = two(&upstream).await;
    assert_eq!(operated.get("/admin/audit").await, json!({"records": []}));
    call(&operated, "one", &upstream, "/a?token=hidden").await;
    call(&operated, "two", &upstream, "/b").await;
    call(&operated, "one", &upstream, "/c").await;
    let all = operated.get("/admin/audit").await;
    assert_eq!(paths(&all), ["/c", "/b", "/a"]);
    assert!(!all.to_string().contains("hidden"));
    let allowed = &all["records"][2];
    for (key, expected) in [
        ("provider", json!("one")),
        ("method", json!("GET")),
        ("origin", json!(upstream.origin())),
        ("status", json!(200)),
        ("received-bytes", json!(5)),
        ("outcome", json!("complete")),
        ("reason", Value::Null),
    ] {
        assert_eq!(allowed[key], expected, "{key}");
    }
    assert!(allowed["at-ms"].as_u64().unwrap() > 1_700_000_000_000);
    let denied = &all["records"][1];
    assert_eq!(
        (&denied["outcome"], &denied["status"]),
        (&json!("denied"), &Value::Null)
    );
    let reason = denied["reason"].as_str().unwrap();
    assert!(reason.contains("may not reach"), "{reason}");

    let of_one = operated.get("/admin/audit?provider=one").await;
    assert_eq!(paths(&of_one), ["/c", "/a"]);
    let last = operated.get("/admin/audit?limit=1").await;
    assert_eq!(paths(&last), ["/c"]);
}

#[tokio::test]
async fn what_is_kept_is_bounded() {
    let upstream = Upstream::answering(Answer::stream("text/plain", ["Hello"]));
    let operated = two(&upstream).await;
    for place in 0..205 {
        call(&operated, "two", &upstream, &format!("/{place}")).await;
    }
    let kept = operated.get("/admin/audit?limit=10000").await;
    let kept = paths(&kept);
    assert!((100..=200).contains(&kept.len()), "{}", kept.len());
    assert_eq!(kept[..2], ["/204", "/203"]);
}

#[tokio::test]
async fn records_to_come_are_followed_until_the_api_stops() {
    let upstream = Upstream::answering(Answer::stream("text/plain", ["Hello"]));
    let mut operated = two(&upstream).await;
    call(&operated, "one", &upstream, "/before").await;
    let request = operated.ask("GET", "/admin/audit?follow=true&provider=one");
    let mut answer = request.send().await.unwrap();
    assert_eq!(answer.headers()["content-type"], "text/event-stream");
    call(&operated, "two", &upstream, "/b").await;
    call(&operated, "one", &upstream, "/c").await;
    let piece = answer.chunk().await.unwrap().unwrap();
    let text = std::str::from_utf8(&piece).unwrap();
    let json = text.strip_prefix("data: ").unwrap().strip_suffix("\n\n");
    let record: Value = serde_json::from_str(json.unwrap()).unwrap();
    assert_eq!(
        (&record["provider"], &record["path"]),
        (&json!("one"), &json!("/c"))
    );
    operated.stop().await;
    assert_eq!(answer.chunk().await.unwrap(), None);
}

#[tokio::test]
async fn a_query_that_makes_no_sense_is_refused() {
    let operated = Operated::echo().await;
    for query in ["limit=many", "limit=-1", "lmit=3", "follow=perhaps"] {
        let answer = Answered::of(operated.ask("GET", &format!("/admin/audit?{query}"))).await;
        let (_, hint) = refused(&answer, 400, "invalid-request");
        assert!(hint.contains("`limit=COUNT`"), "{hint}");
    }
}
