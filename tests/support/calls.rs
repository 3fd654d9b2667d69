//! A runtime with one guest, a question, and what was wrong with the answer.

use std::fmt::Debug;

use tidegate_host::types::{ChatRequest, ErrorKind, Message};
use tidegate_host::{
    Completion, Error, EventStream, Fault, ProviderConfig, Result, Runtime, RuntimeBuilder,
};

use crate::guests::component;

/// A runtime that has one guest, under its own name.
pub async fn runtime_with(guest: &str, config: ProviderConfig) -> Runtime {
    let runtime = builder_with(guest, config).await.build();
    runtime.unwrap_or_else(|error| panic!("{error}"))
}

/// The same, for tests that set more.
pub async fn builder_with(guest: &str, config: ProviderConfig) -> RuntimeBuilder {
    Runtime::builder().provider(guest, component(guest).await, config)
}

/// A conversation of one message. `model` is `guest/model`.
pub fn question(model: &str, text: &str) -> ChatRequest {
    ChatRequest::new(model, vec![Message::user(text)])
}

/// Asks, and waits for the whole answer.
pub async fn ask(runtime: &Runtime, model: &str, text: &str) -> Result<Completion> {
    runtime.complete(question(model, text)).await
}

/// Asks, and takes the answer as it comes.
pub async fn stream(runtime: &Runtime, model: &str, text: &str) -> Result<EventStream> {
    runtime.stream(question(model, text)).await
}

/// What a guest did wrong; anything else fails the test.
#[track_caller]
pub fn fault<T: Debug>(result: Result<T>) -> Fault {
    match result {
        Err(Error::Guest { fault, .. }) => fault,
        other => panic!("no fault of a guest: {other:?}"),
    }
}

/// The sentence of a broken contract; anything else fails the test.
#[track_caller]
pub fn breach<T: Debug>(result: Result<T>) -> String {
    match fault(result) {
        Fault::Contract(sentence) => sentence,
        other => panic!("no breach of the contract: {other:?}"),
    }
}

/// The kind of an error that the provider answered; anything else fails the test.
#[track_caller]
pub fn provider_error<T: Debug>(result: Result<T>) -> ErrorKind {
    match result {
        Err(Error::Provider(error)) => error.kind,
        other => panic!("no error of a provider: {other:?}"),
    }
}
