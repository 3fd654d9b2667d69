//! `POST /v1/completions`: texts to be continued, the older way of asking.
//!
//! <https://platform.openai.com/docs/api-reference/completions>

mod request;
mod answer;
mod stream;
mod logprobs;

use crate::call::{Call, Response};
use crate::failure::Failure;
use crate::json;

use super::identity::Identity;

/// Continues texts, whole or as a stream.
pub async fn handle(mut call: Call) -> Result<Response, Failure> {
    let body = call.body().await?;
    let (request, include_usage, warnings) = json::read::<request::Continue>(&body)?.read()?;
    drop(body);
    call.warn(warnings);
    let identity = Identity::new("cmpl", call.id(), request.model.clone());
    let (streamed, logprobs) = (request.stream, request.sampling.logprobs.is_some());
    let opening = call.complete_text(request)?;
    if streamed {
        let chunks = stream::Chunks::new(identity, include_usage, logprobs);
        return call.stream(opening, chunks).await;
    }
    let events = opening.await?;
    let version = events.version().clone();
    let completion = call.fold(events).await?;
    let body = answer::write(&completion, identity)?;
    Ok(call.whole(body, Some(&version), &completion.warnings))
}
