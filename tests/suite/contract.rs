//! A guest that breaks its side of the contract gets a sentence that says how, and its call ends
//! there. What it had handed over before has reached the caller.

use futures::StreamExt as _;
use tidegate_host::types::{ChatRequest, EmbedRequest, ErrorKind, RerankRequest, StreamEvent};
use tidegate_host::{Error, Fault, ProviderConfig, Runtime};
use tidegate_tests::calls::{ask, breach, fault, provider_error, runtime_with, stream};

async fn rogue() -> Runtime {
    runtime_with("rogue", ProviderConfig::new()).await
}

#[tokio::test]
async fn a_guest_that_behaves_is_answered() {
    let answer = ask(&rogue().await, "rogue/well-behaved", "").await.unwrap();
    assert_eq!(answer.text(), "fine");
}

#[tokio::test]
async fn each_breach_of_a_chat_is_named() {
    let runtime = rogue().await;
    for (model, sentence) in [
        ("done-without-finish", "it is done without a `finish` event"),
        (
            "done-after-fetch",
            "an action stands after `fetch`, `wait`, `again`, `done` or `fail`",
        ),
        (
            "emit-after-done",
            "an action stands after `fetch`, `wait`, `again`, `done` or `fail`",
        ),
        (
            "nothing",
            "it asked for nothing while nothing was under way",
        ),
        (
            "nothing-in-step",
            "it asked for nothing while nothing was under way",
        ),
        (
            "unknown-action",
            "it asked for `example.com/realtime`, which this host does not know",
        ),
        ("finish-twice", "a second `finish` for choice 0"),
        (
            "finish-one-of-two",
            "it is done without a `finish` event for choice 1",
        ),
        (
            "delta-to-no-call",
            "`tool-call-delta` in part 0, which is no open tool call",
        ),
        (
            "text-in-a-call",
            "`text-delta` in part 0, which is a tool call",
        ),
        ("metadata-no-object", "metadata is no JSON object"),
        (
            "embeddings-for-chat",
            "it emitted something other than an event",
        ),
    ] {
        let said = breach(ask(&runtime, &format!("rogue/{model}"), "").await);
        assert!(said.starts_with(sentence), "{model}: {said}");
    }
}

#[tokio::test]
async fn each_breach_of_another_operation_is_named() {
    let runtime = rogue().await;
    let embeddings = runtime
        .embed(EmbedRequest::new("rogue/any", ["one", "two"]))
        .await;
    assert_eq!(breach(embeddings), "2 inputs came back as 1 vectors");
    let request = RerankRequest {
        model: "rogue/any".into(),
        query: "what".into(),
        documents: vec!["one".into()],
        top_n: None,
        extra: None,
    };
    assert_eq!(
        breach(runtime.rerank(request).await),
        "it ranks document 7, and there are 1"
    );
    let count = runtime
        .count_tokens(ChatRequest::new("rogue/any", vec![]))
        .await;
    assert_eq!(breach(count), "it is done without an answer");
    assert_eq!(
        breach(runtime.check("rogue").await),
        "it emitted its answer twice"
    );
    let models = runtime.models("rogue").await;
    assert_eq!(breach(models), "it emitted something other than models");
}

#[tokio::test]
async fn what_came_before_a_breach_has_reached_the_caller() {
    let runtime = rogue().await;
    let mut events = stream(&runtime, "rogue/done-without-finish", "")
        .await
        .unwrap();
    let first = events.next().await.unwrap().unwrap();
    assert!(matches!(first, StreamEvent::TextDelta(delta) if delta.text == "half a sen"));
    let second = events.next().await.unwrap();
    assert!(
        matches!(
            second,
            Err(Error::Guest {
                fault: Fault::Contract(_),
                ..
            })
        ),
        "{second:?}"
    );
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn what_came_before_a_failure_has_reached_the_caller() {
    let runtime = rogue().await;
    let mut events = stream(&runtime, "rogue/fail", "").await.unwrap();
    assert!(matches!(
        events.next().await,
        Some(Ok(StreamEvent::TextDelta(_)))
    ));
    let error = events.next().await.unwrap();
    assert_eq!(provider_error(error), ErrorKind::Overloaded);
    assert!(events.next().await.is_none());
}

#[tokio::test]
async fn a_trap_says_why_and_names_the_provider() {
    let runtime = rogue().await;
    for model in ["panic", "panic-in-step", "overrun", "recurse"] {
        let result = ask(&runtime, &format!("rogue/{model}"), "").await;
        let sentence = result.as_ref().unwrap_err().to_string();
        assert!(
            sentence.starts_with("provider `rogue` trapped: "),
            "{model}: {sentence}"
        );
        assert!(matches!(fault(result), Fault::Trap(_)), "{model}");
    }
}

#[tokio::test]
async fn an_answer_that_lies_about_its_memory_is_a_trap() {
    let raw = runtime_with("raw", ProviderConfig::new()).await;
    for model in ["raw/nowhere", "raw/long"] {
        let fault = fault(ask(&raw, model, "").await);
        assert!(
            matches!(&fault, Fault::Trap(why) if why.contains("pointer")),
            "{model}: {fault:?}"
        );
    }
    let fault = fault(ask(&rogue().await, "rogue/no-text", "").await);
    assert!(
        matches!(&fault, Fault::Trap(why) if why.contains("utf-8")),
        "{fault:?}"
    );
}

#[tokio::test]
async fn a_strangers_words_are_cut_before_an_operator_reads_them() {
    let said = breach(ask(&rogue().await, "rogue/unknown-action-at-length", "").await);
    assert!(said.len() < 500 && !said.contains('\u{1b}'), "{said:?}");
}

#[tokio::test]
async fn an_operation_that_is_not_described_is_never_called() {
    let runtime = runtime_with("courier", ProviderConfig::new()).await;
    let result = runtime
        .embed(EmbedRequest::new("courier/any", ["one"]))
        .await;
    assert_eq!(provider_error(result), ErrorKind::Unsupported);
}
