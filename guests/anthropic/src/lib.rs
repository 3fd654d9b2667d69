//! A provider for Anthropic's [Messages API](https://platform.claude.com/docs/en/api/messages).

mod info;
mod model;

mod request;

mod answer;
mod state;

mod models;
mod upstream;

use serde::Deserialize;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result, json};

use crate::answer::Answer;
use crate::upstream::Upstream;
use tidegate_guest::Warnings;

/// Claude, or whatever speaks its API at `base-url`.
#[derive(Default)]
pub struct Anthropic;

impl Provider for Anthropic {
    fn describe(&self) -> ProviderInfo {
        info::provider_info()
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        let mut warnings = Warnings::default();
        let body = request::body(&request, io.context(), &mut warnings)?;
        warnings.emit(io);

        let upstream = Upstream::new(io).with_files(request::names_files(&request));
        let mut fetch = upstream.post("messages", &body, request.extra.as_deref())?;
        if request.stream {
            fetch.delivery = Delivery::ServerSentEvents;
        }
        let mut response = io.fetch(fetch).await?.error_for_status()?;

        let mut answer = Answer::new(io);
        // A relay that cannot stream may answer a streaming request with the whole message.
        if response.body.is_some() {
            return answer.whole(&response);
        }
        while let Some(event) = response.event().await? {
            if answer.event(&event.data)? {
                break;
            }
        }
        answer.finish()?;
        // The message is complete, but the connection can only serve another request once its
        // answer is read to the end. Whatever goes wrong there no longer matters.
        while let Ok(Some(_)) = response.frame().await {}
        Ok(())
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        models::list(io).await
    }

    /// [Token counting](https://platform.claude.com/docs/en/api/messages/count_tokens) is free and
    /// has rate limits of its own.
    async fn count_tokens(&self, request: ChatRequest, io: &Io) -> Result<TokenCount> {
        #[derive(Deserialize)]
        struct Count {
            input_tokens: u32,
        }
        let mut warnings = Warnings::default();
        let body = request::body(&request, io.context(), &mut warnings)?.for_counting();
        warnings.log(io);

        let upstream = Upstream::new(io).with_files(request::names_files(&request));
        let fetch = upstream.post("messages/count_tokens", &body, request.extra.as_deref())?;
        let response = io.fetch(fetch).await?.error_for_status()?;
        let count: Count = json::read(&response)?;
        Ok(TokenCount {
            input: count.input_tokens,
            estimated: false,
        })
    }

    async fn check(&self, io: &Io) -> Result<Health> {
        models::check(io).await
    }
}

tidegate_guest::export!(Anthropic);
