//! One record per outbound request: the same facts in logs, metrics and the API.

mod tail;

use std::sync::Arc;
use std::time::{Duration, Instant};

use crate::digest::Digest;
use crate::sinks::Sinks;
use crate::types::FetchFailureKind;

pub use tail::{AuditEntry, AuditFollower, AuditTail};

/// What a provider did, or tried to do.
#[derive(Debug, Clone)]
pub struct AuditRecord {
    /// The provider's name in the configuration.
    pub provider: Arc<str>,
    /// The component that asked.
    pub digest: Digest,
    /// The call it asked in.
    pub request_id: Arc<str>,
    /// `GET`, `POST`, …; as the guest gave it, where it is not valid.
    pub method: String,
    /// Scheme, host and port, `https://api.example.com`; empty where the URL is not valid.
    pub origin: String,
    /// The path without its query, which may hold what is nobody's business.
    pub path: String,
    /// The upstream's status, where it answered.
    pub status: Option<u16>,
    /// The credential that it carried, `api-key`; of several keys, which one: `api-key[1]` is the second.
    pub credential: Option<Arc<str>>,
    /// The credential that the host obtained a token for by this request; `None`: it is the provider's
    /// own.
    pub token_for: Option<Arc<str>>,
    /// Bytes of the request's body.
    pub sent: u64,
    /// Bytes of the answer's body, decoded.
    pub received: u64,
    /// From the check of the grant to the end of the answer.
    pub duration: Duration,
    /// What came of it.
    pub outcome: Outcome,
}

impl AuditRecord {
    /// Moves it out, and leaves one behind that says nothing.
    fn take(&mut self) -> AuditRecord {
        AuditRecord {
            provider: self.provider.clone(),
            digest: self.digest,
            request_id: self.request_id.clone(),
            method: std::mem::take(&mut self.method),
            origin: std::mem::take(&mut self.origin),
            path: std::mem::take(&mut self.path),
            status: self.status,
            credential: self.credential.take(),
            token_for: self.token_for.clone(),
            sent: self.sent,
            received: self.received,
            duration: self.duration,
            outcome: std::mem::replace(&mut self.outcome, Outcome::Abandoned),
        }
    }
}

/// What came of a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was sent, and answered to the end.
    Complete,
    /// It was sent, and the answer was not read to its end: the caller went away, or the guest had
    /// enough.
    Abandoned,
    /// It was not sent: the grant, the address it led to, or `limits.fetches`, of which the first
    /// request too many speaks for all of its call. The sentence is for the operator.
    Denied(String),
    /// It was allowed, and failed.
    Failed(FetchFailureKind),
}

/// Receives every audit record, at the moment the request is over. Must not block.
pub type AuditSink = Arc<dyn Fn(&AuditRecord) + Send + Sync>;

/// Those who receive them.
pub(crate) type AuditSinks = Sinks<dyn Fn(&AuditRecord) + Send + Sync>;

/// Where records go, beside the log.
#[derive(Clone)]
pub(crate) struct Books {
    pub(crate) sinks: Arc<AuditSinks>,
    pub(crate) tail: Option<Arc<AuditTail>>,
}

/// Completes a record and hands it over when dropped, so that an answer nobody read is there too.
pub(crate) struct Pending {
    record: AuditRecord,
    began: Instant,
    books: Books,
}

impl Pending {
    pub(crate) fn new(record: AuditRecord, books: Books) -> Self {
        Pending {
            record,
            began: Instant::now(),
            books,
        }
    }

    pub(crate) fn record(&mut self) -> &mut AuditRecord {
        &mut self.record
    }
}

impl Drop for Pending {
    fn drop(&mut self) {
        let now = Instant::now();
        self.record.duration = now.saturating_duration_since(self.began);
        let record = &mut self.record;
        if let Outcome::Denied(sentence) = &record.outcome {
            tracing::warn!(target: "tidegate::egress", request_id = %record.request_id, "{sentence}");
        }
        tracing::info!(
            target: "tidegate::audit",
            provider = %record.provider,
            digest = %record.digest,
            request_id = %record.request_id,
            method = record.method,
            origin = record.origin,
            path = record.path,
            status = record.status,
            credential = record.credential.as_deref(),
            token_for = record.token_for.as_deref(),
            sent = record.sent,
            received = record.received,
            duration_us = u64::try_from(record.duration.as_micros()).unwrap_or(u64::MAX),
            outcome = ?record.outcome,
        );
        self.books.sinks.each(|sink| sink(record));
        if let Some(tail) = &self.books.tail {
            tail.push(now, record.take());
        }
    }
}
