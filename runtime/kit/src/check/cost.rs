//! What calls cost: CPU time and memory of the guest, as this host measures them.

use std::time::Duration;

use serde::{Serialize, Serializer};
use tidegate_host::{Component, Cost};

use super::study::Study;
use crate::fixture::{Fixture, Instances, Trial};
use crate::upstream::Split;

/// How many fixtures are measured, and how often: some tenths of a second together.
const FIXTURES: usize = 6;
const TIMES: usize = 15;

/// What calls cost.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Costs {
    /// CPU time of a call in a fresh instance, instantiation included; the median.
    #[serde(rename = "call-cpu-ms", serialize_with = "milliseconds")]
    pub call: Duration,
    /// Guest memory of a call; the median.
    #[serde(rename = "call-memory-bytes")]
    pub memory: usize,
    /// CPU time that every further piece of a streamed answer costs; the median.
    #[serde(rename = "chunk-cpu-ms", serialize_with = "some_milliseconds")]
    pub chunk: Option<Duration>,
    /// The most CPU time that any call took.
    #[serde(rename = "peak-cpu-ms", serialize_with = "milliseconds")]
    pub peak_cpu: Duration,
    /// The most guest memory that any call took.
    #[serde(rename = "peak-memory-bytes")]
    pub peak_memory: usize,
}

/// Measures, one call after the other.
pub(super) async fn measure(component: &Component, studies: &[Study]) -> Option<Costs> {
    let measured = studies.iter().filter(|study| study.ends_well());
    let (mut calls, mut memory, mut chunks) = (Vec::new(), Vec::new(), Vec::new());
    // Streams first: they say what a chunk costs too.
    let (streams, others): (Vec<_>, Vec<_>) =
        measured.partition(|study| pieces(&study.fixture).is_some());
    for study in streams.into_iter().chain(others).take(FIXTURES) {
        let Ok(trial) = Trial::new(&study.name, &study.fixture, component) else {
            continue;
        };
        let whole = sample(&trial, |_| Split::Whole).await;
        let apart = match pieces(&study.fixture) {
            Some(_) => Some(sample(&trial, |body| Split::At(ends(body))).await),
            None => None,
        };
        let cpu = |costs: &[Cost]| median(costs.iter().map(|cost| cost.cpu).collect());
        if let (Some(apart), Some(pieces), Some(whole)) = (
            apart.as_deref().and_then(cpu),
            pieces(&study.fixture),
            cpu(&whole),
        ) {
            chunks.push(apart.saturating_sub(whole) / pieces);
        }
        calls.extend(whole.iter().map(|cost| cost.cpu));
        memory.extend(whole.iter().map(|cost| cost.memory));
    }
    let peaks = || studies.iter().map(|study| study.peak);
    Some(Costs {
        call: median(calls)?,
        memory: median(memory)?,
        chunk: median(chunks),
        peak_cpu: peaks().map(|peak| peak.cpu).max()?,
        peak_memory: peaks().map(|peak| peak.memory).max()?,
    })
}

async fn sample(trial: &Trial, split: impl Fn(&[u8]) -> Split) -> Vec<Cost> {
    let mut costs = Vec::new();
    for _ in 0..TIMES {
        let (operation, answers) = (trial.operation().clone(), trial.answers(&split));
        let played = trial.stage().play_in(Instances::Fresh, operation, answers);
        costs.push(played.await.cost);
    }
    costs
}

/// How many further pieces the streamed answer of a fixture has, if it has several.
fn pieces(fixture: &Fixture) -> Option<u32> {
    let last = fixture.upstream.last()?;
    let body = last.answer.body().ok()?;
    let further = u32::try_from(ends(&body).len()).ok()?.checked_sub(1)?;
    (last.answer.is_streamed() && further > 0).then_some(further)
}

/// Where events and lines end.
fn ends(body: &[u8]) -> Vec<usize> {
    let is_sse = body.windows(2).any(|pair| pair == b"\n\n");
    let ends = (1..=body.len()).filter(|end| {
        let before = body.get(..*end).unwrap_or_default();
        match is_sse {
            true => before.ends_with(b"\n\n"),
            false => before.ends_with(b"\n"),
        }
    });
    ends.collect()
}

fn median<T: Ord + Copy>(mut values: Vec<T>) -> Option<T> {
    values.sort_unstable();
    values.get(values.len() / 2).copied()
}

fn milliseconds<S: Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64() * 1000.0)
}

fn some_milliseconds<S: Serializer>(
    duration: &Option<Duration>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    let milliseconds = duration.map(|duration| duration.as_secs_f64() * 1000.0);
    milliseconds.serialize(serializer)
}
