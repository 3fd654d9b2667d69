//! The dialect as a provider of its own: any service that speaks it, by its base URL.

use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result};

use crate::api::Api;
use crate::dialect::Dialect;
use crate::models;
use crate::profile::{MaxTokens, Profile, ReasoningHistory, ReasoningRequest};

/// Any service with an OpenAI-compatible API. Its quirks are settings.
#[derive(Default)]
pub struct OpenAiCompatible;

impl Provider for OpenAiCompatible {
    fn describe(&self) -> ProviderInfo {
        ProviderInfo {
            name: "openai-compatible".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            description: "Any service that speaks OpenAI's chat completions or Responses API"
                .into(),
            vendor: "OpenAI-compatible".into(),
            documentation: Some("https://platform.openai.com/docs/api-reference/chat".into()),
            wants: wants().into_iter().chain(wants_of_responses()).collect(),
            credentials: vec![Credential {
                name: "api-key".into(),
                description: "The service's API key; servers of your own often need none".into(),
                placement: Placement::Bearer,
                required: false,
                // No variable: a key that lies about for one service must not go to another.
                environment: None,
            }],
            settings: settings(),
            operations: operations(),
            features: features(),
        }
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        let dialect = dialect(io)?;
        match Api::choose(io, &request.model, &request) {
            Api::ChatCompletions => dialect.chat(&request, io).await,
            Api::Responses => dialect.respond(&request, &request.model, io).await,
        }
    }

    async fn complete(&self, request: TextRequest, io: &Io) -> Result<()> {
        dialect(io)?.complete(&request, io).await
    }

    async fn embed(&self, request: EmbedRequest, io: &Io) -> Result<Embeddings> {
        dialect(io)?.embed(&request, io).await
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        match io.setting(MODELS) {
            Some(list) => models::listed(list),
            None => dialect(io)?.list_models(io).await,
        }
    }

    async fn check(&self, io: &Io) -> Result<Health> {
        // A list that was written down says nothing of the service or the key.
        if io.setting(MODELS).is_some() {
            return Err(Error::new(
                ErrorKind::Unsupported,
                "this service does not list its models, which is what a check would ask for",
            ));
        }
        let models = self.list_models(io).await?;
        Ok(Health {
            message: format!("{} models", models.len()),
        })
    }
}

/// The setting that holds a list of models.
const MODELS: &str = "models";

/// What a provider built on [`Dialect`] wants to reach.
pub fn wants() -> Vec<Want> {
    [
        (
            "POST {base-url}/chat/completions",
            "to answer conversations",
        ),
        ("POST {base-url}/completions", "to continue texts"),
        ("POST {base-url}/embeddings", "to turn texts into vectors"),
        (
            "GET {base-url}/models",
            "to list models and to check that the key works",
        ),
    ]
    .map(|(pattern, reason)| Want::new(pattern, reason))
    .into()
}

/// What it wants beside that, where it speaks the Responses API too.
pub fn wants_of_responses() -> [Want; 1] {
    [Want::new(
        "POST {base-url}/responses",
        "to answer conversations by the Responses API",
    )]
}

/// What can be asked of a provider built on [`Dialect`].
pub fn operations() -> Vec<OperationKind> {
    vec![
        OperationKind::Chat,
        OperationKind::Complete,
        OperationKind::Embed,
        OperationKind::ListModels,
        OperationKind::Check,
    ]
}

/// What a provider built on [`Dialect`] can do where the model can.
pub fn features() -> Vec<Feature> {
    vec![
        Feature::Streaming,
        Feature::Tools,
        Feature::ParallelToolCalls,
        Feature::ImageInput,
        Feature::AudioInput,
        Feature::FileInput,
        Feature::ImageOutput,
        Feature::AudioOutput,
        Feature::Json,
        Feature::JsonSchema,
        Feature::Reasoning,
        Feature::Logprobs,
        Feature::Choices,
    ]
}

fn settings() -> Vec<SettingInfo> {
    let setting = |name, description, kind, default| {
        SettingInfo::optional(name, kind, Some(default), description)
    };
    let choice =
        |values: &[&str]| SettingKind::Choice(values.iter().map(|&value| value.into()).collect());
    vec![
        SettingInfo {
            name: "base-url".into(),
            description: "What stands before `/chat/completions` in the service's URLs".into(),
            kind: SettingKind::Url,
            default: None,
            required: true,
        },
        Api::setting(Api::ChatCompletions),
        setting(
            "max-tokens-field",
            "The member that limits the length of an answer",
            choice(&["max_tokens", "max_completion_tokens"]),
            "max_tokens",
        ),
        setting(
            "developer-role",
            "Whether the service knows the role `developer`; otherwise `system` is sent",
            SettingKind::Boolean,
            "false",
        ),
        setting(
            "stream-usage",
            "Whether the service understands `stream_options`, which makes streams report usage",
            SettingKind::Boolean,
            "true",
        ),
        setting(
            "top-k",
            "Whether the service understands `top_k`",
            SettingKind::Boolean,
            "true",
        ),
        setting(
            "reasoning-request",
            "The member that asks for reasoning; `thinking-effort` is `thinking` with `reasoning_effort` beside it",
            choice(&[
                "reasoning_effort",
                "reasoning",
                "thinking",
                "thinking-effort",
            ]),
            "reasoning_effort",
        ),
        setting(
            "reasoning-history",
            "The member that hands reasoning of earlier turns back; `none` leaves it out",
            choice(&["none", "reasoning_content", "reasoning", "thinking"]),
            "none",
        ),
        SettingInfo::optional(
            MODELS,
            SettingKind::Json,
            None,
            "The models, for services that do not list them: names, or objects as `/models` would give",
        ),
    ]
}

fn dialect(io: &Io) -> Result<Dialect> {
    Dialect::from_settings(profile(io), None, io)
}

fn profile(io: &Io) -> Profile {
    let usual = Profile::COMPATIBLE;
    let boolean = |name, usual| io.setting(name).map_or(usual, |value| value == "true");
    Profile {
        max_tokens: match io.setting("max-tokens-field") {
            Some("max_completion_tokens") => MaxTokens::MaxCompletionTokens,
            _ => MaxTokens::MaxTokens,
        },
        developer_role: boolean("developer-role", usual.developer_role),
        stream_usage: boolean("stream-usage", usual.stream_usage),
        top_k: boolean("top-k", usual.top_k),
        reasoning_request: match io.setting("reasoning-request") {
            Some("reasoning") => ReasoningRequest::Object,
            Some("thinking") => ReasoningRequest::Thinking,
            Some("thinking-effort") => ReasoningRequest::ThinkingEffort,
            _ => ReasoningRequest::Effort,
        },
        reasoning_history: match io.setting("reasoning-history") {
            Some("reasoning_content") => ReasoningHistory::ReasoningContent,
            Some("reasoning") => ReasoningHistory::Reasoning,
            Some("thinking") => ReasoningHistory::ThinkingChunks,
            _ => ReasoningHistory::Dropped,
        },
        ..usual
    }
}

#[cfg(feature = "component")]
tidegate_guest::export!(OpenAiCompatible);
