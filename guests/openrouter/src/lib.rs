//! OpenRouter: the models of many vendors behind one API.
//!
//! OpenAI's dialect, with members of its own that say whom a request may be passed on to. Those are the
//! operator's to set, since data goes there and money is spent there: what is a setting wins over what a
//! caller sends as `extra`. <https://openrouter.ai/docs/api-reference/overview>

mod failure;
mod key;
mod settings;

use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result};
use tidegate_openai_compatible::{Dialect, Profile, ReasoningHistory, ReasoningRequest, provider};

use failure::explained;
use settings::{BASE_URL, settings};

/// OpenRouter's API.
#[derive(Default)]
pub struct OpenRouter;

const PROFILE: Profile = Profile {
    reasoning_request: ReasoningRequest::Object,
    // Where there are no `reasoning_details`, which go back as they came.
    reasoning_history: ReasoningHistory::Reasoning,
    ..Profile::COMPATIBLE
};

/// Asks for what a call has cost; newer versions of the API tell without being asked.
const USAGE: &str = r#"{"include":true}"#;

impl Provider for OpenRouter {
    fn describe(&self) -> ProviderInfo {
        let mut wants = provider::wants();
        wants.push(Want::new(
            "GET {base-url}/key",
            "to check that the key works, which the list of models does not tell",
        ));
        ProviderInfo {
            name: "openrouter".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            description: "OpenRouter: the models of many vendors".into(),
            vendor: "OpenRouter".into(),
            documentation: Some("https://openrouter.ai/docs/api-reference/overview".into()),
            wants,
            credentials: vec![Credential {
                name: "api-key".into(),
                description: "An API key from https://openrouter.ai/settings/keys".into(),
                placement: Placement::Bearer,
                required: true,
                environment: Some("OPENROUTER_API_KEY".into()),
            }],
            settings: settings(),
            operations: provider::operations(),
            features: provider::features(),
        }
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        let answered = answering(io)?.chat(&request, io).await;
        answered.map_err(explained)
    }

    async fn complete(&self, request: TextRequest, io: &Io) -> Result<()> {
        let answered = answering(io)?.complete(&request, io).await;
        answered.map_err(explained)
    }

    async fn embed(&self, request: EmbedRequest, io: &Io) -> Result<Embeddings> {
        let dialect = dialect(io)?.with_member("provider", io.setting("provider"))?;
        dialect.embed(&request, io).await.map_err(explained)
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        dialect(io)?.list_models(io).await.map_err(explained)
    }

    async fn check(&self, io: &Io) -> Result<Health> {
        key::check(&dialect(io)?, io).await.map_err(explained)
    }
}

/// The service, with the headers by which it knows an application.
///
/// <https://openrouter.ai/docs/app-attribution>
fn dialect(io: &Io) -> Result<Dialect> {
    let dialect = Dialect::from_settings(PROFILE, Some(BASE_URL), io)?;
    Ok(dialect
        .with_header("http-referer", io.setting("referer"))
        .with_header("x-title", io.setting("title")))
}

/// The same, with what the operator decides about answers.
///
/// <https://openrouter.ai/docs/features/provider-routing>,
/// <https://openrouter.ai/docs/features/model-routing>
fn answering(io: &Io) -> Result<Dialect> {
    dialect(io)?
        .with_member("usage", Some(USAGE))?
        .with_member("models", io.setting("fallback-models"))?
        .with_member("plugins", io.setting("plugins"))?
        .with_member("provider", io.setting("provider"))?
        .with_member("transforms", io.setting("transforms"))
}

tidegate_guest::export!(OpenRouter);
