//! `POST /v1/responses`: the API that OpenAI's newer clients speak.
//!
//! <https://platform.openai.com/docs/api-reference/responses>
//!
//! Nothing is stored: every request has the whole conversation in `input`, and what only makes sense
//! with a memory (`previous_response_id`, `store: true`) is refused. What the vendor wants back, a
//! signature of reasoning for example, travels in `encrypted_content` and in members `tidegate`.

mod input_tokens;
mod request;
mod unsupported;
mod input;
mod part;
mod tools;
mod format;
mod answer;
mod stream;
mod shown;
mod wire;
mod settings;
mod output;
mod item;
mod annotation;
mod proof;
mod state;
mod usage;
#[cfg(test)]
mod tests;

use crate::call::{Call, Response};
use crate::failure::Failure;
use crate::json;
use crate::only_choice;

use answer::Head;
pub use input_tokens::count;

/// Answers a conversation, whole or as a stream of typed events.
pub async fn handle(mut call: Call) -> Result<Response, Failure> {
    let body = call.body().await?;
    let (request, settings, warnings) = json::read::<request::Create>(&body)?.read()?;
    drop(body);
    call.warn(warnings);
    let head = Head::new(request.model.clone(), settings);
    let streamed = request.stream;
    let opening = call.chat(request)?;
    if streamed {
        return call.stream(opening, stream::Events::new(head)).await;
    }
    let events = opening.await?;
    let version = events.version().clone();
    let mut completion = call.fold(events).await?;
    only_choice::keep_first(&mut completion);
    let body = answer::write(&completion, head)?;
    Ok(call.whole(body, Some(&version), &completion.warnings))
}
