//! `complete`: `POST /api/generate` (<https://docs.ollama.com/api/generate>), once per text.
//!
//! The model's template is applied, as Ollama does for its own OpenAI-like completions; with
//! `"raw": true` in `extra` it is not.

use serde::Serialize;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::answer::Answer;
use crate::sampling::{self, Options};
use crate::{endpoint, lines};

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    prompt: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    suffix: Option<&'a str>,
    stream: bool,
    #[serde(skip_serializing_if = "Options::is_empty")]
    options: Options<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
}

pub async fn complete(request: &TextRequest, io: &Io) -> Result<()> {
    if request.choices.is_some_and(|choices| choices > 1) {
        io.warn("choices", "Ollama makes one answer per text");
    }
    if request.user.is_some() {
        io.warn("user", "Ollama knows no end users");
    }
    let (logprobs, top_logprobs) = sampling::logprobs(&request.sampling);
    let mut used = Usage::default();
    for (index, prompt) in (0..).zip(&request.prompts) {
        let body = Body {
            model: &request.model,
            prompt,
            suffix: request.suffix.as_deref(),
            stream: request.stream,
            options: sampling::options(&request.sampling),
            logprobs,
            top_logprobs,
        };
        let url = endpoint(io, "/api/generate");
        let post = json::post_with_extra_in(&url, &body, request.extra.as_deref(), "options")?;
        let mut answer = Answer::new(io, index);
        answer.used = used;
        if request.echo == Some(true) {
            answer.choice.text(prompt);
        }
        lines::read(post, request.stream, &mut answer, io).await?;
        used = answer.used;
    }
    Ok(())
}
