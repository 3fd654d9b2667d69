//! [Titan embeddings](https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-text.html)
//! of texts, and of [pictures](https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-titan-embed-mm.html).

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use super::{counted, invoke, picture, sum, unsupported};
use tidegate_guest::Warnings;

#[derive(Serialize, Default)]
#[serde(rename_all = "camelCase")]
struct Body<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    input_text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    input_image: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    embedding_config: Option<Config>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Config {
    output_embedding_length: u32,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Answer {
    embedding: Vec<f32>,
    input_text_token_count: Option<u32>,
}

/// One request for each input, which is all that the model takes.
pub async fn embed(
    request: &EmbedRequest,
    warnings: &mut Warnings,
    io: &Io,
) -> Result<(Vec<Vec<f32>>, Option<u32>)> {
    if request.purpose.is_some() {
        warnings.add("purpose", "the vectors of this model are for everything");
    }
    let of_pictures = request.model.contains("titan-embed-image");
    let of_one_length =
        request.model.contains("titan-embed-text-v1") || request.model.contains("titan-embed-g1");
    let dimensions = request.dimensions.filter(|_| !of_one_length);
    if dimensions != request.dimensions {
        warnings.add("dimensions", "the vectors of this model have one length");
    }
    let mut vectors = Vec::with_capacity(request.inputs.len());
    let mut tokens = None;
    for input in &request.inputs {
        let body = Body {
            input_text: match input {
                EmbedInput::Text(text) => Some(text),
                _ => None,
            },
            input_image: match input {
                EmbedInput::Media(media) if of_pictures => Some(picture(media)?),
                EmbedInput::Media(_) => return Err(unsupported("anything but text")),
                EmbedInput::Tokens(_) => return Err(unsupported("token ids; send the text")),
                EmbedInput::Text(_) => None,
            },
            dimensions: dimensions.filter(|_| !of_pictures),
            embedding_config: dimensions
                .filter(|_| of_pictures)
                .map(|output_embedding_length| Config {
                    output_embedding_length,
                }),
        };
        let response = invoke(request, &body, io).await?;
        let answer: Answer = json::read(&response)?;
        tokens = sum(tokens, answer.input_text_token_count.or(counted(&response)));
        vectors.push(answer.embedding);
    }
    Ok((vectors, tokens))
}
