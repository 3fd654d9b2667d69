//! Figures of attempts: how long, how many tokens, how much money, by provider, model and operation.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tidegate_host::types::Usage;
use tidegate_host::{CallRecord, semconv};

use super::kept::Kept;
use super::names::{self, Counters, Histograms, Labels, Sums, labels};
use crate::shared::Shared;

/// More series than this are of models that nobody looks at one by one. A provider lists its models
/// itself, so that listing alone must not make room for any number.
const SERIES: usize = 2_000;

/// The figures of all attempts.
pub struct Calls {
    duration: Histograms,
    first_chunk: Histograms,
    token_usage: Histograms,
    tokens: Counters,
    cost: Sums,
    retries: Counters,
    cpu: Sums,
    memory: Family<Labels, Gauge>,
    kept: Kept<Of, Arc<Series>>,
    /// In place of models that are not known.
    other: Arc<str>,
}

/// What one set of figures is about.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Of {
    provider: Arc<str>,
    model: Arc<str>,
    operation: &'static str,
}

/// The figures of one model of one provider.
struct Series {
    labels: Labels,
    duration: Histogram,
    first_chunk: Histogram,
    input: Histogram,
    output: Histogram,
    /// By kind, in the order of `counts`.
    tokens: [Counter; KINDS.len()],
    cost: Counter<f64, AtomicU64>,
    retries: Counter,
    cpu: Counter<f64, AtomicU64>,
    memory: Gauge,
}

/// Kinds of tokens. The first two are all there are; the others are parts of them.
const KINDS: [&str; 5] = ["input", "output", "cache_read", "cache_write", "reasoning"];

fn counts(usage: &Usage) -> [Option<u32>; KINDS.len()] {
    [
        usage.input,
        usage.output,
        usage.cache_read,
        usage.cache_write,
        usage.reasoning,
    ]
}

impl Calls {
    pub fn new(registry: &mut Registry) -> Self {
        let memory = Family::<Labels, Gauge>::default();
        registry.register(names::MEMORY.name, names::MEMORY.help, memory.clone());
        Calls {
            duration: names::histogram(registry, &names::CLIENT_DURATION),
            first_chunk: names::histogram(registry, &names::CLIENT_FIRST_CHUNK),
            token_usage: names::histogram(registry, &names::CLIENT_TOKENS),
            tokens: names::counter(registry, &names::TOKENS),
            cost: names::sum(registry, &names::COST),
            retries: names::counter(registry, &names::RETRIES),
            cpu: names::sum(registry, &names::CPU),
            memory,
            kept: Kept::default(),
            other: names::OTHER.into(),
        }
    }

    /// Counts an attempt.
    pub fn note(&self, gateway: &Shared, record: &CallRecord) {
        let series = self.series(gateway, record);
        match record.outcome.error_type() {
            None => series.duration.observe(record.duration.as_secs_f64()),
            Some(error) => {
                let mut labels = series.labels.clone();
                labels.extend(names::labels([(names::ERROR_TYPE, error)]));
                let duration = self.duration.get_or_create(&labels);
                duration.observe(record.duration.as_secs_f64());
            }
        }
        // The conventions want it of streams alone: the first of a whole answer is all of it.
        if let Some(first) = record.first_output.filter(|_| record.streamed) {
            series.first_chunk.observe(first.as_secs_f64());
        }
        if let Some(usage) = &record.usage {
            for (counter, count) in series.tokens.iter().zip(counts(usage)) {
                counter.inc_by(count.unwrap_or(0).into());
            }
            for (histogram, count) in [(&series.input, usage.input), (&series.output, usage.output)]
            {
                if let Some(count) = count {
                    histogram.observe(count.into());
                }
            }
        }
        if let Some(cost) = record.cost {
            series.cost.inc_by(cost);
        }
        if record.attempt > 1 {
            series.retries.inc();
        }
        series.cpu.inc_by(record.resources.cpu.as_secs_f64());
        let memory = i64::try_from(record.resources.memory).unwrap_or(i64::MAX);
        // Two at once may leave the smaller figure, until the next call as large.
        if memory > series.memory.get() {
            series.memory.set(memory);
        }
    }

    fn series(&self, gateway: &Shared, record: &CallRecord) -> Arc<Series> {
        let mut of = Of {
            provider: record.provider.clone(),
            model: record.model.clone(),
            operation: record.operation,
        };
        if let Some(series) = self.kept.get(&of) {
            return series;
        }
        // Callers write models as they like; each of them a series would be memory for whoever asks.
        if self.kept.len() >= SERIES || !is_known(gateway, record) {
            of.model = self.other.clone();
        }
        self.kept.get_or(of.clone(), || Arc::new(self.make(&of)))
    }

    fn make(&self, of: &Of) -> Series {
        let provider = labels([(names::PROVIDER, &*of.provider)]);
        let model = labels([(names::PROVIDER, &*of.provider), (names::MODEL, &*of.model)]);
        let all = labels([
            (names::OPERATION, semconv::operation(of.operation)),
            (names::PROVIDER, &*of.provider),
            (names::MODEL, &*of.model),
        ]);
        let with = |labels: &Labels, name, value| {
            let mut labels = labels.clone();
            labels.extend(names::labels([(name, value)]));
            labels
        };
        let usage = |kind| {
            let labels = with(&all, names::TOKEN_TYPE, kind);
            self.token_usage.get_or_create_owned(&labels)
        };
        let kind = |kind| {
            let labels = with(&model, names::KIND, kind);
            self.tokens.get_or_create_owned(&labels)
        };
        Series {
            duration: self.duration.get_or_create_owned(&all),
            first_chunk: self.first_chunk.get_or_create_owned(&all),
            input: usage("input"),
            output: usage("output"),
            tokens: KINDS.map(kind),
            cost: self.cost.get_or_create_owned(&model),
            retries: self.retries.get_or_create_owned(&provider),
            cpu: self.cpu.get_or_create_owned(&provider),
            memory: self.memory.get_or_create_owned(&provider),
            labels: all,
        }
    }
}

/// Whether a model may have a name of its own: it is configured, its provider lists it, or there is none.
fn is_known(gateway: &Shared, record: &CallRecord) -> bool {
    record.model.is_empty()
        || gateway.runtime.names_model(&record.provider, &record.model)
        || gateway.models.lists(&record.provider, &record.model)
}
