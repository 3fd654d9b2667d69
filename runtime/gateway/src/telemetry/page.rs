//! `/metrics`: the figures as Prometheus reads them.
//!
//! They tell how much is asked of whom and what it costs, which is not for everybody. Where the gateway
//! has no keys, this machine may look, by its own name; where it has some, whoever presents the key of
//! the operators (`GatewayConfig::metrics_keys`), in the way of any other key.

use std::sync::Arc;

use http::header::CONTENT_TYPE;
use http::{HeaderMap, HeaderValue, Uri};
use prometheus_client::encoding::text::{encode_eof, encode_registry};
use prometheus_client::registry::Registry;

use super::moment::Moment;
use crate::call::{Request, Response, check_host, refuse};
use crate::failure::{Failure, FailureKind};
use crate::openai::OpenAi;
use crate::serving::AnswerBody;
use crate::shared::Shared;

/// What Prometheus and collectors of OpenTelemetry read.
const OPEN_METRICS: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// Answers a request for the figures, if its sender may see them.
pub fn handle(gateway: &Arc<Shared>, request: &Request) -> Response {
    match admit(gateway, request.uri(), request.headers()) {
        Ok(()) => answer(gateway),
        Err(failure) => refuse::<OpenAi>(request.headers(), failure),
    }
}

/// The figures, for whoever may see them.
pub fn answer(gateway: &Arc<Shared>) -> Response {
    let mut response = Response::new(AnswerBody::from(text(gateway).into_bytes()));
    response.headers_mut().insert(CONTENT_TYPE, OPEN_METRICS);
    response
}

/// The figures, in the text form of OpenMetrics.
pub fn text(gateway: &Arc<Shared>) -> String {
    let mut moment = Registry::default();
    moment.register_collector(Box::new(Moment(gateway.clone())));
    let mut text = String::new();
    // Writing to a string does not fail, and figures are numbers.
    let written = encode_registry(&mut text, &gateway.telemetry.registry)
        .and_then(|()| encode_registry(&mut text, &moment))
        .and_then(|()| encode_eof(&mut text));
    if written.is_err() {
        tracing::warn!("the figures for `/metrics` could not all be written");
    }
    text
}

fn admit(gateway: &Shared, uri: &Uri, headers: &HeaderMap) -> Result<(), Failure> {
    if gateway.keys.load().is_empty() {
        return check_host(uri, headers);
    }
    match gateway.metrics_keys.load().find(headers) {
        Ok(Some(_)) => Ok(()),
        // No key of operators opens nothing, and is not the same as none being needed.
        Ok(None) => Err(Failure::new(
            FailureKind::Key,
            "nobody may see the figures of this gateway\nhint: give `[admin]` a `key` in `tidegate.toml`, and present it here",
        )),
        Err(_) => Err(Failure::new(
            FailureKind::Key,
            "the figures are for operators\nhint: send the key of `[admin]` as `authorization: Bearer …`",
        )),
    }
}
