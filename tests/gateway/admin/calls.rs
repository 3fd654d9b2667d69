//! Calls under way: seen, and ended.

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Upstream, Valve};

use super::support::{Operated, good, refused};
use crate::support::Answered;

const PATH: &str = "/v1/chat/completions";

fn question(upstream: &Upstream, stream: bool) -> Value {
    let model = format!("chameleon/{}", upstream.url("/"));
    json!({"model": model, "stream": stream, "messages": [{"role": "user", "content": "Hi"}]})
}

#[tokio::test]
async fn a_call_is_seen_while_it_lives() {
    let valve = Valve::shut();
    let upstream = Upstream::answering(Answer::stream("text/plain", [" "]).drip(&valve));
    let operated = Operated::chameleon_at(&upstream).await;
    assert_eq!(operated.get("/admin/calls").await, json!({"calls": []}));
    let request = operated.served.post(PATH, &question(&upstream, true));
    let request = request.header("x-request-id", "job-17");
    let mut answer = request.send().await.unwrap();
    answer.chunk().await.unwrap().unwrap();
    let calls = operated.get("/admin/calls").await;
    let [call] = calls["calls"].as_array().unwrap().as_slice() else {
        panic!("one call: {calls}");
    };
    for (key, expected) in [
        ("request-id", json!("job-17")),
        ("provider", json!("chameleon")),
        ("version", json!(1)),
        ("model", json!(upstream.url("/"))),
        ("operation", json!("chat")),
        ("events", json!(1)),
    ] {
        assert_eq!(call[key], expected, "{key}");
    }
    assert!(call["id"].as_u64().is_some_and(|id| id < 1 << 53), "{call}");
    assert!(call["age-ms"].is_u64(), "{call}");
    assert_eq!(operated.get("/admin/providers/chameleon").await["calls"], 1);
    valve.open();
    answer.text().await.unwrap();
    operated.served.until_calls("chameleon", 0).await;
    assert_eq!(operated.get("/admin/calls").await, json!({"calls": []}));
}

#[tokio::test]
async fn a_call_that_is_ended_frees_everything_and_tells_its_caller() {
    let upstream = Upstream::answering(Answer::stream("text/plain", [" ", " "]).stall_after(1));
    let operated = Operated::chameleon_at(&upstream).await;
    let mut answer = operated
        .served
        .post(PATH, &question(&upstream, true))
        .send()
        .await
        .unwrap();
    answer.chunk().await.unwrap().unwrap();
    let id = operated.get("/admin/calls").await["calls"][0]["id"].clone();
    let ended = good(operated.ask("DELETE", &format!("/admin/calls/{id}"))).await;
    assert_eq!(
        (&ended["id"], &ended["provider"]),
        (&id, &json!("chameleon"))
    );
    upstream.wait_for_abandoned(1).await;
    operated.served.until_calls("chameleon", 0).await;
    let text = answer.text().await.unwrap();
    assert!(text.contains("an operator has ended this call"), "{text}");
    assert!(!text.contains("[DONE]"), "{text}");
    // Nobody's fault.
    let provider = operated.get("/admin/providers/chameleon").await;
    assert_eq!(provider["breaker"]["failures"], 0);
    let again = operated.ask("DELETE", &format!("/admin/calls/{id}"));
    refused(&Answered::of(again).await, 404, "not-found");
}

#[tokio::test]
async fn a_call_that_nobody_has_heard_of_yet_is_ended_and_not_tried_again() {
    let upstream = Upstream::answering(Answer::new(200).stall_before_head());
    let operated = Operated::chameleon_at(&upstream).await;
    let asking = tokio::spawn(Answered::of(
        operated.served.post(PATH, &question(&upstream, false)),
    ));
    upstream.wait_for_requests(1).await;
    let id = operated.get("/admin/calls").await["calls"][0]["id"].clone();
    good(operated.ask("DELETE", &format!("/admin/calls/{id}"))).await;
    let answer = asking.await.unwrap();
    assert_eq!(answer.status, 500, "{}", answer.text);
    assert_eq!(answer.header("x-should-retry"), "false");
    let message = answer.error()["message"].as_str().unwrap().to_owned();
    assert_eq!(
        message,
        "an operator has ended this call of provider `chameleon`"
    );
    assert_eq!(upstream.requests().len(), 1);
}

#[tokio::test]
async fn calls_of_a_provider_that_is_gone_are_still_seen_and_ended() {
    let upstream = Upstream::answering(Answer::stream("text/plain", [" ", " "]).stall_after(1));
    let operated = Operated::chameleon_at(&upstream).await;
    let mut answer = operated
        .served
        .post(PATH, &question(&upstream, true))
        .send()
        .await
        .unwrap();
    answer.chunk().await.unwrap().unwrap();
    let nothing = tidegate_host::Runtime::builder();
    operated.served.runtime.apply(nothing).unwrap();
    let calls = operated.get("/admin/calls").await;
    let id = &calls["calls"][0]["id"];
    good(operated.ask("DELETE", &format!("/admin/calls/{id}"))).await;
    upstream.wait_for_abandoned(1).await;
    assert_eq!(operated.get("/admin/calls").await, json!({"calls": []}));
}

#[tokio::test]
async fn a_number_of_no_call_is_not_found() {
    let operated = Operated::echo().await;
    for id in ["1", "0", "18446744073709551616", "-1", "all", "%0a"] {
        let answer = Answered::of(operated.ask("DELETE", &format!("/admin/calls/{id}"))).await;
        let (_, hint) = refused(&answer, 404, "not-found");
        assert!(hint.contains("`GET /admin/calls`"), "{hint}");
    }
}
