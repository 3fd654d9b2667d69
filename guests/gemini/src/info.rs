//! What the provider says of itself.

use tidegate_guest::types::*;

/// The Gemini API, up to and including its version: most of what is documented is not in `v1`.
pub const DEFAULT_BASE_URL: &str = "https://generativelanguage.googleapis.com/v1beta";

/// Where Vertex AI serves every model.
pub const DEFAULT_LOCATION: &str = "global";

/// Names of the settings.
pub mod setting {
    pub const BASE_URL: &str = "base-url";
    pub const PROJECT: &str = "project";
    pub const LOCATION: &str = "location";
}

/// Names of the credentials.
pub mod credential {
    pub const API_KEY: &str = "api-key";
    pub const ACCESS_TOKEN: &str = "access-token";
}

pub fn provider_info() -> ProviderInfo {
    ProviderInfo {
        name: "gemini".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        description: "Google's models through the Gemini API or Vertex AI".into(),
        vendor: "Google".into(),
        documentation: Some("https://ai.google.dev/api".into()),
        wants: vec![
            Want::new(
                "POST {base-url}/models/*",
                "to have conversations answered, tokens counted and inputs turned into vectors",
            ),
            Want::new(
                "GET {base-url}/models",
                "to list the models and to check the key",
            ),
            Want::new(
                "POST {base-url}/projects/*",
                "the same on Vertex AI, where `project` is set; the project stands in the path",
            ),
            Want::new(
                "GET {base-url}/publishers/google/models",
                "to list the models of Vertex AI and to check the token",
            ),
        ],
        // Neither is required, because either will do.
        credentials: vec![
            Credential {
                name: credential::API_KEY.into(),
                description:
                    "An API key for the Gemini API, from https://aistudio.google.com/apikey".into(),
                placement: Placement::Header(HeaderPlacement {
                    name: "x-goog-api-key".into(),
                    prefix: String::new(),
                }),
                required: false,
                environment: Some("GEMINI_API_KEY".into()),
            },
            Credential {
                name: credential::ACCESS_TOKEN.into(),
                description: "An OAuth access token for Vertex AI, which lasts an hour: \
                              `gcloud auth print-access-token`"
                    .into(),
                placement: Placement::Bearer,
                required: false,
                environment: Some("GOOGLE_OAUTH_ACCESS_TOKEN".into()),
            },
        ],
        settings: settings(),
        operations: vec![
            OperationKind::Chat,
            OperationKind::Embed,
            OperationKind::ListModels,
            OperationKind::CountTokens,
            OperationKind::Check,
        ],
        features: vec![
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
        ],
    }
}

fn settings() -> Vec<SettingInfo> {
    vec![
        SettingInfo::optional(
            setting::BASE_URL,
            SettingKind::Url,
            Some(DEFAULT_BASE_URL),
            "Where the API is, up to and including the version. For Vertex AI: \
             `https://aiplatform.googleapis.com/v1beta1` where `location` is `global`, else \
             `https://europe-west4-aiplatform.googleapis.com/v1beta1` and the like",
        ),
        SettingInfo::optional(
            setting::PROJECT,
            SettingKind::Text,
            None,
            "The Google Cloud project; with it, requests are those of Vertex AI and carry \
             `access-token`",
        ),
        SettingInfo::optional(
            setting::LOCATION,
            SettingKind::Text,
            Some(DEFAULT_LOCATION),
            "Where on Vertex AI the models run; must fit `base-url`",
        ),
    ]
}
