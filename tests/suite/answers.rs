//! One request through all layers: whole and streamed, cut into bytes, and what the vendor saw.

use futures::StreamExt as _;
use tidegate_host::ProviderConfig;
use tidegate_host::types::StreamEvent;
use tidegate_tests::calls::{ask, runtime_with, stream};
use tidegate_tests::upstream::{Answer, Split, Upstream, Valve};

/// Two pieces of text, then the end, as OpenAI streams them.
pub fn hello() -> Answer {
    let piece = |delta: &str, finish: &str| {
        format!(
            r#"{{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","choices":[{{"index":0,"delta":{delta},"finish_reason":{finish}}}]}}"#
        )
    };
    Answer::sse([
        piece(r#"{"role":"assistant","content":"Hel"}"#, "null"),
        piece(r#"{"content":"lo ☀"}"#, "null"),
        piece("{}", r#""stop""#),
        "[DONE]".into(),
    ])
}

/// What the provider `openai` needs to talk to this upstream.
pub fn openai_at(upstream: &Upstream) -> ProviderConfig {
    ProviderConfig::new()
        .allow(upstream.url("/*"))
        .setting("base-url", upstream.url("/v1"))
        .secret("api-key", "sk-test-secret")
}

#[tokio::test]
async fn an_answer_streams_through_the_sandbox_byte_by_byte() {
    let upstream = Upstream::answering(hello().split(Split::EveryByte));
    let runtime = runtime_with("openai", openai_at(&upstream)).await;
    let events = stream(&runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
    assert_eq!(events.complete().await.unwrap().text(), "Hello ☀");

    let request = &upstream.requests()[0];
    assert_eq!(request.to_string(), "POST /v1/chat/completions");
    assert_eq!(
        request.header("authorization"),
        Some("Bearer sk-test-secret")
    );
    assert_eq!(request.json()["model"], "gpt-5-mini");
    assert_eq!(request.json()["stream"], true);
}

#[tokio::test]
async fn events_reach_the_caller_before_the_upstream_is_done() {
    let valve = Valve::shut();
    let upstream = Upstream::answering(hello().drip(&valve));
    let runtime = runtime_with("openai", openai_at(&upstream)).await;
    let mut events = stream(&runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
    valve.release(1);
    let text = loop {
        if let StreamEvent::TextDelta(delta) = events.next().await.unwrap().unwrap() {
            break delta.text;
        }
    };
    assert_eq!(text, "Hel");
    valve.open();
    assert_eq!(events.complete().await.unwrap().text(), "lo ☀");
}

#[tokio::test]
async fn the_same_provider_answers_whole() {
    let upstream = Upstream::answering(Answer::json(
        200,
        serde_json::json!({
            "id": "c1", "object": "chat.completion", "created": 1, "model": "gpt-5-mini",
            "choices": [{
                "index": 0,
                "message": {"role": "assistant", "content": "Hello ☀"},
                "finish_reason": "stop",
            }],
            "usage": {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5},
        }),
    ));
    let runtime = runtime_with("openai", openai_at(&upstream)).await;
    let completion = ask(&runtime, "openai/gpt-5-mini", "Hi").await.unwrap();
    assert_eq!(completion.text(), "Hello ☀");
    assert_eq!(completion.usage.unwrap().input, Some(3));
}
