//! One request through all layers.

use futures::StreamExt as _;
use tidegate_host::types::*;
use tidegate_host::{Component, Engine, EngineConfig, ProviderConfig, Runtime};
use tidegate_tests::upstream::{Answer, Split, Upstream};

#[tokio::test]
async fn an_answer_streams_through_the_sandbox() {
    let engine = Engine::new(EngineConfig::default()).unwrap();
    let openai = tidegate_bundle::component("openai").unwrap();
    let openai = Component::from_bytes(&engine, "openai", openai).await.unwrap();
    println!("{:?} {:?} {:?}", openai.imports(), openai.exports(), openai.compiled_in());
    let upstream = Upstream::answering(
        Answer::sse([
            r#"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"role":"assistant","content":"Hel"},"finish_reason":null}]}"#,
            r#"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","choices":[{"index":0,"delta":{"content":"lo ☀"},"finish_reason":null}]}"#,
            r#"{"id":"c1","object":"chat.completion.chunk","created":1,"model":"gpt-5-mini","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"#,
            "[DONE]",
        ])
        .split(Split::EveryByte),
    );
    let runtime = Runtime::builder()
        .provider(
            "openai",
            openai,
            ProviderConfig::new()
                .allow(upstream.url("/*"))
                .setting("base-url", upstream.url("/v1"))
                .secret("api-key", "sk-test-secret"),
        )
        .build()
        .unwrap();
    let request = ChatRequest::new("openai/gpt-5-mini", vec![Message::user("Hi")]);
    let mut stream = runtime.stream(request.clone()).await.unwrap();
    while let Some(event) = stream.next().await {
        println!("{event:?}");
    }
    let mut request = request;
    request.stream = true;
    let completion = runtime.complete(request).await.unwrap();
    assert_eq!(completion.text(), "Hello ☀");
    let request = &upstream.requests()[0];
    assert_eq!(request.header("authorization"), Some("Bearer sk-test-secret"));
    println!("{}", request.text());
}
