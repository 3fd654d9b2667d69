//! Hugging Face: conversations through the router of its Inference Providers, or an Inference Endpoint;
//! texts and vectors by the tasks of a model.
//!
//! Conversations are OpenAI's dialect; a model's name may end with `:provider`, `:fastest` or `:cheapest`.
//! A model that is still being loaded is waited for. <https://huggingface.co/docs/inference-providers>

mod embed;
mod generate;

mod answer;
mod failure;
mod loading;
mod place;
mod settings;

use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result};
use tidegate_openai_compatible::{Dialect, Profile, provider};

use loading::patiently;
use settings::{BASE_URL, settings, wants};

/// Hugging Face's APIs.
#[derive(Default)]
pub struct HuggingFace;

const PROFILE: Profile = Profile {
    // The router passes members on to vendors who may refuse what they do not know.
    top_k: false,
    vendor_state: false,
    ..Profile::COMPATIBLE
};

impl Provider for HuggingFace {
    fn describe(&self) -> ProviderInfo {
        let mut features = provider::features();
        features.retain(|feature| !matches!(feature, Feature::ImageOutput | Feature::AudioOutput));
        ProviderInfo {
            name: "huggingface".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            description: "Hugging Face: Inference Providers and Inference Endpoints".into(),
            vendor: "Hugging Face".into(),
            documentation: Some("https://huggingface.co/docs/inference-providers".into()),
            wants: wants(),
            credentials: vec![Credential {
                name: "token".into(),
                description: "A token from https://huggingface.co/settings/tokens".into(),
                placement: Placement::Bearer,
                required: true,
                environment: Some("HF_TOKEN".into()),
            }],
            settings: settings(),
            operations: provider::operations(),
            features,
        }
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        let dialect = dialect(io)?;
        patiently(io, async || dialect.chat(&request, io).await).await
    }

    async fn complete(&self, request: TextRequest, io: &Io) -> Result<()> {
        generate::complete(&request, io).await
    }

    async fn embed(&self, request: EmbedRequest, io: &Io) -> Result<Embeddings> {
        patiently(io, async || embed::embed(&request, io).await).await
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        dialect(io)?.list_models(io).await
    }
}

/// Both the router and endpoints have it below `/v1`.
fn dialect(io: &Io) -> Result<Dialect> {
    let mut dialect = Dialect::from_settings(PROFILE, Some(BASE_URL), io)?;
    dialect.base_url.push_str("/v1");
    Ok(dialect)
}

tidegate_guest::export!(HuggingFace);
