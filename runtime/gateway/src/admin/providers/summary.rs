//! A provider in a line.

use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;
use tidegate_host::{BreakerState, Provider, Source, Version};
use utoipa::ToSchema;

use crate::admin::answer::milliseconds;
use crate::admin::refusal::Wanted;

/// A provider in a line.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Summary {
    /// Its name in the configuration.
    name: String,
    /// Why it runs what it runs: `configuration`; `admin`, where it was swapped in, until the
    /// configuration names another component than it did then; or `rollback`.
    source: &'static str,
    #[serde(flatten)]
    version: Numbered,
    /// `enabled`, `draining` or `disabled`.
    state: &'static str,
    breaker: Breaker,
    /// Calls under way.
    calls: usize,
    /// What it wants to reach.
    wants: Vec<Wanted>,
    /// What it may reach: the lines of its grant.
    allow: Vec<String>,
    /// What it wants and may not reach.
    ungranted: Vec<Wanted>,
    /// The limits that are looked at most.
    limits: Main,
}

/// A version of a provider.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Numbered {
    /// Counts the versions of this provider from 1.
    version: u64,
    /// Where its component is from: `bundled:NAME`, a file, or `upload`.
    component: String,
    /// The component's SHA-256.
    digest: String,
    /// What the component calls its own version.
    semantic_version: String,
}

/// Whether calls go through.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Breaker {
    /// `closed`: they do; `open`; `half-open`: one does.
    state: &'static str,
    /// For how long.
    since_ms: u64,
    /// In a row, up to now.
    failures: u32,
    /// Until the next call goes through.
    retry_after_ms: Option<u64>,
}

/// The limits that are looked at most.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Main {
    /// Calls at once.
    concurrency: usize,
    /// Memory of one call.
    memory_bytes: usize,
    /// CPU time of one call.
    cpu_ms: u64,
    /// Wall-clock time of one call.
    timeout_ms: u64,
}

impl Summary {
    pub fn of(provider: &Arc<Provider>) -> Self {
        let version = provider.version();
        let limits = version.limits();
        let wants = version.component().info().wants.iter();
        Summary {
            name: provider.name().into(),
            source: match provider.source() {
                Source::Configuration => "configuration",
                Source::Swap => "admin",
                Source::Rollback => "rollback",
            },
            state: provider.standing().name(),
            breaker: breaker(provider),
            calls: provider.calls(),
            wants: wants
                .map(|want| Wanted {
                    pattern: want.pattern.clone(),
                    reason: want.reason.clone(),
                })
                .collect(),
            allow: provider.config().allow.clone(),
            ungranted: version
                .ungranted()
                .into_iter()
                .map(|(pattern, reason)| Wanted { pattern, reason })
                .collect(),
            limits: Main {
                concurrency: limits.concurrency,
                memory_bytes: limits.memory,
                cpu_ms: milliseconds(limits.cpu),
                timeout_ms: milliseconds(limits.timeout),
            },
            version: Numbered::of(&version),
        }
    }
}

impl Numbered {
    pub fn of(version: &Version) -> Self {
        let component = version.component();
        Numbered {
            version: version.number(),
            component: component.name().into(),
            digest: component.digest().to_string(),
            semantic_version: component.info().version.clone(),
        }
    }
}

fn breaker(provider: &Provider) -> Breaker {
    let status = provider.breaker();
    Breaker {
        state: match status.state {
            BreakerState::Closed => "closed",
            BreakerState::Open => "open",
            BreakerState::HalfOpen => "half-open",
        },
        since_ms: milliseconds(status.since),
        failures: status.failures,
        retry_after_ms: status.retry_after.map(|it: Duration| milliseconds(it)),
    }
}
