//! What the provider says of itself.

use tidegate_guest::types::*;

/// With `/v1`, as the base URLs of all bundled providers; `ANTHROPIC_BASE_URL` of the vendor's SDKs
/// is without it.
pub const DEFAULT_BASE_URL: &str = "https://api.anthropic.com/v1";

/// Names of the settings.
pub mod setting {
    pub const BASE_URL: &str = "base-url";
    pub const BETA: &str = "beta";
    pub const MAX_OUTPUT_TOKENS: &str = "max-output-tokens";
}

pub fn provider_info() -> ProviderInfo {
    ProviderInfo {
        name: "anthropic".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        description: "Claude models through Anthropic's Messages API".into(),
        vendor: "Anthropic".into(),
        documentation: Some("https://platform.claude.com/docs/en/api/messages".into()),
        wants: vec![
            Want::new("POST {base-url}/messages", "to have a message answered"),
            Want::new(
                "POST {base-url}/messages/count_tokens",
                "to count the tokens of a prompt",
            ),
            Want::new(
                "GET {base-url}/models",
                "to list the models and to check the key",
            ),
        ],
        credentials: vec![Credential {
            name: "api-key".into(),
            description: "An API key from https://platform.claude.com/settings/keys".into(),
            placement: Placement::Header(HeaderPlacement {
                name: "x-api-key".into(),
                prefix: String::new(),
            }),
            required: true,
            environment: Some("ANTHROPIC_API_KEY".into()),
        }],
        settings: settings(),
        operations: vec![
            OperationKind::Chat,
            OperationKind::ListModels,
            OperationKind::CountTokens,
            OperationKind::Check,
        ],
        features: vec![
            Feature::Streaming,
            Feature::Tools,
            Feature::ParallelToolCalls,
            Feature::ImageInput,
            Feature::FileInput,
            Feature::JsonSchema,
            Feature::Reasoning,
            Feature::PromptCache,
        ],
    }
}

fn settings() -> Vec<SettingInfo> {
    vec![
        SettingInfo::optional(
            setting::BASE_URL,
            SettingKind::Url,
            Some(DEFAULT_BASE_URL),
            "Where the API is, up to and including the version",
        ),
        SettingInfo::optional(
            setting::BETA,
            SettingKind::Text,
            None,
            "Beta features to turn on, separated by commas: the header `anthropic-beta`",
        ),
        SettingInfo::optional(
            setting::MAX_OUTPUT_TOKENS,
            SettingKind::Integer,
            None,
            "The token limit of requests that give none, which the API requires; by default 32000, \
             or 4096 and 8192 for models that allow no more",
        ),
    ]
}
