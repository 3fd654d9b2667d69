//! `POST /v1/messages`.
//!
//! <https://platform.claude.com/docs/en/api/messages/create>

mod request;
mod message;
mod block;
mod media;
mod tools;
mod thinking;
mod answer;
mod stream;
mod blocks;
mod kept;
mod piece;
mod identity;
mod made;
#[cfg(test)]
mod tests;

use crate::call::{Call, Response};
use crate::failure::Failure;
use crate::json;
use crate::only_choice;

use super::beta;
use identity::Identity;

pub use request::Messages;

/// Answers a conversation, whole or as a stream.
pub async fn handle(mut call: Call) -> Result<Response, Failure> {
    let body = call.body().await?;
    let (request, warnings) = json::read::<Messages>(&body)?.read()?;
    drop(body);
    call.warn(beta::warnings(call.headers()));
    call.warn(warnings);
    let identity = Identity::new(call.id(), request.model.clone());
    let streamed = request.stream;
    let opening = call.chat(request)?;
    if streamed {
        return call.stream(opening, stream::Events::new(identity)).await;
    }
    let events = opening.await?;
    let version = events.version().clone();
    let mut completion = call.fold(events).await?;
    only_choice::keep_first(&mut completion);
    let body = answer::write(&completion, identity)?;
    Ok(call.whole(body, Some(&version), &completion.warnings))
}
