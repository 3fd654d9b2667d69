//! What the host and its guests log, on standard error, and what is sent to a collector.

#[cfg(feature = "otlp")]
mod otlp;

use hyper::HeaderMap;
use tidegate_config::Telemetry;
use tidegate_host::ClientConfig;
use tracing_subscriber::filter::Directive;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::failure::Failure;
use crate::journal;

/// Denials are printed as errors of the command that they ended.
const USUAL: &str = "warn,tidegate::egress=off";

/// Logging under way.
#[derive(Default)]
pub struct Logs {
    #[cfg(feature = "otlp")]
    spans: Option<otlp::Spans>,
}

impl Logs {
    /// Sends what is still to be sent.
    pub fn end(self) {
        #[cfg(feature = "otlp")]
        drop(self.spans);
    }
}

/// Starts logging. For the collector's sake on a tokio runtime.
pub fn start(
    filter: Option<&str>,
    telemetry: &Telemetry,
    client: &ClientConfig,
) -> Result<Logs, Failure> {
    let lines = match telemetry.json_logs {
        false => tracing_subscriber::fmt::layer()
            .with_writer(std::io::stderr)
            .boxed(),
        true => tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_current_span(false)
            .with_span_list(false)
            .with_writer(std::io::stderr)
            .boxed(),
    };
    let lines = lines.with_filter(wanted(filter, telemetry)?);
    let registry = tracing_subscriber::registry().with(lines);
    if telemetry.json_logs {
        journal::begin();
    }
    let Some(collector) = &telemetry.otlp else {
        registry.init();
        return Ok(Logs::default());
    };
    #[cfg(feature = "otlp")]
    {
        let (layer, spans) = otlp::start(collector, client)?;
        registry.with(layer).init();
        Ok(Logs { spans: Some(spans) })
    }
    #[cfg(not(feature = "otlp"))]
    {
        let _ = client;
        registry.init();
        Err(Failure::usage(
            format!(
                "`telemetry.otlp` is `{collector}`, and this `tidegate` was built without the means to send anything there"
            ),
            "build it with `--features otlp`, or leave `telemetry.otlp` out",
        ))
    }
}

/// What finds the trace that a request is part of; `None` where nothing traces.
pub fn trace_parent() -> Option<fn(&tracing::Span, &HeaderMap)> {
    #[cfg(feature = "otlp")]
    return Some(otlp::parent);
    #[cfg(not(feature = "otlp"))]
    None
}

/// Which lines are wanted.
fn wanted(filter: Option<&str>, telemetry: &Telemetry) -> Result<EnvFilter, Failure> {
    let filter = filter.filter(|filter| !filter.is_empty());
    let mut wanted = EnvFilter::try_new(filter.unwrap_or(USUAL)).map_err(|error| {
        Failure::usage(
            format!(
                "`--log` is `{}`, which is no filter: {error}",
                filter.unwrap_or_default().escape_debug()
            ),
            "write a level, or targets with levels: `info`, `tidegate=debug,warn`",
        )
    })?;
    let mut want = |directive: &str| -> Result<(), Failure> {
        let directive: Directive = directive
            .parse()
            .map_err(|_| Failure::usage("logging cannot be set up", "this is a bug of Tidegate"))?;
        wanted = std::mem::take(&mut wanted).add_directive(directive);
        Ok(())
    };
    // Spans are for collectors. Making them for lines of text would cost every call something.
    want("tidegate::trace=off")?;
    if filter.is_none() {
        // What operators do to a gateway that runs is told like what its configuration does.
        want("tidegate::admin=info")?;
    }
    if telemetry.json_logs {
        // What the command says itself, and a line for every request unless another filter is given.
        want("tidegate::serve=info")?;
        if filter.is_none() {
            want("tidegate::access=info")?;
        }
    }
    // Whoever does not want what is asked and answered leaves `log-prompts` out.
    want(match telemetry.log_prompts {
        true => "tidegate::prompts=info",
        false => "tidegate::prompts=off",
    })?;
    Ok(wanted)
}
