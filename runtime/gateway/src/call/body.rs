//! A request's body, bounded in size and time.

use std::sync::PoisonError;

use bytes::Bytes;
use http::HeaderMap;
use http::header::{CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};

use super::Call;
use crate::failure::{Failure, FailureKind};

impl Call {
    /// The whole body, if it says that it is JSON.
    pub async fn body(&mut self) -> Result<Bytes, Failure> {
        check_content_type(&self.headers)?;
        let body = self
            .body
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .take();
        let Some(body) = body else {
            return Ok(Bytes::new());
        };
        let limit = self.gateway.config.body_limit;
        let announced = self
            .headers
            .get(CONTENT_LENGTH)
            .and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        if announced.is_some_and(|length| usize::try_from(length).map_or(true, |it| it > limit)) {
            return Err(too_large(limit));
        }
        let collected = Limited::new(body, limit).collect();
        match tokio::time::timeout(self.gateway.config.body_timeout, collected).await {
            Ok(Ok(body)) => {
                let body = body.to_bytes();
                self.prompts().asked(&self.id, &body);
                Ok(body)
            }
            Ok(Err(error)) if error.is::<LengthLimitError>() => Err(too_large(limit)),
            Ok(Err(_)) => Err(Failure::new(
                FailureKind::Body,
                "the body broke off before its end, or its chunks are not chunks",
            )),
            Err(_) => Err(Failure {
                is_retryable: true,
                ..Failure::new(
                    FailureKind::TooSlow,
                    format!(
                        "the body did not arrive within {:?} (`gateway.body-timeout`)",
                        self.gateway.config.body_timeout
                    ),
                )
            }),
        }
    }
}

/// Only bodies that say that they are JSON are read. A web page can make a browser send text or a
/// form anywhere without asking first, but not JSON.
fn check_content_type(headers: &HeaderMap) -> Result<(), Failure> {
    let content_type = headers.get(CONTENT_TYPE).and_then(|it| it.to_str().ok());
    let essence = content_type.map(|it| it.split(';').next().unwrap_or_default().trim());
    let is_json = |essence: &str| {
        essence.eq_ignore_ascii_case("application/json")
            || essence.to_ascii_lowercase().ends_with("+json")
    };
    if !essence.is_some_and(is_json) {
        let said = match essence {
            Some(essence) => format!("the body is `{}`", essence.escape_debug()),
            None => "the request does not say what its body is".into(),
        };
        return Err(Failure::new(
            FailureKind::ContentType,
            format!("{said}\nhint: send JSON, with the header `content-type: application/json`"),
        ));
    }
    let encoding = headers.get(CONTENT_ENCODING).map(|it| it.as_bytes());
    if encoding.is_some_and(|it| !it.eq_ignore_ascii_case(b"identity")) {
        return Err(Failure::new(
            FailureKind::ContentType,
            "the body is compressed, which is not supported\nhint: send it as it is, without `content-encoding`",
        ));
    }
    Ok(())
}

fn too_large(limit: usize) -> Failure {
    Failure::new(
        FailureKind::TooLarge,
        format!("the body is larger than {limit} bytes (`gateway.body`)"),
    )
}
