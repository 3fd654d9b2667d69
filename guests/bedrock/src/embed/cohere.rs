//! [Cohere Embed](https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html), 3 and
//! [4](https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed-v4.html).

use serde::{Deserialize, Serialize};
use tidegate_guest::media::data_url;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use super::{counted, invoke, picture, sum, unsupported};
use tidegate_guest::Warnings;

/// The most inputs of one request.
const INPUTS: usize = 96;

/// What vectors are for unless the caller says, since the model has to know.
const PURPOSE: &str = "search_document";

#[derive(Serialize)]
struct Body<'a> {
    #[serde(flatten)]
    inputs: Inputs<'a>,
    input_type: &'a str,
    embedding_types: [&'static str; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    output_dimension: Option<u32>,
}

#[derive(Serialize)]
#[serde(rename_all = "lowercase")]
enum Inputs<'a> {
    Texts(Vec<&'a str>),
    Images([String; 1]),
}

#[derive(Deserialize)]
struct Answer {
    embeddings: Vectors,
}

#[derive(Deserialize)]
struct Vectors {
    float: Vec<Vec<f32>>,
}

/// A request for texts in a row, and one for each picture.
pub async fn embed(
    request: &EmbedRequest,
    warnings: &mut Warnings,
    io: &Io,
) -> Result<(Vec<Vec<f32>>, Option<u32>)> {
    let purpose = match request.purpose.as_deref() {
        Some("query") => "search_query",
        Some("document") => "search_document",
        Some(purpose) => purpose,
        None => {
            warnings.add(
                "purpose",
                format!("this model wants to know what vectors are for; `{PURPOSE}` was taken"),
            );
            PURPOSE
        }
    };
    let of_one_length = request.model.contains("-v3");
    let output_dimension = request.dimensions.filter(|_| !of_one_length);
    if output_dimension != request.dimensions {
        warnings.add("dimensions", "the vectors of this model have one length");
    }
    let mut vectors = Vec::with_capacity(request.inputs.len());
    let mut tokens = None;
    let mut rest = request.inputs.as_slice();
    while let Some(first) = rest.first() {
        let texts = rest.iter().take(INPUTS).map_while(|input| match input {
            EmbedInput::Text(text) => Some(text.as_str()),
            _ => None,
        });
        let texts: Vec<&str> = texts.collect();
        let taken = texts.len().max(1);
        let (inputs, input_type) = match first {
            EmbedInput::Text(_) => (Inputs::Texts(texts), purpose),
            EmbedInput::Media(media) => {
                let media_type = media.media_type.as_deref().unwrap_or("image/png");
                let data = picture(media)?;
                let head = data_url(Some(media_type), &[]);
                (Inputs::Images([format!("{head}{data}")]), "image")
            }
            EmbedInput::Tokens(_) => return Err(unsupported("token ids; send the text")),
        };
        let body = Body {
            inputs,
            input_type,
            // The form of the answer depends on whether it is said.
            embedding_types: ["float"],
            output_dimension,
        };
        let response = invoke(request, &body, io).await?;
        let answer: Answer = json::read(&response)?;
        let got = answer.embeddings.float;
        if got.len() != taken {
            return Err(Error::new(
                ErrorKind::Upstream,
                format!("the upstream gave {} vectors for {taken} inputs", got.len()),
            ));
        }
        tokens = sum(tokens, counted(&response));
        vectors.extend(got);
        rest = rest.get(taken..).unwrap_or_default();
    }
    Ok((vectors, tokens))
}
