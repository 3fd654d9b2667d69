//! `embedContent` of Vertex AI: one input, of any kind.

use serde::{Deserialize, Serialize};
use tidegate_guest::types::{EmbedInput, HttpRequest};
use tidegate_guest::{Response, Result, json};

use super::input::{self, Wanted};
use super::{Values, Vectors, post};
use crate::upstream::Upstream;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Body<'a, C: Serialize> {
    content: input::Content<'a>,
    embed_content_config: C,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    task_type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimensionality: Option<u32>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    embedding: Option<Values>,
    #[serde(default)]
    truncated: bool,
    usage_metadata: Option<Tokens>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Tokens {
    prompt_token_count: Option<u32>,
}

/// Asks for one vector, of this number.
pub fn request(
    wanted: &Wanted,
    inputs: &[EmbedInput],
    first: usize,
    upstream: &Upstream,
) -> Result<HttpRequest> {
    let config = Config {
        task_type: wanted.task,
        output_dimensionality: wanted.dimensions,
    };
    let embed_content_config = wanted.with_extra(&config)?;
    let bodies = (first..).zip(inputs).map(|(number, input)| {
        let content = input::content(input, number, upstream)?;
        Ok(Body {
            content,
            embed_content_config: &embed_content_config,
        })
    });
    let bodies: Vec<_> = bodies.collect::<Result<_>>()?;
    post(wanted, "embedContent", &bodies.first(), upstream)
}

/// What came.
pub fn vectors(response: &Response) -> Result<Vectors> {
    let answer: Answer = json::read(response)?;
    Ok(Vectors {
        vectors: answer.embedding.into_iter().map(|it| it.values).collect(),
        tokens: answer.usage_metadata.and_then(|it| it.prompt_token_count),
        cut: answer.truncated,
    })
}
