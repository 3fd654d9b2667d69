//! Cohere: conversations, vectors, reranking and models, by version 2 of
//! [its API](https://docs.cohere.com/reference/about).
//!
//! Token counts are not offered: the vendor's tokenizer counts a text, not a conversation with the
//! template and the tools that the model gets to see.

mod describe;

mod chat;
mod request;
mod answer;

mod embed;
mod rerank;
mod models;

mod upstream;
mod warnings;

use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result};

/// The provider.
#[derive(Default)]
pub struct Cohere;

impl Provider for Cohere {
    fn describe(&self) -> ProviderInfo {
        describe::describe()
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        chat::chat(&request, io).await
    }

    async fn embed(&self, request: EmbedRequest, io: &Io) -> Result<Embeddings> {
        embed::embed(&request, io).await
    }

    async fn rerank(&self, request: RerankRequest, io: &Io) -> Result<Ranking> {
        rerank::rerank(&request, io).await
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        models::list(io).await
    }

    async fn check(&self, io: &Io) -> Result<Health> {
        models::check(io).await
    }
}

tidegate_guest::export!(Cohere);

#[cfg(test)]
mod tests;
