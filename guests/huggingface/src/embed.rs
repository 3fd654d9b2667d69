//! `embed`: the task feature extraction.
//!
//! <https://huggingface.co/docs/inference-providers/tasks/feature-extraction>

use serde::{Deserialize, Serialize};
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::place;

#[derive(Serialize)]
struct Body<'a> {
    inputs: Vec<&'a str>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Answer {
    Vectors(Vec<Vec<f32>>),
    /// Of a model that was not made for this: a vector for each token of each text.
    OfTokens(#[expect(dead_code, reason = "told apart by its form")] Vec<Vec<Vec<f32>>>),
}

/// Turns texts into vectors.
pub async fn embed(request: &EmbedRequest, io: &Io) -> Result<Embeddings> {
    let body = Body {
        inputs: request.inputs.iter().map(text).collect::<Result<_>>()?,
    };
    let url = place::url(&request.model, "/pipeline/feature-extraction", io)?;
    let post = json::post_with_extra(&url, &body, request.extra.as_deref())?;
    let response = io.fetch(post).await?.error_for_status()?;
    let vectors = match json::read(&response)? {
        Answer::Vectors(vectors) => vectors,
        Answer::OfTokens(_) => {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "this model gives a vector for each token\nhint: ask for a model of the library `sentence-transformers`",
            ));
        }
    };
    if vectors.len() != request.inputs.len() {
        let (got, wanted) = (vectors.len(), request.inputs.len());
        return Err(Error::new(
            ErrorKind::Upstream,
            format!("the upstream answered {wanted} inputs with {got} vectors"),
        ));
    }
    Ok(Embeddings {
        model: None,
        vectors,
        usage: None,
        warnings: warnings(request),
    })
}

fn text(input: &EmbedInput) -> Result<&str> {
    match input {
        EmbedInput::Text(text) => Ok(text),
        EmbedInput::Tokens(_) | EmbedInput::Media(_) => Err(Error::new(
            ErrorKind::Unsupported,
            "this API embeds texts, not tokens or media",
        )),
    }
}

fn warnings(request: &EmbedRequest) -> Vec<Warning> {
    let purpose = "models call purposes as they like: send `prompt_name` in `extra`";
    [
        (
            request.dimensions.is_some(),
            "dimensions",
            "this API gives vectors as long as they are",
        ),
        (request.purpose.is_some(), "purpose", purpose),
        (
            request.user.is_some(),
            "user",
            "this API knows no end users",
        ),
    ]
    .into_iter()
    .filter(|(is_asked, ..)| *is_asked)
    .map(|(_, subject, message)| Warning {
        subject: Some(subject.into()),
        message: message.into(),
    })
    .collect()
}
