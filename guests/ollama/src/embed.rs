//! `embed`: `POST /api/embed` (<https://docs.ollama.com/api/embed>).

use serde::{Deserialize, Serialize};
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::endpoint;

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    input: Vec<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dimensions: Option<u32>,
}

#[derive(Deserialize)]
struct Answer {
    model: Option<String>,
    embeddings: Vec<Vec<f32>>,
    prompt_eval_count: Option<u32>,
}

pub async fn embed(request: &EmbedRequest, io: &Io) -> Result<Embeddings> {
    let body = Body {
        model: &request.model,
        input: request.inputs.iter().map(text).collect::<Result<_>>()?,
        dimensions: request.dimensions,
    };
    let url = endpoint(io, "/api/embed");
    let post = json::post_with_extra_in(&url, &body, request.extra.as_deref(), "options")?;
    let response = io.fetch(post).await?.error_for_status()?;
    let answer: Answer = json::read(&response)?;
    if answer.embeddings.len() != request.inputs.len() {
        return Err(Error::new(
            ErrorKind::Upstream,
            format!(
                "Ollama answered {} vectors for {} inputs",
                answer.embeddings.len(),
                request.inputs.len()
            ),
        ));
    }
    Ok(Embeddings {
        model: answer.model,
        vectors: answer.embeddings,
        usage: answer.prompt_eval_count.map(|tokens| Usage {
            input: Some(tokens),
            raw: Some(format!(r#"{{"prompt_eval_count":{tokens}}}"#)),
            ..Usage::default()
        }),
        warnings: warnings(request),
    })
}

fn text(input: &EmbedInput) -> Result<&str> {
    let what = match input {
        EmbedInput::Text(text) => return Ok(text),
        EmbedInput::Tokens(_) => "token ids",
        EmbedInput::Media(_) => "pictures or other media",
    };
    Err(Error::new(
        ErrorKind::Unsupported,
        format!("Ollama makes vectors of texts, not of {what}"),
    ))
}

fn warnings(request: &EmbedRequest) -> Vec<Warning> {
    let warning = |subject: &str, message: &str| Warning {
        subject: Some(subject.into()),
        message: message.into(),
    };
    let mut warnings = vec![];
    if request.purpose.is_some() {
        warnings.push(warning(
            "purpose",
            "Ollama does not ask; some models want a prefix in the text instead",
        ));
    }
    if request.user.is_some() {
        warnings.push(warning("user", "Ollama knows no end users"));
    }
    warnings
}
