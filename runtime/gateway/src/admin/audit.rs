//! What providers have done, or tried to do: the last records, and those to come.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures::stream::unfold;
use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use serde::{Deserialize, Serialize};
use tidegate_host::{AuditEntry, AuditRecord, Outcome};
use utoipa::{IntoParams, ToSchema};

use super::answer::{self, since_epoch};
use super::desk::Desk;
use super::refusal::{Failed, Refusal, RefusalKind};

/// Records in one answer, where nobody says how many.
const USUAL: usize = 100;
/// And the most.
const MOST: usize = 10_000;
/// After so long without a record, a comment keeps the connection alive.
const KEEP_ALIVE: Duration = Duration::from_secs(15);

/// Which records.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Wish {
    /// Of this provider only.
    provider: Option<String>,
    /// At most so many, 100 unless it is said; 10,000 are the most.
    limit: Option<usize>,
    /// `true`: those to come instead, as server-sent events, for as long as the client listens.
    #[serde(default)]
    follow: bool,
}

/// The last records.
#[derive(Serialize, ToSchema)]
pub struct Records {
    /// Newest first.
    records: Vec<Record>,
}

/// One outbound request.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Record {
    /// When it was over, in milliseconds since the Unix epoch.
    at_ms: u64,
    /// Who asked for it.
    provider: String,
    /// The component of that provider.
    digest: String,
    /// The call it was asked for in.
    request_id: String,
    /// `GET`, `POST`, …
    method: String,
    /// Scheme, host and port; empty where the URL was not valid.
    origin: String,
    /// Without the query.
    path: String,
    /// The upstream's, where it answered.
    status: Option<u16>,
    /// The credential that it carried, `api-key`; of several keys, which one: `api-key[1]` is the second.
    credential: Option<String>,
    /// The credential that the host obtained a token for by this request; `null`: it is the provider's own.
    token_for: Option<String>,
    /// Bytes of the request's body.
    sent_bytes: u64,
    /// Bytes of the answer's body, decoded.
    received_bytes: u64,
    /// From the check of the grant to the end of the answer.
    duration_ms: f64,
    /// `complete`, `abandoned`, `denied` or `failed`.
    outcome: &'static str,
    /// Why it was denied, or how it failed.
    reason: Option<String>,
}

impl From<AuditEntry> for Record {
    fn from(AuditEntry { at, record }: AuditEntry) -> Self {
        let (outcome, reason) = match record.outcome {
            Outcome::Complete => ("complete", None),
            Outcome::Abandoned => ("abandoned", None),
            Outcome::Denied(sentence) => ("denied", Some(sentence)),
            Outcome::Failed(kind) => ("failed", Some(format!("{kind:?}").to_lowercase())),
        };
        Record {
            at_ms: since_epoch(at),
            provider: record.provider.to_string(),
            digest: record.digest.to_string(),
            request_id: record.request_id.to_string(),
            method: record.method,
            origin: record.origin,
            path: record.path,
            status: record.status,
            credential: record.credential.map(|it| it.to_string()),
            token_for: record.token_for.map(|it| it.to_string()),
            sent_bytes: record.sent,
            received_bytes: record.received,
            duration_ms: record.duration.as_secs_f64() * 1000.0,
            outcome,
            reason,
        }
    }
}

/// Shows which requests have left the process, and which were denied.
#[utoipa::path(
    get,
    path = "/admin/audit",
    operation_id = "audit",
    tag = "audit",
    security(("key" = [])),
    params(Wish),
    responses(
        (status = 200, description = "The last ones; or those to come", content(
            (Records = "application/json"),
            (Record = "text/event-stream")
        )),
        (status = 400, description = "The query makes no sense", body = Failed)
    )
)]
pub async fn tail(
    State(desk): State<Arc<Desk>>,
    wish: Result<Query<Wish>, QueryRejection>,
) -> Result<Response, Refusal> {
    let Query(wish) = wish.map_err(|rejection| {
        Refusal::new(RefusalKind::Request, rejection.body_text())
            .hint("`provider=NAME`, `limit=COUNT` and `follow=true` are known")
    })?;
    if let Some(name) = &wish.provider {
        desk.runtime().provider(name)?;
    }
    if wish.follow {
        return Ok(follow(&desk, wish.provider));
    }
    let limit = wish.limit.unwrap_or(USUAL).min(MOST);
    let entries = desk
        .tail
        .last(limit, |record| is_of(record, &wish.provider));
    let records = entries.into_iter().map(Record::from);
    Ok(answer::json(&Records {
        records: records.collect(),
    }))
}

fn is_of(record: &AuditRecord, provider: &Option<String>) -> bool {
    let provider = provider.as_ref();
    provider.is_none_or(|provider| *record.provider == **provider)
}

fn follow(desk: &Desk, provider: Option<String>) -> Response {
    let (follower, stopped) = (desk.tail.follow(), Box::pin(desk.stopped()));
    let state = (follower, stopped, provider);
    let pieces = unfold(state, async |(mut follower, mut stopped, provider)| {
        let mut silence = std::pin::pin!(tokio::time::sleep(KEEP_ALIVE));
        loop {
            let entry = tokio::select! {
                entry = follower.next() => entry?,
                () = &mut stopped => return None,
                () = silence.as_mut() => {
                    let comment = Bytes::from_static(b": keep-alive\n\n");
                    return Some((comment, (follower, stopped, provider)));
                }
            };
            if is_of(&entry.record, &provider)
                && let Ok(json) = serde_json::to_string(&Record::from(entry))
            {
                let event = Bytes::from(format!("data: {json}\n\n"));
                return Some((event, (follower, stopped, provider)));
            }
        }
    });
    let pieces = futures::StreamExt::map(pieces, Ok::<_, std::convert::Infallible>);
    let headers = [
        (CONTENT_TYPE, "text/event-stream"),
        (CACHE_CONTROL, "no-store"),
    ];
    (headers, Body::from_stream(pieces)).into_response()
}
