//! `complete`: the task text generation, once per text.
//!
//! <https://huggingface.co/docs/inference-providers/tasks/text-generation>

use serde::Serialize;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::answer::Answer;
use crate::loading::patiently;
use crate::place;

#[derive(Serialize)]
struct Body<'a> {
    inputs: &'a str,
    parameters: Parameters<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
}

#[derive(Serialize)]
struct Parameters<'a> {
    /// Makes a whole answer say why it ends and how many tokens it has; streams say so anyway.
    details: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    do_sample: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    frequency_penalty: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_new_tokens: Option<u32>,
    /// The text is not repeated unless asked for, which this API does by default in places.
    return_full_text: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    seed: Option<i64>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    stop: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    temperature: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_k: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_p: Option<f64>,
}

/// Continues each of the texts.
pub async fn complete(request: &TextRequest, io: &Io) -> Result<()> {
    let url = place::url(&request.model, "", io)?;
    let mut warnings = warnings(request);
    let mut used = Usage::default();
    for (index, prompt) in (0..).zip(&request.prompts) {
        let body = Body {
            inputs: prompt,
            parameters: parameters(&request.sampling),
            stream: request.stream,
        };
        let mut post =
            json::post_with_extra_in(&url, &body, request.extra.as_deref(), "parameters")?;
        if request.stream {
            post.delivery = Delivery::ServerSentEvents;
        }
        let fetch = async || io.fetch(post.clone()).await?.error_for_status();
        let response = patiently(io, fetch).await?;
        // Not before the upstream has accepted it: until then a host may ask another.
        for (subject, message) in warnings.drain(..) {
            io.warn(subject, message);
        }
        let wants_logprobs = request.sampling.logprobs.is_some();
        let mut answer = Answer::new(io, index, wants_logprobs, used);
        if request.echo == Some(true) {
            answer.choice.text(prompt);
        }
        used = answer.read(response).await?;
    }
    Ok(())
}

fn parameters(sampling: &Sampling) -> Parameters<'_> {
    // 0 is refused; it means that nothing is left to chance.
    let is_greedy = sampling.temperature == Some(0.0);
    Parameters {
        details: true,
        do_sample: is_greedy.then_some(false),
        frequency_penalty: sampling.frequency_penalty,
        max_new_tokens: sampling.max_output_tokens,
        return_full_text: false,
        seed: sampling.seed,
        stop: &sampling.stop,
        temperature: sampling.temperature.filter(|_| !is_greedy),
        top_k: sampling.top_k,
        // 1 is refused, and is what comes without it.
        top_p: sampling.top_p.filter(|&share| share < 1.0),
    }
}

fn warnings(request: &TextRequest) -> Vec<(&'static str, &'static str)> {
    let sampling = &request.sampling;
    let alternatives = sampling
        .logprobs
        .is_some_and(|alternatives| alternatives > 0);
    [
        (
            request.choices.is_some_and(|choices| choices > 1),
            ("choices", "this API makes one answer per text"),
        ),
        (
            request.suffix.is_some(),
            ("suffix", "this API continues texts, and fills no gaps"),
        ),
        (
            request.user.is_some(),
            ("user", "this API knows no end users"),
        ),
        (
            sampling.presence_penalty.is_some(),
            (
                "sampling.presence-penalty",
                "this API has `frequency_penalty` only",
            ),
        ),
        (
            alternatives,
            (
                "sampling.logprobs",
                "this API tells of the tokens that were chosen only",
            ),
        ),
    ]
    .into_iter()
    .filter_map(|(is_asked, warning)| is_asked.then_some(warning))
    .collect()
}
