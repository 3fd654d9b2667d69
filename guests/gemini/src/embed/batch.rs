//! `batchEmbedContents` of the Gemini API.

use serde::{Deserialize, Serialize};
use serde_json::json;
use tidegate_guest::types::{EmbedInput, HttpRequest};
use tidegate_guest::{Response, Result};

use super::input::{self, Wanted};
use super::{Values, Vectors, post};
use crate::upstream::Upstream;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct One<'a> {
    model: String,
    content: input::Content<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimensionality: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    #[serde(default)]
    embeddings: Vec<Values>,
    usage_metadata: Option<Tokens>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tokens {
    prompt_token_count: Option<u32>,
}

/// Asks for some vectors, the first of this number.
pub fn request(
    wanted: &Wanted,
    inputs: &[EmbedInput],
    first: usize,
    upstream: &Upstream,
) -> Result<HttpRequest> {
    let one = |(number, input)| {
        wanted.with_extra(&One {
            model: Upstream::resource(wanted.model),
            content: input::content(input, number, upstream)?,
            task_type: wanted.task,
            output_dimensionality: wanted.dimensions,
        })
    };
    let requests: Vec<_> = (first..).zip(inputs).map(one).collect::<Result<_>>()?;
    let body = json!({ "requests": requests });
    post(wanted, "batchEmbedContents", &body, upstream)
}

/// What came.
pub fn vectors(response: &Response) -> Result<Vectors> {
    let answer: Answer = tidegate_guest::json::read(response)?;
    Ok(Vectors {
        vectors: answer.embeddings.into_iter().map(|it| it.values).collect(),
        tokens: answer.usage_metadata.and_then(|it| it.prompt_token_count),
        cut: false,
    })
}
