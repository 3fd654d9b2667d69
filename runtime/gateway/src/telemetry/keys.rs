//! Figures of gateway keys.

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use prometheus_client::metrics::counter::Counter;
use prometheus_client::registry::Registry;
use tidegate_host::types::ErrorKind;

use super::kept::Kept;
use super::names::{self, Counters, Sums, labels};
use crate::failure::FailureKind;

/// The figures of all keys.
pub struct Keys {
    requests: Counters,
    cost: Sums,
    refusals: Counters,
    kept: Kept<Arc<str>, Series>,
}

/// Those of one key.
#[derive(Clone)]
struct Series {
    requests: Counter,
    cost: Counter<f64, AtomicU64>,
}

impl Keys {
    pub fn new(registry: &mut Registry) -> Self {
        Keys {
            requests: names::counter(registry, &names::KEY_REQUESTS),
            cost: names::sum(registry, &names::KEY_COST),
            refusals: names::counter(registry, &names::KEY_REFUSALS),
            kept: Kept::default(),
        }
    }

    /// Counts a request that is over.
    pub fn note(&self, key: &Arc<str>, cost: Option<f64>) {
        let series = self.kept.get_or(key.clone(), || {
            let labels = labels([(names::KEY, key)]);
            Series {
                requests: self.requests.get_or_create_owned(&labels),
                cost: self.cost.get_or_create_owned(&labels),
            }
        });
        series.requests.inc();
        if let Some(cost) = cost {
            series.cost.inc_by(cost);
        }
    }

    /// Counts a request that was refused because of what its key may not, if that is why.
    pub fn refused(&self, key: &str, kind: FailureKind) {
        let reason = match kind {
            FailureKind::Call(ErrorKind::RateLimited) => "rate",
            FailureKind::Call(ErrorKind::QuotaExceeded) => "budget",
            FailureKind::Model => "model",
            _ => return,
        };
        let labels = labels([(names::KEY, key), (names::REASON, reason)]);
        self.refusals.get_or_create(&labels).inc();
    }
}
