//! A provider for Amazon Bedrock: its
//! [Converse API](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html), in which
//! all its models answer conversations, and what is not a conversation through its older `InvokeModel`.

mod info;
mod model;

mod request;

mod answer;
mod state;

mod embed;
mod models;

mod failure;
mod upstream;

use serde::Deserialize;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result, json};

use crate::answer::Answer;
use crate::upstream::Upstream;
use tidegate_guest::Warnings;

/// The models of Amazon Bedrock in one region.
#[derive(Default)]
pub struct Bedrock;

impl Provider for Bedrock {
    fn describe(&self) -> ProviderInfo {
        info::provider_info()
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        let upstream = Upstream::new(io);
        let mut warnings = Warnings::default();
        let body = request::body(&request, &mut warnings)?;
        let method = match request.stream {
            true => "converse-stream",
            false => "converse",
        };
        let url = upstream.model(&request.model, method)?;
        let extra = request.extra.as_deref();
        let mut fetch = json::post_with_extra_in(&url, &body, extra, request::ADDITIONAL)?;
        if request.stream {
            fetch.delivery = Delivery::AwsEventStream;
        }
        warnings.emit(io);

        let mut response = failure::check(io.fetch(fetch).await?)?;
        let mut answer = Answer::new(io, &response);
        // A relay that cannot stream may answer a streaming request with the whole message.
        if response.body.is_some() {
            return answer.whole(&response);
        }
        while let Some(frame) = response.frame().await? {
            if let Frame::Message(message) = frame
                && answer.event(&message)?
            {
                break;
            }
        }
        answer.finish()?;
        // The message is complete, but the connection can only serve another request once its
        // answer is read to the end. Whatever goes wrong there no longer matters.
        while let Ok(Some(_)) = response.frame().await {}
        Ok(())
    }

    async fn embed(&self, request: EmbedRequest, io: &Io) -> Result<Embeddings> {
        embed::embed(&request, io).await
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        models::list(io).await
    }

    /// [Counting tokens](https://docs.aws.amazon.com/bedrock/latest/userguide/count-tokens.html) is
    /// free. Not every model does it; the others refuse.
    async fn count_tokens(&self, request: ChatRequest, io: &Io) -> Result<TokenCount> {
        #[derive(Deserialize)]
        #[serde(rename_all = "camelCase")]
        struct Count {
            input_tokens: u32,
        }
        let mut warnings = Warnings::default();
        let body = request::body(&request, &mut warnings)?.for_counting();
        warnings.log(io);

        let url = Upstream::new(io).base_model(&request.model, "count-tokens")?;
        let response = failure::check(io.fetch(json::post(&url, &body)?).await?)?;
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

tidegate_guest::export!(Bedrock);
