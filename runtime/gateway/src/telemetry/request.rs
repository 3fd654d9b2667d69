//! One request of a client, from its head to the end of its answer: counted, and told in one line and one
//! span where somebody wants them, however it ends.

use std::sync::atomic::{AtomicU16, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Instant;

use http::{Method, Request, StatusCode};
use tidegate_host::{Attempt, Attempts, semconv};
use tracing::Span;
use tracing::field::Empty;

use super::names::{self, labels};
use crate::auth::Key;
use crate::call::RequestId;
use crate::shared::Shared;

/// Endpoints that dialects answer. Others are told as one, or callers could make up any number.
const ROUTES: [&str; 12] = [
    "/v1/chat/completions",
    "/v1/responses",
    "/v1/responses/input_tokens",
    "/v1/completions",
    "/v1/embeddings",
    "/v1/messages",
    "/v1/messages/count_tokens",
    "/v1/models",
    MODEL,
    "/v1/rerank",
    "/v2/rerank",
    "/rerank",
];
const MODEL: &str = "/v1/models/{id}";

/// What is told of a client that went away before its answer had a status; nginx calls it so.
const CLIENT_CLOSED: u16 = 499;

/// Longer names of models are cut in lines and spans.
const LONGEST: usize = 200;

/// A request under way. Dropped at its end, it tells of it.
pub struct Entry {
    gateway: Arc<Shared>,
    id: RequestId,
    method: &'static str,
    route: &'static str,
    began: Instant,
    /// 0: there is none yet.
    status: AtomicU16,
    key: OnceLock<Arc<Key>>,
    model: OnceLock<String>,
    attempts: Attempts,
    span: Span,
    /// Whether somebody wants a line or a span.
    is_told: bool,
}

/// What all attempts come to.
struct Total {
    attempts: usize,
    provider: Option<Arc<str>>,
    error: Option<&'static str>,
    input: u64,
    output: u64,
}

impl Entry {
    /// A request begins.
    pub fn open<B>(
        gateway: &Arc<Shared>,
        id: &RequestId,
        attempts: &Attempts,
        request: &Request<B>,
    ) -> Arc<Entry> {
        gateway.telemetry.under_way.fetch_add(1, Relaxed);
        let (method, route) = (method(request.method()), route(request.uri().path()));
        let span = tracing::info_span!(
            target: "tidegate::trace",
            parent: None,
            "request",
            otel.name = %format_args!("{method} {route}"),
            otel.kind = "server",
            otel.status_code = Empty,
            { semconv::HTTP_METHOD } = method,
            { semconv::HTTP_ROUTE } = route,
            { semconv::HTTP_STATUS } = Empty,
            { semconv::REQUEST_MODEL } = Empty,
            { semconv::ERROR_TYPE } = Empty,
            tidegate.request.id = id.as_str(),
            tidegate.key = Empty,
            tidegate.attempts = Empty,
            tidegate.cost.usd = Empty,
        );
        if let Some(find) = gateway.config.trace_parent
            && !span.is_disabled()
        {
            find(&span, request.headers());
        }
        let is_told = !span.is_disabled()
            || tracing::enabled!(target: "tidegate::access", tracing::Level::INFO);
        Arc::new(Entry {
            span,
            is_told,
            gateway: gateway.clone(),
            id: id.clone(),
            method,
            route,
            began: Instant::now(),
            status: AtomicU16::new(0),
            key: OnceLock::new(),
            model: OnceLock::new(),
            attempts: attempts.clone(),
        })
    }

    /// Who asks.
    pub fn admitted(&self, key: &Arc<Key>) {
        let _ = self.key.set(key.clone());
    }

    /// Which model is asked for, by the client's name of it.
    pub fn asks(&self, model: &str) {
        if self.is_told {
            let end = model.floor_char_boundary(LONGEST);
            let _ = self.model.set(model.get(..end).unwrap_or_default().into());
        }
    }

    /// The answer has a status.
    pub fn answered(&self, status: StatusCode) {
        self.status.store(status.as_u16(), Relaxed);
    }

    /// What the spans of attempts belong to; `None` where nobody traces.
    pub fn span(&self) -> Option<Span> {
        (!self.span.is_disabled()).then(|| self.span.clone())
    }
}

impl Drop for Entry {
    fn drop(&mut self) {
        let telemetry = &self.gateway.telemetry;
        telemetry.under_way.fetch_sub(1, Relaxed);
        let status = match self.status.load(Relaxed) {
            0 => CLIENT_CLOSED,
            status => status,
        };
        let duration = self.began.elapsed();
        let (method, route) = (self.method, self.route);
        let histogram = telemetry.answered.get_or((method, route, status), || {
            telemetry.requests.get_or_create_owned(&labels([
                (names::METHOD, method),
                (names::ROUTE, route),
                (names::STATUS, &status.to_string()),
            ]))
        });
        histogram.observe(duration.as_secs_f64());
        let key = self.key.get();
        let cost = self.attempts.cost();
        if let Some(key) = key {
            key.charge(cost);
            telemetry.keys.note(key.shared_name(), cost);
        }
        if !self.is_told {
            return;
        }
        let total = self.attempts.with(total);
        let key = key.map(|key| key.name());
        let model = self.model.get().map(String::as_str);
        let error = match (total.error, status) {
            (None, 400..) => Some("refused"),
            (error, _) => error,
        };
        tracing::info!(
            target: "tidegate::access",
            parent: &self.span,
            request_id = self.id.as_str(),
            key,
            method,
            path = route,
            model,
            provider = total.provider.as_deref(),
            status,
            duration_ms = duration.as_secs_f64() * 1000.0,
            input_tokens = total.input,
            output_tokens = total.output,
            cost_usd = cost,
            attempts = total.attempts,
            error,
        );
        // With a sign, as OpenTelemetry has integers: bridges to it write down others as text.
        self.span.record(semconv::HTTP_STATUS, i64::from(status));
        let attempts = i64::try_from(total.attempts).unwrap_or(i64::MAX);
        self.span.record("tidegate.attempts", attempts);
        if let Some(model) = model {
            self.span.record(semconv::REQUEST_MODEL, model);
        }
        if let Some(key) = key {
            self.span.record("tidegate.key", key);
        }
        if let Some(cost) = cost {
            self.span.record("tidegate.cost.usd", cost);
        }
        if let Some(error) = error {
            self.span.record(semconv::ERROR_TYPE, error);
        }
        // By the conventions a server's span has failed where the server has, not where a client has.
        if status >= 500 || total.error.is_some() {
            self.span.record("otel.status_code", "ERROR");
        }
    }
}

fn total(attempts: &[Attempt]) -> Total {
    let last = attempts.last();
    let sum = |count: fn(&tidegate_host::types::Usage) -> Option<u32>| {
        let used = attempts.iter().filter_map(|it| it.usage.as_ref());
        used.filter_map(count).map(u64::from).sum()
    };
    Total {
        attempts: attempts.len(),
        provider: last.map(|attempt| attempt.provider.clone()),
        error: last.and_then(|attempt| attempt.outcome.error_type()),
        input: sum(|usage| usage.input),
        output: sum(|usage| usage.output),
    }
}

fn method(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::HEAD => "HEAD",
        // As the conventions have it for what is not known.
        _ => "_OTHER",
    }
}

fn route(path: &str) -> &'static str {
    let known = ROUTES.into_iter().find(|route| *route == path);
    match known {
        Some(route) => route,
        None if path.starts_with("/v1/models/") => MODEL,
        None => names::OTHER,
    }
}
