//! `POST /v1/chat/completions`.
//!
//! <https://platform.openai.com/docs/api-reference/chat>

mod request;
mod message;
mod assistant;
mod functions;
mod tools;
mod calls;
mod format;
mod answer;
mod stream;
mod delta;
mod places;
mod reasoning;
mod sources;
mod audio;
mod wire;
mod shape;
#[cfg(test)]
mod tests;

use crate::call::{Call, Response};
use crate::failure::Failure;
use crate::json;

use super::identity::Identity;

/// Answers a conversation, whole or as a stream.
pub async fn handle(mut call: Call) -> Result<Response, Failure> {
    let body = call.body().await?;
    let (request, shape, warnings) = json::read::<request::Chat>(&body)?.read()?;
    drop(body);
    call.warn(warnings);
    let identity = Identity::new("chatcmpl", call.id(), request.model.clone());
    let streamed = request.stream;
    let opening = call.chat(request)?;
    if streamed {
        return call
            .stream(opening, stream::Chunks::new(identity, shape))
            .await;
    }
    let events = opening.await?;
    let version = events.version().clone();
    let mut completion = call.fold(events).await?;
    if shape.functions {
        functions::keep_first_calls(&mut completion);
    }
    let body = answer::write(&completion, identity, &shape)?;
    Ok(call.whole(body, Some(&version), &completion.warnings))
}
