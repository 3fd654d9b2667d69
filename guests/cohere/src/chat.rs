//! `chat`: `POST /v2/chat` (<https://docs.cohere.com/reference/chat>).

use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::answer::Answer;
use crate::request;
use crate::upstream::{endpoint, fetch};
use crate::warnings::Warnings;

pub async fn chat(request: &ChatRequest, io: &Io) -> Result<()> {
    let mut warnings = Warnings::default();
    let body = request::body(request, &mut warnings)?;
    let url = endpoint(io, "/v2/chat");
    let mut post = json::post_with_extra(&url, &body, request.extra.as_deref())?;
    if request.stream {
        post.delivery = Delivery::ServerSentEvents;
    }
    let mut response = fetch(post, &mut warnings, io).await?;
    warnings.emit(io);

    let mut answer = Answer::new(io);
    // A relay that cannot stream may answer a streaming request whole.
    if response.body.is_some() {
        answer.whole(&response)?;
        return answer.finish();
    }
    while let Some(event) = response.event().await? {
        if answer.event(&event)? {
            break;
        }
    }
    answer.finish()?;
    // The answer is complete, but the connection can only serve another request once it is read to
    // the end. Whatever goes wrong there no longer matters.
    while let Ok(Some(_)) = response.frame().await {}
    Ok(())
}
