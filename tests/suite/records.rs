//! One record per attempt: who answered, how it ended, what it used and cost; and a span of it, for whoever
//! traces.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, Mutex};

use futures::StreamExt as _;
use serde_json::json;
use tidegate_host::types::{ChatRequest, ErrorKind, StreamEvent};
use tidegate_host::{
    AttemptOutcome, CallOptions, CallRecord, Price, ProviderConfig, Runtime, RuntimeBuilder,
};
use tidegate_tests::calls::{ask, builder_with, question};
use tidegate_tests::upstream::{Answer, Upstream};
use tracing::field::{Field, Visit};
use tracing::span;
use tracing::subscriber::Subscriber;

use crate::answers::openai_at;
use crate::retrying::{chain, refusal};

/// Keeps every record of a runtime.
#[derive(Clone, Default)]
struct Records(Arc<Mutex<Vec<CallRecord>>>);

impl Records {
    fn of(builder: RuntimeBuilder) -> (Runtime, Records) {
        let records = Records::default();
        let kept = records.clone();
        let sink = Arc::new(move |record: &CallRecord| kept.0.lock().unwrap().push(record.clone()));
        (builder.calls(sink).build().unwrap(), records)
    }

    #[track_caller]
    fn only(&self) -> CallRecord {
        match self.0.lock().unwrap().as_slice() {
            [record] => record.clone(),
            other => panic!("not one record: {other:?}"),
        }
    }
}

/// A dollar for a million tokens of input, two for as many of output.
fn priced(upstream: &Upstream) -> ProviderConfig {
    openai_at(upstream).price("m", Price::new(1.0, 2.0))
}

fn answer() -> Answer {
    let usage = json!({"prompt_tokens": 700, "completion_tokens": 200, "total_tokens": 900});
    Answer::json(
        200,
        json!({
            "id": "c1", "object": "chat.completion", "created": 1, "model": "m-2026", "usage": usage,
            "choices": [{"index": 0, "finish_reason": "stop",
                "message": {"role": "assistant", "content": "Hello"}}],
        }),
    )
}

#[tokio::test]
async fn an_answer_leaves_a_record() {
    let upstream = Upstream::answering(answer());
    let (runtime, records) = Records::of(builder_with("openai", priced(&upstream)).await);
    let options = CallOptions {
        request_id: Some("job-17".into()),
        ..CallOptions::default()
    };
    let stream = runtime
        .chat(question("openai/m", "Hi"), options)
        .await
        .unwrap();
    stream.complete().await.unwrap();
    let record = records.only();
    let version = runtime.provider("openai").unwrap().version();
    assert_eq!(&*record.provider, "openai");
    assert_eq!(
        (record.version, record.digest),
        (1, version.component().digest())
    );
    assert_eq!((&*record.request_id, &*record.model), ("job-17", "m"));
    assert_eq!((record.operation, record.attempt), ("chat", 1));
    assert_eq!(record.outcome, AttemptOutcome::Answered);
    let usage = record.usage.unwrap();
    assert_eq!((usage.input, usage.output), (Some(700), Some(200)));
    assert_eq!(
        (record.cost, record.cost_is_estimated),
        (Some(0.0011), false)
    );
    assert!(record.first_output.unwrap() <= record.duration);
    assert!(record.resources.memory >= 65_536, "{:?}", record.resources);
}

#[tokio::test]
async fn every_attempt_has_its_own() {
    let [down, works] = [refusal(503), answer()].map(Upstream::answering);
    let (runtime, records) = Records::of(chain(&[&down, &works], 0).await);
    ask(&runtime, "any", "Hi").await.unwrap();
    let records = records.0.lock().unwrap();
    let told: Vec<_> = records
        .iter()
        .map(|record| (&*record.provider, record.attempt, record.outcome.clone()))
        .collect();
    let failed = AttemptOutcome::Failed {
        kind: ErrorKind::Overloaded,
        status: Some(503),
    };
    assert_eq!(
        told,
        [("one", 1, failed), ("two", 2, AttemptOutcome::Answered)]
    );
    // Nobody has said what they cost, which is not the same as nothing.
    assert_eq!(records[1].cost, None);
}

#[tokio::test]
async fn a_call_whose_caller_has_gone_is_counted_with_what_it_had() {
    let chunk = r#"{"id":"c1","choices":[{"index":0,"delta":{"content":"12345678"},"finish_reason":null}]}"#;
    let upstream = Upstream::answering(Answer::sse([chunk, chunk]).stall_after(chunk.len() + 8));
    let (runtime, records) = Records::of(builder_with("openai", priced(&upstream)).await);
    let mut request = question("openai/m", "Hi");
    request.stream = true;
    let mut stream = runtime.chat(request, CallOptions::default()).await.unwrap();
    while !matches!(
        stream.next().await.unwrap().unwrap(),
        StreamEvent::TextDelta(_)
    ) {}
    drop(stream);
    let record = records.only();
    assert_eq!(record.outcome, AttemptOutcome::Abandoned);
    assert_eq!(record.usage, None);
    // Five tokens by the question's length, two by the answer's.
    assert_eq!((record.cost, record.cost_is_estimated), (Some(9e-6), true));
}

#[tokio::test]
async fn what_is_refused_before_anything_was_sent_costs_nothing() {
    let upstream = Upstream::answering(answer());
    let mut config = priced(&upstream);
    config.secrets.clear();
    let (runtime, records) = Records::of(builder_with("openai", config).await);
    ask(&runtime, "openai/m", "Hi").await.unwrap_err();
    let record = records.only();
    assert_eq!(record.outcome.error_type(), Some("unauthorized"));
    assert_eq!((record.cost, record.first_output), (Some(0.0), None));
}

#[tokio::test]
async fn a_listener_may_come_later_and_hears_of_a_changed_configuration_too() {
    let upstream = Upstream::answering(answer());
    let runtime = builder_with("openai", priced(&upstream))
        .await
        .build()
        .unwrap();
    ask(&runtime, "openai/m", "Hi").await.unwrap();
    let records = Records::default();
    let kept = records.clone();
    runtime.watch_calls(Arc::new(move |record| {
        kept.0.lock().unwrap().push(record.clone())
    }));
    let other = priced(&upstream).price("m", Price::new(1.0, 0.0));
    runtime.apply(builder_with("openai", other).await).unwrap();
    ask(&runtime, "openai/m", "Hi").await.unwrap();
    assert_eq!(records.only().cost, Some(0.0007));
}

/// Fields of spans, by the span's number; `parent` among them.
#[derive(Clone, Default)]
struct Spans(Arc<Mutex<Vec<BTreeMap<&'static str, String>>>>);

struct Fields<'a>(&'a mut BTreeMap<&'static str, String>);

impl Visit for Fields<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        self.0.insert(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name(), value.into());
    }
}

impl Subscriber for Spans {
    fn enabled(&self, metadata: &tracing::Metadata<'_>) -> bool {
        metadata.target() == "tidegate::trace"
    }

    fn new_span(&self, span: &span::Attributes<'_>) -> span::Id {
        let mut fields = BTreeMap::new();
        span.record(&mut Fields(&mut fields));
        let parent = span.parent().map_or(0, span::Id::into_u64);
        fields.insert("parent", parent.to_string());
        let mut spans = self.0.lock().unwrap();
        spans.push(fields);
        span::Id::from_u64(spans.len() as u64)
    }

    fn record(&self, span: &span::Id, values: &span::Record<'_>) {
        let mut spans = self.0.lock().unwrap();
        values.record(&mut Fields(&mut spans[span.into_u64() as usize - 1]));
    }

    fn event(&self, _event: &tracing::Event<'_>) {}
    fn record_follows_from(&self, _span: &span::Id, _follows: &span::Id) {}
    fn enter(&self, _span: &span::Id) {}
    fn exit(&self, _span: &span::Id) {}
}

#[tokio::test]
async fn whoever_traces_gets_a_span_by_the_names_of_the_conventions() {
    let spans = Spans::default();
    let _listening = tracing::subscriber::set_default(spans.clone());
    let upstream = Upstream::answering(answer());
    let runtime = builder_with("openai", priced(&upstream))
        .await
        .build()
        .unwrap();
    let options = CallOptions {
        span: Some(tracing::info_span!(target: "tidegate::trace", "caller")),
        ..CallOptions::default()
    };
    let request: ChatRequest = question("openai/m", "a secret wish");
    let stream = runtime.chat(request, options).await.unwrap();
    stream.complete().await.unwrap();
    let spans = spans.0.lock().unwrap();
    let attempt = &spans[1];
    for (field, value) in [
        ("parent", "1"),
        ("otel.name", "chat m"),
        ("otel.kind", "client"),
        ("gen_ai.operation.name", "chat"),
        ("gen_ai.provider.name", "openai"),
        ("gen_ai.request.model", "m"),
        ("gen_ai.response.model", "m-2026"),
        ("gen_ai.response.id", "c1"),
        ("gen_ai.usage.input_tokens", "700"),
        ("gen_ai.usage.output_tokens", "200"),
        ("tidegate.cost.usd", "0.0011"),
    ] {
        assert_eq!(
            attempt.get(field).map(String::as_str),
            Some(value),
            "{field}: {attempt:#?}"
        );
    }
    assert_eq!(attempt.get("error.type"), None);
    let all = format!("{spans:?}");
    for secret in ["a secret wish", "Hello", "sk-test-secret"] {
        assert!(!all.contains(secret), "{all}");
    }
}
