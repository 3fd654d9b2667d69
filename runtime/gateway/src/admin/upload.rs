//! A new component in the body of a request: its bytes, or where it is.

use std::time::Duration;

use axum::extract::Request;
use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use serde::Deserialize;
use tidegate_host::Component;
use utoipa::ToSchema;

use super::desk::Desk;
use super::refusal::{Refusal, RefusalKind};

/// What names a component is a line.
const NAME_BYTES: usize = 16 << 10;
/// What the bytes of a component are called.
const WASM: &str = "application/wasm";
const KINDS: &str = r#"send the bytes as `application/wasm`, or `{"component": "bundled:NAME"}` as `application/json`"#;

/// Where a component is. One of the two.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Place {
    /// As in the configuration: `bundled:echo`, or `./my-provider.wasm`, from the folder of the
    /// configuration.
    component: Option<String>,
    /// A file on the machine of the gateway.
    path: Option<String>,
}

/// The bytes of a component.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary, content_media_type = "application/wasm")]
pub struct Wasm(#[expect(dead_code, reason = "only its description is used")] Bytes);

/// Loads the component that a request brings, or names.
pub async fn component(desk: &Desk, request: Request) -> Result<Component, Refusal> {
    let (head, body) = request.into_parts();
    let patience = desk.gateway().config.body_timeout;
    if head.headers.contains_key(CONTENT_ENCODING) {
        let message = "the body is compressed, which is not supported";
        return Err(Refusal::new(RefusalKind::ContentType, message).hint("send it as it is"));
    }
    match content_type(&head.headers) {
        Some(essence) if essence.eq_ignore_ascii_case(WASM) => {
            let limit = usize::try_from(desk.engine.component_size()).unwrap_or(usize::MAX);
            let bytes = read(&head.headers, body, limit, patience).await?;
            Ok(Component::from_bytes(&desk.engine, "upload", bytes).await?)
        }
        Some(essence) if essence.eq_ignore_ascii_case("application/json") => {
            let bytes = read(&head.headers, body, NAME_BYTES, patience).await?;
            desk.program.component(place(&bytes)?).await
        }
        other => {
            let message = match other {
                Some(other) => format!("the body is `{}`", other.escape_debug()),
                None => "the request does not say what its body is".into(),
            };
            Err(Refusal::new(RefusalKind::ContentType, message).hint(KINDS))
        }
    }
}

fn place(json: &[u8]) -> Result<String, Refusal> {
    let wrong = |problem: String| Refusal::new(RefusalKind::Request, problem).hint(KINDS);
    let place: Place = serde_json::from_slice(json)
        .map_err(|error| wrong(format!("the body names no component: {error}")))?;
    match (place.component, place.path) {
        (Some(component), None) => Ok(component),
        (None, Some(path)) => Ok(path),
        _ => Err(wrong("the body names no component, or two".into())),
    }
}

fn content_type(headers: &HeaderMap) -> Option<&str> {
    let content_type = headers.get(CONTENT_TYPE)?.to_str().ok()?;
    content_type.split(';').next().map(str::trim)
}

async fn read(
    headers: &HeaderMap,
    body: axum::body::Body,
    limit: usize,
    patience: Duration,
) -> Result<Bytes, Refusal> {
    let too_large = || {
        let message = format!("the body is larger than {limit} bytes");
        Refusal::new(RefusalKind::TooLarge, message)
    };
    let announced = headers.get(CONTENT_LENGTH);
    let announced = announced.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|length| usize::try_from(length).map_or(true, |it| it > limit)) {
        return Err(too_large());
    }
    match tokio::time::timeout(patience, Limited::new(body, limit).collect()).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large()),
        Ok(Err(_)) => Err(Refusal::new(
            RefusalKind::Request,
            "the body broke off before its end",
        )),
        Err(_) => Err(Refusal::new(
            RefusalKind::TooSlow,
            format!("the body did not arrive within {patience:?}"),
        )),
    }
}
