//! Spans to a collector, by OTLP: protobuf over HTTP.
//!
//! Of the transports this is the one that adds least: the client is there already, gRPC would bring a
//! stack of its own. Headers that a collector asks for are read from `OTEL_EXPORTER_OTLP_HEADERS`, where
//! all exporters look for them.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::time::Duration;

use async_trait::async_trait;
use http_body_util::BodyExt as _;
use hyper::body::Bytes;
use hyper::http::{HeaderMap, Request, Response};
use opentelemetry::propagation::TextMapPropagator as _;
use opentelemetry::trace::{TraceContextExt as _, TracerProvider as _};
use opentelemetry_http::{HeaderExtractor, HttpClient, HttpError};
use opentelemetry_otlp::{SpanExporter, WithExportConfig as _, WithHttpConfig as _};
use opentelemetry_sdk::Resource;
use opentelemetry_sdk::propagation::TraceContextPropagator;
use opentelemetry_sdk::trace::SdkTracerProvider;
use tidegate_host::ClientConfig;
use tokio::runtime::Handle;
use tracing::{Span, Subscriber};
use tracing_opentelemetry::OpenTelemetrySpanExt as _;
use tracing_subscriber::Layer;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::registry::LookupSpan;

use crate::failure::Failure;

/// How long the last spans may take. Whoever stops the process waits for them.
const FAREWELL: Duration = Duration::from_secs(3);
/// Where collectors take spans, below the address that is configured.
const PATH: &str = "/v1/traces";
/// How long a collector may take for a batch. A slow one costs spans, never an answer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Spans on their way out. Dropped, it sends those that are left.
pub struct Spans(SdkTracerProvider);

/// What takes spans from `tracing`, and what sends them.
pub fn start<S>(
    collector: &str,
    client: &ClientConfig,
) -> Result<(impl Layer<S> + use<S>, Spans), Failure>
where
    S: Subscriber + for<'span> LookupSpan<'span>,
{
    let unusable = |problem: String| {
        Failure::usage(
            format!("spans cannot be sent to `{collector}`: {problem}"),
            "write `telemetry.otlp` like `http://127.0.0.1:4318`",
        )
    };
    let sender = reqwest::Client::builder()
        .tls_backend_preconfigured(client.tls()?)
        .no_proxy()
        .timeout(PATIENCE)
        .build()
        .map_err(|error| unusable(error.to_string()))?;
    let exporter = SpanExporter::builder()
        .with_http()
        .with_endpoint(format!("{}{PATH}", collector.trim_end_matches('/')))
        .with_http_client(Sender {
            runtime: Handle::current(),
            client: sender,
            is_failing: AtomicBool::new(false),
        })
        .build()
        .map_err(|error| unusable(error.to_string()))?;
    let provider = SdkTracerProvider::builder()
        .with_batch_exporter(exporter)
        .with_resource(Resource::builder().with_service_name("tidegate").build())
        .build();
    let layer = tracing_opentelemetry::layer()
        .with_tracer(provider.tracer("tidegate"))
        // Where in our code a span was made says nothing to an operator.
        .with_location(false)
        .with_threads(false)
        .with_tracked_inactivity(false)
        .with_filter(Targets::new().with_target("tidegate::trace", LevelFilter::INFO));
    Ok((layer, Spans(provider)))
}

/// Puts a request's span into the trace that its caller says it is part of, in W3C's header
/// `traceparent`. A caller who says that his trace is not recorded is not recorded here either; the log
/// and the figures have him all the same.
pub fn parent(span: &Span, headers: &HeaderMap) {
    let context = TraceContextPropagator::new().extract(&HeaderExtractor(headers));
    if context.span().span_context().is_valid() {
        // Only a span of another tracer's could refuse.
        let _ = span.set_parent(context);
    }
}

impl Drop for Spans {
    fn drop(&mut self) {
        if let Err(error) = self.0.shutdown_with_timeout(FAREWELL) {
            tracing::warn!("the last spans could not be sent: {error}");
        }
    }
}

/// Sends batches. The SDK does so on a thread of its own, without a tokio runtime.
#[derive(Debug)]
struct Sender {
    runtime: Handle,
    client: reqwest::Client,
    /// Whether the last batch was lost: one word about it is enough.
    is_failing: AtomicBool,
}

impl Sender {
    /// Says it when batches begin to get lost, and when they no longer do.
    fn note(&self, problem: Option<String>) {
        let was_failing = self.is_failing.swap(problem.is_some(), Relaxed);
        match problem {
            Some(problem) if !was_failing => tracing::warn!(
                target: "tidegate::otlp",
                "spans are lost, because the collector does not take them (`telemetry.otlp`): {problem}"
            ),
            None if was_failing => {
                tracing::warn!(target: "tidegate::otlp", "the collector takes spans again");
            }
            _ => {}
        }
    }
}

#[async_trait]
impl HttpClient for Sender {
    async fn send_bytes(&self, request: Request<Bytes>) -> Result<Response<Bytes>, HttpError> {
        let client = self.client.clone();
        let sending = self.runtime.spawn(async move {
            let answer = client.execute(request.try_into()?).await?;
            let (head, body) = Response::from(answer).into_parts();
            let body = body.collect().await?.to_bytes();
            Ok::<_, HttpError>(Response::from_parts(head, body))
        });
        let answer = sending.await.map_err(HttpError::from).flatten();
        self.note(match &answer {
            Ok(answer) if answer.status().is_success() => None,
            Ok(answer) => Some(format!("it answered {}", answer.status())),
            Err(error) => Some(error.to_string()),
        });
        answer
    }
}
