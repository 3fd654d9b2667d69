//! Vectors, by
//! [`InvokeModel`](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_InvokeModel.html), whose
//! bodies are each model's own:
//!
//! | model | becomes |
//! |---|---|
//! | `…titan-embed-…` | [a request](titan) for every input |
//! | `…cohere.embed-…` | [a request](cohere) for 96 inputs |
//! | anything else | refused |

mod cohere;
mod titan;

use serde::Serialize;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Response, Result, json};

use crate::failure;
use crate::upstream::Upstream;
use tidegate_guest::Warnings;

/// Turns inputs into vectors.
pub async fn embed(request: &EmbedRequest, io: &Io) -> Result<Embeddings> {
    let mut warnings = Warnings::default();
    if request.user.is_some() {
        warnings.add("user", "the vendor knows no end users");
    }
    let (vectors, input) = match request.model.as_str() {
        model if model.contains("titan-embed") => titan::embed(request, &mut warnings, io).await?,
        model if model.contains("cohere.embed") => {
            cohere::embed(request, &mut warnings, io).await?
        }
        model => {
            return Err(Error::new(
                ErrorKind::Unsupported,
                format!(
                    "how `{model}` is asked for vectors is not known\n\
                     hint: `amazon.titan-embed-…` and `cohere.embed-…` are"
                ),
            ));
        }
    };
    Ok(Embeddings {
        model: None,
        vectors,
        usage: input.map(|input| Usage {
            input: Some(input),
            ..Usage::default()
        }),
        warnings: warnings.into_list(),
    })
}

async fn invoke(request: &EmbedRequest, body: &impl Serialize, io: &Io) -> Result<Response> {
    let url = Upstream::new(io).model(&request.model, "invoke")?;
    let fetch = json::post_with_extra(&url, body, request.extra.as_deref())?;
    failure::check(io.fetch(fetch).await?)
}

/// The vendor's own count of what went in.
fn counted(response: &Response) -> Option<u32> {
    response
        .header("x-amzn-bedrock-input-token-count")?
        .parse()
        .ok()
}

/// The sum of what is known; `None` where nothing is.
fn sum(one: Option<u32>, other: Option<u32>) -> Option<u32> {
    match (one, other) {
        (Some(one), Some(other)) => Some(one.saturating_add(other)),
        (one, other) => one.or(other),
    }
}

/// The base64 text of a picture.
fn picture(media: &Media) -> Result<std::borrow::Cow<'_, str>> {
    let of_pictures = media
        .media_type
        .as_deref()
        .is_none_or(|it| it.starts_with("image/"));
    match &media.source {
        MediaSource::Bytes(bytes) if of_pictures => Ok(tidegate_guest::media::base64(bytes).into()),
        MediaSource::Url(url) if of_pictures => match tidegate_guest::media::split_data_url(url) {
            Some((_, data)) => Ok(data.into()),
            None => Err(unsupported("pictures by URL; send their bytes")),
        },
        _ => Err(unsupported("media other than pictures, by their bytes")),
    }
}

fn unsupported(what: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("this model does not take {what}"),
    )
}
