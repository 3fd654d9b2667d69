//! `predict` of Vertex AI: texts, for older models.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tidegate_guest::types::{EmbedInput, HttpRequest};
use tidegate_guest::{Response, Result, json};

use super::input::{self, Wanted};
use super::{Values, Vectors, post};
use crate::upstream::Upstream;

#[derive(Serialize)]
struct Body<'a, P: Serialize> {
    instances: Vec<Instance<'a>>,
    parameters: P,
}

// The names of the members are not camel-cased here, by the vendor's own documentation.
#[derive(Serialize)]
struct Instance<'a> {
    content: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    task_type: Option<&'a str>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Parameters {
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimensionality: Option<u32>,
}

#[derive(Deserialize)]
struct Answer {
    #[serde(default)]
    predictions: Vec<Prediction>,
}

#[derive(Deserialize)]
struct Prediction {
    embeddings: Embedding,
}

#[derive(Deserialize)]
struct Embedding {
    #[serde(flatten)]
    values: Values,
    statistics: Option<Statistics>,
}

#[derive(Deserialize)]
struct Statistics {
    // A whole number, written as `4.0` by some models.
    #[serde(default)]
    token_count: f64,
    #[serde(default)]
    truncated: bool,
}

/// Asks for some vectors, the first of this number.
pub fn request(
    wanted: &Wanted,
    inputs: &[EmbedInput],
    first: usize,
    upstream: &Upstream,
) -> Result<HttpRequest> {
    let instance = |(number, input)| {
        Ok(Instance {
            content: input::text(input, number)?,
            task_type: wanted.task,
        })
    };
    let body = Body {
        instances: (first..).zip(inputs).map(instance).collect::<Result<_>>()?,
        parameters: wanted.with_extra(&Parameters {
            output_dimensionality: wanted.dimensions,
        })?,
    };
    post(wanted, "predict", &body, upstream)
}

/// What came.
pub fn vectors(response: &Response) -> Result<Vectors> {
    let answer: Answer = json::read(response)?;
    let mut vectors = Vec::with_capacity(answer.predictions.len());
    let mut tokens: Option<u32> = None;
    let mut cut = false;
    for Prediction { embeddings } in answer.predictions {
        vectors.push(embeddings.values.values);
        if let Some(statistics) = embeddings.statistics {
            // `as` saturates, and turns what is no number into 0.
            let more = statistics.token_count as u32;
            tokens = Some(tokens.unwrap_or(0).saturating_add(more));
            cut |= statistics.truncated;
        }
    }
    Ok(Vectors {
        vectors,
        tokens,
        cut,
    })
}
