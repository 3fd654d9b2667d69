//! The names of all figures, and of the labels that tell them apart.
//!
//! What OpenTelemetry has a name for is called so, with underscores in place of dots and its unit at the
//! end, as it maps to Prometheus: `semconv` in the host has those names and says where they are from.
//! The rest begins with `tidegate_`. Every label has a bounded number of values: names from the
//! configuration, or words of ours.

use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use prometheus_client::encoding::{EncodeLabelValue, LabelValueEncoder};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use tidegate_host::semconv;

/// What is asked for.
pub const OPERATION: &str = "gen_ai_operation_name";
/// Who is asked: a provider's name in the configuration.
pub const PROVIDER: &str = "gen_ai_provider_name";
/// The vendor's name of a model, if it is a known one.
pub const MODEL: &str = "gen_ai_request_model";
/// `input` or `output`.
pub const TOKEN_TYPE: &str = "gen_ai_token_type";
/// Why something failed; empty where nothing did.
pub const ERROR_TYPE: &str = "error_type";
/// `POST` for example.
pub const METHOD: &str = "http_request_method";
/// The path of an endpoint.
pub const ROUTE: &str = "http_route";
/// What was answered.
pub const STATUS: &str = "http_response_status_code";
/// A gateway key's name.
pub const KEY: &str = "key";
/// `input`, `output`, `cache_read`, `cache_write` or `reasoning`.
pub const KIND: &str = "kind";
/// What came of an outbound request.
pub const OUTCOME: &str = "outcome";
/// Why a key was refused: `rate`, `budget` or `model`.
pub const REASON: &str = "reason";
/// `day` or `month`.
pub const PERIOD: &str = "period";
/// Of a breaker.
pub const STATE: &str = "state";
/// Where compiled code came from: `cache` or `compiler`.
pub const SOURCE: &str = "source";

/// In place of a model that nobody has configured and no provider lists.
pub const OTHER: &str = "other";

/// A figure: its name without the suffix of counters, what it says, and the bounds of its buckets.
pub struct Figure {
    pub name: &'static str,
    pub help: &'static str,
    buckets: &'static [f64],
}

const fn figure(name: &'static str, help: &'static str) -> Figure {
    Figure {
        name,
        help,
        buckets: &[],
    }
}

/// Attempts, by what came of them.
pub const CLIENT_DURATION: Figure = Figure {
    name: "gen_ai_client_operation_duration_seconds",
    help: "How long attempts took, to the end of their answers",
    buckets: &semconv::DURATION_BUCKETS,
};
/// Attempts that began to answer.
pub const CLIENT_FIRST_CHUNK: Figure = Figure {
    name: "gen_ai_client_operation_time_to_first_chunk_seconds",
    help: "How long attempts took until something of their answer came",
    buckets: &semconv::FIRST_CHUNK_BUCKETS,
};
/// Attempts whose provider said what they used.
pub const CLIENT_TOKENS: Figure = Figure {
    name: "gen_ai_client_token_usage",
    help: "Tokens of attempts",
    buckets: &semconv::TOKEN_BUCKETS,
};
/// Requests of clients.
pub const SERVER_DURATION: Figure = Figure {
    name: "http_server_request_duration_seconds",
    help: "How long requests took, to the end of their answers",
    buckets: &semconv::DURATION_BUCKETS,
};

pub const TOKENS: Figure = figure("tidegate_tokens", "Tokens used, as providers say");
pub const COST: Figure = figure(
    "tidegate_cost_usd",
    "What attempts cost by the configured prices; by estimate where a provider does not say what was used",
);
pub const RETRIES: Figure = figure("tidegate_retries", "Attempts after the first of a call");
pub const CPU: Figure = figure("tidegate_guest_cpu_seconds", "CPU time of guests");
pub const MEMORY: Figure = figure(
    "tidegate_guest_memory_peak_bytes",
    "The most linear memory that a call of a provider has had",
);
pub const EGRESS_REQUESTS: Figure = figure(
    "tidegate_egress_requests",
    "Outbound requests of guests; `denied` ones were not sent",
);
pub const KEY_REQUESTS: Figure = figure("tidegate_key_requests", "Requests by gateway key");
pub const KEY_COST: Figure = figure("tidegate_key_cost_usd", "What the requests of a key cost");
pub const KEY_REFUSALS: Figure = figure(
    "tidegate_key_refusals",
    "Requests refused because of their key's rates, budget or models",
);
pub const KEY_SPENT: Figure = figure(
    "tidegate_key_spent_usd",
    "What a key has spent in the current day or month, UTC",
);
pub const KEY_BUDGET: Figure = figure("tidegate_key_budget_usd", "What a key may spend");
pub const CONNECTIONS: Figure = figure("tidegate_connections", "Connections of clients");
pub const REQUESTS_UNDER_WAY: Figure =
    figure("tidegate_requests_under_way", "Requests being answered");
pub const CALLS: Figure = figure("tidegate_provider_calls", "Calls of a provider under way");
pub const BREAKER: Figure = figure(
    "tidegate_provider_breaker",
    "1 for the state that a provider's breaker is in",
);
pub const VERSION: Figure = figure(
    "tidegate_provider_version",
    "The number of the version that new calls of a provider run on",
);
pub const INSTANCES: Figure = figure("tidegate_instances", "Instances of guests alive");
pub const INSTANCES_LIMIT: Figure =
    figure("tidegate_instances_limit", "How many there can be at once");
pub const MEMORIES: Figure = figure("tidegate_pool_memories", "Linear memories in use");
pub const POOL_UNUSED: Figure = figure(
    "tidegate_pool_unused_resident_bytes",
    "Memory that is kept for the next instances",
);
pub const BUFFERS: Figure = figure("tidegate_buffers_bytes", "What the host holds for calls");
pub const BUFFERS_LIMIT: Figure = figure("tidegate_buffers_limit_bytes", "How much that can be");
pub const COMPONENTS: Figure = figure(
    "tidegate_components_loaded",
    "Components made executable, by where their code came from",
);
pub const BUILD: Figure = figure(
    "tidegate_build_info",
    "1; its labels say which version runs, and which contracts it speaks",
);

/// The labels of one series.
pub type Labels = Vec<(&'static str, Text)>;
/// Histograms of one name.
pub type Histograms = Family<Labels, Histogram, fn() -> Histogram>;
/// Counters of one name.
pub type Counters = Family<Labels, Counter>;
/// Counters of what has fractions.
pub type Sums = Family<Labels, Counter<f64, AtomicU64>>;

/// The value of a label.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Text(Arc<str>);

impl EncodeLabelValue for Text {
    fn encode(&self, encoder: &mut LabelValueEncoder) -> std::fmt::Result {
        encoder.write_str(&self.0)
    }
}

/// The labels of one series.
pub fn labels<const N: usize>(labels: [(&'static str, &str); N]) -> Labels {
    let labels = labels.into_iter();
    labels
        .map(|(name, value)| (name, Text(value.into())))
        .collect()
}

/// Registers a histogram.
pub fn histogram(registry: &mut Registry, figure: &'static Figure) -> Histograms {
    let make: fn() -> Histogram = match figure.name {
        name if name == CLIENT_FIRST_CHUNK.name => || buckets(&CLIENT_FIRST_CHUNK),
        name if name == CLIENT_TOKENS.name => || buckets(&CLIENT_TOKENS),
        _ => || buckets(&CLIENT_DURATION),
    };
    let family = Histograms::new_with_constructor(make);
    registry.register(figure.name, figure.help, family.clone());
    family
}

fn buckets(figure: &Figure) -> Histogram {
    Histogram::new(figure.buckets.iter().copied())
}

/// Registers a counter.
pub fn counter(registry: &mut Registry, figure: &Figure) -> Counters {
    let family = Counters::default();
    registry.register(figure.name, figure.help, family.clone());
    family
}

/// Registers a counter of what has fractions.
pub fn sum(registry: &mut Registry, figure: &Figure) -> Sums {
    let family = Sums::default();
    registry.register(figure.name, figure.help, family.clone());
    family
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_of_the_conventions() {
        for (ours, theirs) in [
            (OPERATION, semconv::OPERATION),
            (PROVIDER, semconv::PROVIDER),
            (MODEL, semconv::REQUEST_MODEL),
            (TOKEN_TYPE, semconv::TOKEN_TYPE),
            (ERROR_TYPE, semconv::ERROR_TYPE),
            (METHOD, semconv::HTTP_METHOD),
            (ROUTE, semconv::HTTP_ROUTE),
            (STATUS, semconv::HTTP_STATUS),
            (CLIENT_TOKENS.name, semconv::CLIENT_TOKEN_USAGE),
        ] {
            assert_eq!(ours, theirs.replace('.', "_"));
        }
        for (ours, theirs) in [
            (CLIENT_DURATION.name, semconv::CLIENT_DURATION),
            (CLIENT_FIRST_CHUNK.name, semconv::CLIENT_TIME_TO_FIRST_CHUNK),
            (SERVER_DURATION.name, semconv::SERVER_DURATION),
        ] {
            assert_eq!(ours, format!("{}_seconds", theirs.replace('.', "_")));
        }
    }
}
