//! Figures of the moment in which they are asked for: nobody keeps them.

use std::fmt;
use std::sync::Arc;
use std::sync::atomic::Ordering::Relaxed;

use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _, MetricEncoder};
use prometheus_client::metrics::MetricType;
use prometheus_client::metrics::counter::ConstCounter;
use prometheus_client::metrics::gauge::ConstGauge;
use tidegate_host::{BreakerState, CONTRACTS};

use super::names::{self, Figure, labels};
use crate::shared::Shared;

/// A gateway at this moment.
pub struct Moment(pub Arc<Shared>);

/// One line of a figure.
type Sample = (names::Labels, f64);

impl fmt::Debug for Moment {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Moment")
    }
}

impl Collector for Moment {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> fmt::Result {
        let encoder = &mut encoder;
        let telemetry = &self.0.telemetry;
        for (figure, count) in [
            (&names::CONNECTIONS, &telemetry.connections),
            (&names::REQUESTS_UNDER_WAY, &telemetry.under_way),
        ] {
            number(encoder, figure, count.load(Relaxed) as f64)?;
        }
        self.providers(encoder)?;
        self.engine(encoder)?;
        self.keys(encoder)?;
        let build = labels([
            ("version", env!("CARGO_PKG_VERSION")),
            ("contracts", &CONTRACTS.join(",")),
        ]);
        gauge(encoder, &names::BUILD, vec![(build, 1.0)])
    }
}

impl Moment {
    fn providers(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let (mut calls, mut breakers, mut versions) = (vec![], vec![], vec![]);
        for provider in self.0.runtime.providers() {
            let name = provider.name();
            let of = || labels([(names::PROVIDER, name)]);
            calls.push((of(), provider.calls() as f64));
            versions.push((of(), provider.version().number() as f64));
            let now = provider.breaker().state;
            for (state, called) in [
                (BreakerState::Closed, "closed"),
                (BreakerState::Open, "open"),
                (BreakerState::HalfOpen, "half-open"),
            ] {
                let of = labels([(names::PROVIDER, name), (names::STATE, called)]);
                breakers.push((of, f64::from(u8::from(now == state))));
            }
        }
        gauge(encoder, &names::CALLS, calls)?;
        gauge(encoder, &names::VERSION, versions)?;
        gauge(encoder, &names::BREAKER, breakers)
    }

    fn engine(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let Some(usage) = self.0.runtime.usage() else {
            return Ok(());
        };
        for (figure, value) in [
            (&names::INSTANCES, usage.instances),
            (&names::INSTANCES_LIMIT, usage.instances_limit),
            (&names::MEMORIES, usage.memories),
            (&names::POOL_UNUSED, usage.resident_unused),
            (&names::BUFFERS, usage.buffers),
            (&names::BUFFERS_LIMIT, usage.buffers_limit),
        ] {
            number(encoder, figure, value as f64)?;
        }
        let loaded = [("cache", usage.cached), ("compiler", usage.compiled)];
        let loaded = loaded.map(|(source, count)| (labels([(names::SOURCE, source)]), count));
        let mut metric = descriptor(encoder, &names::COMPONENTS, MetricType::Counter)?;
        for (labels, count) in loaded {
            ConstCounter::new(count).encode(metric.encode_family(&labels)?)?;
        }
        Ok(())
    }

    fn keys(&self, encoder: &mut DescriptorEncoder<'_>) -> fmt::Result {
        let (mut spent, mut budgets) = (vec![], vec![]);
        for key in self.0.keys.load().iter() {
            let (day, month) = key.spent();
            let budget = key.budget();
            for (period, amount, limit) in
                [("day", day, budget.day), ("month", month, budget.month)]
            {
                let of = labels([(names::KEY, key.name()), (names::PERIOD, period)]);
                if let Some(limit) = limit {
                    budgets.push((of.clone(), limit));
                }
                spent.push((of, amount));
            }
        }
        gauge(encoder, &names::KEY_SPENT, spent)?;
        gauge(encoder, &names::KEY_BUDGET, budgets)
    }
}

/// A figure of which there is one.
fn number(encoder: &mut DescriptorEncoder<'_>, figure: &'static Figure, value: f64) -> fmt::Result {
    let metric = descriptor(encoder, figure, MetricType::Gauge)?;
    ConstGauge::new(value).encode(metric)
}

fn gauge(
    encoder: &mut DescriptorEncoder<'_>,
    figure: &'static Figure,
    samples: Vec<Sample>,
) -> fmt::Result {
    let mut metric = descriptor(encoder, figure, MetricType::Gauge)?;
    for (labels, value) in samples {
        ConstGauge::new(value).encode(metric.encode_family(&labels)?)?;
    }
    Ok(())
}

fn descriptor<'e>(
    encoder: &'e mut DescriptorEncoder<'_>,
    figure: &'static Figure,
    kind: MetricType,
) -> Result<MetricEncoder<'e>, fmt::Error> {
    encoder.encode_descriptor(figure.name, figure.help, None, kind)
}
