//! A provider for Google's models by their own API, `generateContent` and its relatives: the
//! [Gemini API](https://ai.google.dev/api) and, where the setting `project` is there,
//! [Vertex AI](https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/inference).
//!
//! ```toml
//! [providers.gemini]
//! component = "bundled:gemini"
//! allow = ["https://generativelanguage.googleapis.com/v1beta/*"]
//! secrets = { api-key = { env = "GEMINI_API_KEY" } }
//!
//! [providers.vertex]
//! component = "bundled:gemini"
//! allow = ["https://europe-west4-aiplatform.googleapis.com/v1beta1/*"]
//! secrets = { access-token = { env = "GOOGLE_OAUTH_ACCESS_TOKEN" } }
//!
//! [providers.vertex.settings]
//! base-url = "https://europe-west4-aiplatform.googleapis.com/v1beta1"
//! project = "my-project"
//! location = "europe-west4"
//! ```

mod request;
mod model;

mod answer;
mod state;

mod embed;
mod models;

mod upstream;
mod failure;
mod info;

use serde::Deserialize;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result, json};

use crate::answer::Answer;
use crate::upstream::Upstream;
use tidegate_guest::Warnings;

/// Gemini, and whatever else is served behind the same API.
#[derive(Default)]
pub struct Gemini;

impl Provider for Gemini {
    fn describe(&self) -> ProviderInfo {
        info::provider_info()
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        let upstream = Upstream::new(io)?;
        let mut warnings = Warnings::default();
        let fetch = request::generate(&request, &upstream, &mut warnings)?;
        warnings.emit(io);

        let mut response = failure::check(io.fetch(fetch).await?, io)?;
        let mut answer = Answer::new(io, request.choices.unwrap_or(1));
        // Without `alt=sse`, as some relays ask on, a stream is one JSON array.
        if response.body.is_some() {
            answer.whole(&response)?;
            return answer.finish();
        }
        loop {
            match response.event().await {
                Ok(Some(event)) => answer.chunk(&event.data)?,
                Ok(None) => break,
                // Everything has been said; what breaks after that does no harm.
                Err(_) if answer.is_complete() => break,
                Err(error) => return Err(error),
            }
        }
        answer.finish()
    }

    async fn embed(&self, request: EmbedRequest, io: &Io) -> Result<Embeddings> {
        embed::embed(&request, io).await
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        models::list(io).await
    }

    /// [Token counting](https://ai.google.dev/api/tokens) costs nothing.
    async fn count_tokens(&self, request: ChatRequest, io: &Io) -> Result<TokenCount> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Count {
            // An empty prompt has none, which the API leaves out.
            #[serde(default)]
            total_tokens: u32,
        }
        let upstream = Upstream::new(io)?;
        let mut warnings = Warnings::default();
        let fetch = request::count(&request, &upstream, &mut warnings)?;
        warnings.log(io);
        let response = failure::check(io.fetch(fetch).await?, io)?;
        let count: Count = json::read(&response)?;
        Ok(TokenCount {
            input: count.total_tokens,
            estimated: false,
        })
    }

    async fn check(&self, io: &Io) -> Result<Health> {
        models::check(io).await
    }
}

tidegate_guest::export!(Gemini);
