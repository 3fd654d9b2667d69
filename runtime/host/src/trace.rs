//! The span of one attempt to answer a call, for whoever traces.
//!
//! Where nobody does, which is asked first, no span is made and nothing is written down. What is asked
//! and answered never stands in it, nor does a secret.

use std::sync::Arc;

use tracing::Span;
use tracing::field::Empty;

use crate::record::CallRecord;
use crate::router::AttemptOutcome;
use crate::semconv as name;
use crate::types::{Output, StreamEvent};

/// Names are cut here, in bytes: no vendor's is as long.
const LONGEST: usize = 200;

/// A span for an attempt that begins, disabled where nobody wants it. Its parent is the caller's.
pub(crate) fn attempt(
    parent: Option<&Span>,
    provider: &Arc<str>,
    version: u64,
    operation: &'static str,
    model: &Arc<str>,
    request_id: &Arc<str>,
) -> Span {
    let model = short(model);
    tracing::info_span!(
        target: "tidegate::trace",
        parent: parent.and_then(Span::id),
        "attempt",
        otel.name = %format_args!("{} {model}", name::operation(operation)),
        otel.kind = "client",
        otel.status_code = Empty,
        { name::OPERATION } = name::operation(operation),
        { name::PROVIDER } = %provider,
        { name::REQUEST_MODEL } = %model,
        { name::RESPONSE_MODEL } = Empty,
        { name::RESPONSE_ID } = Empty,
        { name::TIME_TO_FIRST_CHUNK } = Empty,
        { name::INPUT_TOKENS } = Empty,
        { name::OUTPUT_TOKENS } = Empty,
        { name::CACHE_READ_TOKENS } = Empty,
        { name::CACHE_WRITE_TOKENS } = Empty,
        { name::REASONING_TOKENS } = Empty,
        { name::ERROR_TYPE } = Empty,
        { name::HTTP_STATUS } = Empty,
        tidegate.request.id = %request_id,
        tidegate.provider.version = whole(u32::try_from(version).unwrap_or(u32::MAX)),
        tidegate.cost.usd = Empty,
    )
}

/// As much of a stranger's text as is worth keeping until a collector takes it.
fn short(text: &str) -> &str {
    text.get(..text.floor_char_boundary(LONGEST))
        .unwrap_or_default()
}

/// Takes note of an output that says who answers; of the first such, which is the one that counts.
pub(crate) fn note(span: &Span, output: &Output, known: &mut bool) {
    if let Output::Event(StreamEvent::Answer(answer)) = output
        && !span.is_disabled()
        && !std::mem::replace(known, true)
    {
        if let Some(model) = &answer.model {
            span.record(name::RESPONSE_MODEL, short(model));
        }
        if let Some(id) = &answer.id {
            span.record(name::RESPONSE_ID, short(id));
        }
    }
}

/// Writes down what came of the attempt.
pub(crate) fn end(span: &Span, record: &CallRecord) {
    if span.is_disabled() {
        return;
    }
    if let Some(first) = record.first_output {
        span.record(name::TIME_TO_FIRST_CHUNK, first.as_secs_f64());
    }
    if let Some(usage) = &record.usage {
        for (field, tokens) in [
            (name::INPUT_TOKENS, usage.input),
            (name::OUTPUT_TOKENS, usage.output),
            (name::CACHE_READ_TOKENS, usage.cache_read),
            (name::CACHE_WRITE_TOKENS, usage.cache_write),
            (name::REASONING_TOKENS, usage.reasoning),
        ] {
            if let Some(tokens) = tokens {
                span.record(field, whole(tokens));
            }
        }
    }
    if let Some(cost) = record.cost {
        span.record("tidegate.cost.usd", cost);
    }
    if let Some(error) = record.outcome.error_type() {
        span.record(name::ERROR_TYPE, error);
        span.record("otel.status_code", "ERROR");
    }
    if let AttemptOutcome::Failed {
        status: Some(status),
        ..
    } = record.outcome
    {
        span.record(name::HTTP_STATUS, whole(status));
    }
}

/// OpenTelemetry's integers have a sign, and bridges to it write down those without one as text.
fn whole(number: impl Into<i64>) -> i64 {
    number.into()
}
