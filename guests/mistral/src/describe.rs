//! What the provider says of itself.

use tidegate_guest::types::*;
use tidegate_openai_compatible::provider;

pub const BASE_URL: &str = "https://api.mistral.ai/v1";

/// Names of the settings.
pub mod setting {
    pub const BASE_URL: &str = "base-url";
    pub const SAFE_PROMPT: &str = "safe-prompt";
}

pub fn describe() -> ProviderInfo {
    ProviderInfo {
        name: "mistral".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        description: "Mistral's models".into(),
        vendor: "Mistral AI".into(),
        documentation: Some("https://docs.mistral.ai/api".into()),
        wants: vec![
            Want::new(
                "POST {base-url}/chat/completions",
                "to answer conversations",
            ),
            Want::new("POST {base-url}/fim/completions", "to fill gaps in code"),
            Want::new("POST {base-url}/embeddings", "to turn texts into vectors"),
            Want::new(
                "GET {base-url}/models",
                "to list models and to check that the key works",
            ),
        ],
        credentials: vec![Credential {
            name: "api-key".into(),
            description: "An API key from https://console.mistral.ai/api-keys".into(),
            placement: Placement::Bearer,
            required: true,
            environment: Some("MISTRAL_API_KEY".into()),
        }],
        settings: vec![
            SettingInfo::optional(
                setting::BASE_URL,
                SettingKind::Url,
                Some(BASE_URL),
                "Where the API is: `https://codestral.mistral.ai/v1` for keys of Codestral alone",
            ),
            SettingInfo::optional(
                setting::SAFE_PROMPT,
                SettingKind::Boolean,
                Some("false"),
                "Whether the vendor puts its instructions against harm before every conversation",
            ),
        ],
        operations: provider::operations(),
        features: vec![
            Feature::Streaming,
            Feature::Tools,
            Feature::ParallelToolCalls,
            Feature::ImageInput,
            Feature::AudioInput,
            Feature::FileInput,
            Feature::Json,
            Feature::JsonSchema,
            Feature::Reasoning,
            Feature::Choices,
        ],
    }
}
