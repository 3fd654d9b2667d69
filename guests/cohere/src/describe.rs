//! What the provider says of itself.

use tidegate_guest::types::*;

/// Without a version: chat, vectors and reranking are at version 2, the list of models is still at 1.
pub const BASE_URL: &str = "https://api.cohere.com";

/// The purpose of vectors that nobody named: most callers have documents to store.
pub const PURPOSE: &str = "document";

/// Names of the settings.
pub mod setting {
    pub const BASE_URL: &str = "base-url";
    pub const PURPOSE: &str = "embed-purpose";
}

pub fn describe() -> ProviderInfo {
    ProviderInfo {
        name: "cohere".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        description: "Cohere's models: Command, Embed and Rerank".into(),
        vendor: "Cohere".into(),
        documentation: Some("https://docs.cohere.com/reference/about".into()),
        wants: vec![
            Want::new("POST {base-url}/v2/chat", "to answer conversations"),
            Want::new(
                "POST {base-url}/v2/embed",
                "to turn texts and pictures into vectors",
            ),
            Want::new(
                "POST {base-url}/v2/rerank",
                "to order documents by relevance",
            ),
            Want::new(
                "GET {base-url}/v1/models",
                "to list the models and to check the key",
            ),
        ],
        credentials: vec![Credential {
            name: "api-key".into(),
            description: "An API key from https://dashboard.cohere.com/api-keys".into(),
            placement: Placement::Bearer,
            required: true,
            environment: Some("CO_API_KEY".into()),
        }],
        settings: settings(),
        operations: vec![
            OperationKind::Chat,
            OperationKind::Embed,
            OperationKind::Rerank,
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

fn settings() -> Vec<SettingInfo> {
    vec![
        SettingInfo::optional(
            setting::BASE_URL,
            SettingKind::Url,
            Some(BASE_URL),
            "Where the API is, without a version, for a proxy or a deployment of your own",
        ),
        SettingInfo::optional(
            setting::PURPOSE,
            SettingKind::Choice(
                ["document", "query", "classification", "clustering"]
                    .map(Into::into)
                    .into(),
            ),
            Some(PURPOSE),
            "What vectors are for where a request does not say, which the API wants to know; \
             documents and the queries for them differ",
        ),
    ]
}
