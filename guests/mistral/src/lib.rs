//! Mistral.
//!
//! Chat completions, filling gaps in code, embeddings and models, by the dialect that Mistral shares
//! with most vendors and has words of its own in. <https://docs.mistral.ai/api>

mod describe;
mod profile;
mod safe_prompt;

use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result};
use tidegate_openai_compatible::Dialect;

use crate::describe::{BASE_URL, describe};

/// Mistral's API.
#[derive(Default)]
pub struct Mistral;

impl Provider for Mistral {
    fn describe(&self) -> ProviderInfo {
        describe()
    }

    async fn chat(&self, mut request: ChatRequest, io: &Io) -> Result<()> {
        request.extra = safe_prompt::add(request.extra, io);
        dialect(&request.model, io)?.chat(&request, io).await
    }

    async fn complete(&self, request: TextRequest, io: &Io) -> Result<()> {
        dialect(&request.model, io)?.complete(&request, io).await
    }

    async fn embed(&self, request: EmbedRequest, io: &Io) -> Result<Embeddings> {
        dialect(&request.model, io)?.embed(&request, io).await
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        dialect("", io)?.list_models(io).await
    }
}

fn dialect(model: &str, io: &Io) -> Result<Dialect> {
    Dialect::from_settings(profile::of(model), Some(BASE_URL), io)
}

tidegate_guest::export!(Mistral);

#[cfg(test)]
mod tests;
