//! Failures: status as in OpenAI's dialect (its table is in `openai/error.rs`), and a body in which
//! clients of Cohere (`message`), of Jina (`detail`) and of OpenAI (`error.message`) find the sentence.

use bytes::Bytes;
use http::StatusCode;
use serde::Serialize;

use crate::call::{Dialect, RequestId};
use crate::failure::Failure;
use crate::openai::OpenAi;

/// The dialect.
pub struct Rerank;

#[derive(Serialize)]
struct Body<'a> {
    id: &'a str,
    message: &'a str,
    detail: &'a str,
    #[serde(flatten)]
    openai: serde_json::Value,
}

impl Dialect for Rerank {
    fn failure(failure: &Failure, id: &RequestId) -> (StatusCode, Bytes) {
        let (status, openai) = OpenAi::failure(failure, id);
        let body = Body {
            id: id.as_str(),
            message: &failure.message,
            detail: &failure.message,
            openai: serde_json::from_slice(&openai).unwrap_or_default(),
        };
        // Strings alone always have a JSON form.
        (status, serde_json::to_vec(&body).unwrap_or_default().into())
    }
}
