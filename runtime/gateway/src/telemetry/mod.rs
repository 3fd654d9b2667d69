//! What is told of what happens: figures for Prometheus, a line and a span for every request.
//!
//! Nothing here asks anybody to wait: figures are added to atomics, and lines and spans are made only
//! where a subscriber of `tracing` wants them. A secret stands in none of them, nor does what is asked
//! and answered; that is for `prompts`, and only where the operator wants it.

pub mod page;
mod moment;
mod request;
mod prompts;
mod calls;
mod keys;
mod kept;
mod names;

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};
use std::sync::{Arc, Weak};

use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tidegate_host::{AuditRecord, Outcome, Runtime};

use crate::failure::FailureKind;
use crate::shared::Shared;

use calls::Calls;
use kept::Kept;
use keys::Keys;
use names::{Counters, Histograms, labels};

pub use prompts::Prompts;
pub use request::Entry;

/// The figures of a gateway.
pub struct Telemetry {
    registry: Registry,
    calls: Calls,
    keys: Keys,
    requests: Histograms,
    /// By method, route and status.
    answered: Kept<(&'static str, &'static str, u16), Histogram>,
    egress: Counters,
    connections: AtomicI64,
    under_way: AtomicI64,
}

/// A connection of a client, counted for as long as this is held.
pub struct Connection(Arc<Shared>);

impl Telemetry {
    /// Nothing has happened yet.
    pub fn new() -> Self {
        let mut registry = Registry::default();
        let requests = names::histogram(&mut registry, &names::SERVER_DURATION);
        let egress = names::counter(&mut registry, &names::EGRESS_REQUESTS);
        Telemetry {
            calls: Calls::new(&mut registry),
            keys: Keys::new(&mut registry),
            requests,
            answered: Kept::default(),
            egress,
            connections: AtomicI64::new(0),
            under_way: AtomicI64::new(0),
            registry,
        }
    }

    /// From now on the runtime tells this gateway's telemetry of its calls, for as long as there is a
    /// gateway.
    pub fn watch(runtime: &Runtime, gateway: &Arc<Shared>) {
        let listener = Arc::downgrade(gateway);
        runtime.watch_calls(Arc::new(move |record| {
            if let Some(gateway) = listener.upgrade() {
                gateway.telemetry.calls.note(&gateway, record);
            }
        }));
        let listener: Weak<Shared> = Arc::downgrade(gateway);
        runtime.watch_requests(Arc::new(move |record| {
            if let Some(gateway) = listener.upgrade() {
                gateway.telemetry.sent(record);
            }
        }));
    }

    /// A key was refused something, of which it is counted what its own limits refuse.
    pub fn refused(&self, key: &str, kind: FailureKind) {
        self.keys.refused(key, kind);
    }

    fn sent(&self, record: &AuditRecord) {
        let outcome = match record.outcome {
            Outcome::Complete => "complete",
            Outcome::Abandoned => "abandoned",
            Outcome::Denied(_) => "denied",
            Outcome::Failed(_) => "failed",
        };
        let labels = labels([
            (names::PROVIDER, &*record.provider),
            (names::OUTCOME, outcome),
        ]);
        self.egress.get_or_create(&labels).inc();
    }
}

impl Connection {
    /// One more is open.
    pub fn open(gateway: &Arc<Shared>) -> Self {
        gateway.telemetry.connections.fetch_add(1, Relaxed);
        Connection(gateway.clone())
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.0.telemetry.connections.fetch_sub(1, Relaxed);
    }
}
