//! What the provider says of itself.

use tidegate_guest::types::*;

/// Where Ollama listens unless told otherwise.
pub const BASE_URL: &str = "http://127.0.0.1:11434";

pub fn describe() -> ProviderInfo {
    ProviderInfo {
        name: "ollama".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        description: "Connects to models that Ollama serves, on this machine or hosted".into(),
        vendor: "Ollama".into(),
        documentation: Some("https://docs.ollama.com/api".into()),
        wants: vec![
            Want::new("POST {base-url}/api/chat", "to answer conversations"),
            Want::new("POST {base-url}/api/generate", "to continue texts"),
            Want::new("POST {base-url}/api/embed", "to turn texts into vectors"),
            Want::new("GET {base-url}/api/tags", "to list the models"),
            Want::new(
                "GET {base-url}/api/version",
                "to see whether Ollama is there",
            ),
        ],
        credentials: vec![Credential {
            name: "api-key".into(),
            description: "Key for hosted Ollama, from https://ollama.com/settings/keys; an Ollama \
                          of your own asks for none"
                .into(),
            placement: Placement::Bearer,
            required: false,
            environment: Some("OLLAMA_API_KEY".into()),
        }],
        settings: vec![SettingInfo::optional(
            "base-url",
            SettingKind::Url,
            Some(BASE_URL),
            "Where Ollama listens; `https://ollama.com` for hosted models",
        )],
        operations: vec![
            OperationKind::Chat,
            OperationKind::Complete,
            OperationKind::Embed,
            OperationKind::ListModels,
            OperationKind::Check,
        ],
        features: vec![
            Feature::Streaming,
            Feature::Tools,
            Feature::ParallelToolCalls,
            Feature::ImageInput,
            Feature::Json,
            Feature::JsonSchema,
            Feature::Reasoning,
            Feature::Logprobs,
        ],
    }
}
