//! Replicate: models that run as predictions, by the HTTP API
//! (<https://replicate.com/docs/reference/http>).
//!
//! One chat is several requests: create a prediction, follow its stream or wait and look again, and
//! look once more at the end. The stream only hurries: what the prediction says of itself decides.

mod chat;
mod prompt;

mod complete;

mod models;

mod run;
mod output;
mod patience;
mod stream;

mod api;
mod failure;
mod prediction;

mod input;
mod family;

mod describe;

use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result};

/// The provider.
#[derive(Default)]
pub struct Replicate;

impl Provider for Replicate {
    fn describe(&self) -> ProviderInfo {
        describe::describe()
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        chat::chat(&request, io).await
    }

    async fn complete(&self, request: TextRequest, io: &Io) -> Result<()> {
        complete::complete(&request, io).await
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        models::list(io).await
    }

    async fn check(&self, io: &Io) -> Result<Health> {
        models::check(io).await
    }
}

tidegate_guest::export!(Replicate);

#[cfg(test)]
mod tests;
