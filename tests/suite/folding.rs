//! Events become a whole answer: what is put together, and what it may cost.

use tidegate_host::types::{Delta, Finish, FinishReason, Metadata, StreamEvent};
use tidegate_host::{
    AttemptOutcome, Attempts, CallOptions, Completion, Fold, ProviderConfig, Runtime,
};
use tidegate_tests::calls::question;
use tidegate_tests::guests::chameleon;

fn metadata(part: Option<u32>, json: impl Into<String>) -> StreamEvent {
    StreamEvent::Metadata(Metadata {
        choice: 0,
        part,
        json: json.into(),
    })
}

fn fold(events: impl IntoIterator<Item = StreamEvent>) -> Result<Completion, String> {
    let mut fold = Fold::default();
    for event in events {
        fold.push(event)?;
    }
    fold.push(finish())?;
    fold.complete()
}

fn finish() -> StreamEvent {
    StreamEvent::Finish(Finish {
        choice: 0,
        reason: FinishReason::Stop,
        raw: None,
    })
}

#[track_caller]
fn of_the_message(events: impl IntoIterator<Item = StreamEvent>) -> String {
    let mut completion = fold(events).unwrap();
    completion.choices.remove(0).message.metadata.unwrap()
}

#[test]
fn the_last_of_several_values_stays_as_it_was_written() {
    let merged = of_the_message([
        metadata(None, r#"{"a": 1.50, "b": {"x": 1}}"#),
        metadata(None, r#"{ "b": {"y":2}, "c": 12345678901234567890123 }"#),
        metadata(None, r#"{"a": null}"#),
    ]);
    assert_eq!(
        merged,
        r#"{"a":null,"b":{"y":2},"c":12345678901234567890123}"#
    );
}

#[test]
fn many_pieces_of_metadata_are_merged_each_into_its_place() {
    let of_the_message = (0..10_000).map(|number| {
        let json = format!(r#"{{"m{}": {number}}}"#, number % 3);
        metadata(None, json)
    });
    let of_a_part = (0..10_000).map(|number| metadata(Some(7), format!(r#"{{"p": {number}}}"#)));
    let text = StreamEvent::TextDelta(Delta {
        choice: 0,
        part: 7,
        text: "text".into(),
    });
    let both = of_the_message.zip(of_a_part);
    let events = both.flat_map(|(one, other)| [one, other]);
    let message = fold(events.chain([text]))
        .unwrap()
        .choices
        .remove(0)
        .message;
    assert_eq!(
        message.metadata.as_deref(),
        Some(r#"{"m0":9999,"m1":9997,"m2":9998}"#)
    );
    assert_eq!(message.parts[0].metadata.as_deref(), Some(r#"{"p":9999}"#));
}

#[test]
fn metadata_is_not_read_before_the_answer_is_put_together() {
    // Read with every event, the whole of it would be read as often as there are events.
    let mut fold = Fold::default();
    for json in ["{}", "[1"] {
        assert_eq!(fold.push(metadata(None, json)), Ok(()));
    }
    assert_eq!(fold.push(finish()), Ok(()));
    let problem = fold.complete().unwrap_err();
    assert!(
        problem.starts_with("metadata is no JSON object: "),
        "{problem}"
    );
}

/// What only shows when all has come is still the provider's failure: for a version on trial, and for
/// whoever looks at what was tried.
#[tokio::test]
async fn an_answer_that_cannot_be_put_together_counts_as_failed() {
    let runtime = Runtime::builder()
        .provider(
            "chameleon",
            chameleon("babbles").await.unwrap(),
            ProviderConfig::new(),
        )
        .build()
        .unwrap();
    let attempts = Attempts::default();
    let options = CallOptions {
        attempts: Some(attempts.clone()),
        ..CallOptions::default()
    };
    let events = runtime.chat(question("chameleon/at-once", "Hi"), options);
    let error = events.await.unwrap().complete().await.unwrap_err();
    let (kind, status) = (error.kind(), None);
    assert!(
        error.to_string().contains("metadata is no JSON object"),
        "{error}"
    );
    let outcome = &attempts.list()[0].outcome;
    assert_eq!(*outcome, AttemptOutcome::Failed { kind, status });
}
