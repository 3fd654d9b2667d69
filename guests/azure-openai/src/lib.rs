//! Azure OpenAI: the models of a resource of one's own, under the names of its deployments.
//!
//! <https://learn.microsoft.com/azure/ai-foundry/openai/reference>

mod describe;
mod surface;
mod deployments;
mod models;
#[cfg(test)]
mod tests;

use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result};
use tidegate_openai_compatible::Api;

use crate::deployments::Deployments;
use crate::surface::{Place, Service};

/// A resource of Azure OpenAI, or of Azure AI Foundry.
#[derive(Default)]
pub struct AzureOpenAi;

impl Provider for AzureOpenAi {
    fn describe(&self) -> ProviderInfo {
        describe::provider_info()
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        let deployment = Deployments::read(io)?.of(&request.model);
        let api = Api::choose(io, &request.model, &request);
        // The name of a deployment says nothing of its model; the one it is mapped from does.
        let (model, request) = (
            request.model.clone(),
            ChatRequest {
                model: deployment,
                ..request
            },
        );
        let service = Service::new(io)?;
        match api {
            Api::ChatCompletions => {
                let dialect = service.dialect(Place::Deployment(&request.model))?;
                dialect.chat(&request, io).await
            }
            Api::Responses => {
                let dialect = service.dialect(Place::Responses)?;
                dialect.respond(&request, &model, io).await
            }
        }
    }

    async fn complete(&self, request: TextRequest, io: &Io) -> Result<()> {
        let request = TextRequest {
            model: Deployments::read(io)?.of(&request.model),
            ..request
        };
        let dialect = Service::new(io)?.dialect(Place::Deployment(&request.model))?;
        dialect.complete(&request, io).await
    }

    async fn embed(&self, request: EmbedRequest, io: &Io) -> Result<Embeddings> {
        let request = EmbedRequest {
            model: Deployments::read(io)?.of(&request.model),
            ..request
        };
        let dialect = Service::new(io)?.dialect(Place::Deployment(&request.model))?;
        dialect.embed(&request, io).await
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        let deployments = Deployments::read(io)?;
        let dialect = Service::new(io)?.dialect(Place::Models)?;
        let listed = dialect.list_models(io).await?;
        Ok(models::offered(listed, deployments))
    }
}

tidegate_guest::export!(AzureOpenAi);
