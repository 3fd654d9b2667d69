//! Ollama: models on one's own machine, or hosted, by the native API
//! (<https://docs.ollama.com/api>), not the OpenAI-like one, which leaves half of it out.

mod describe;

mod chat;
mod messages;
mod sampling;
mod tools;

mod complete;

mod answer;
mod lines;

mod embed;
mod models;

use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result};

/// The provider.
#[derive(Default)]
pub struct Ollama;

impl Provider for Ollama {
    fn describe(&self) -> ProviderInfo {
        describe::describe()
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        chat::chat(&request, io).await
    }

    async fn complete(&self, request: TextRequest, io: &Io) -> Result<()> {
        complete::complete(&request, io).await
    }

    async fn embed(&self, request: EmbedRequest, io: &Io) -> Result<Embeddings> {
        embed::embed(&request, io).await
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        models::list(io).await
    }

    async fn check(&self, io: &Io) -> Result<Health> {
        models::check(io).await
    }
}

tidegate_guest::export!(Ollama);

/// The URL of an endpoint.
fn endpoint(io: &Io, path: &str) -> String {
    let base = io.setting("base-url").unwrap_or(describe::BASE_URL);
    format!("{}{path}", base.trim_end_matches('/'))
}

#[cfg(test)]
mod tests;
