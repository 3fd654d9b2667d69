//! What the provider says of itself.

use tidegate_guest::types::*;

/// Where the API is unless told otherwise.
pub const BASE_URL: &str = "https://api.replicate.com/v1";

/// The collection that `list-models` lists unless told otherwise.
pub const COLLECTION: &str = "language-models";

/// How long to have the creating request wait for the output, in seconds. Replicate holds it for up
/// to 60; half of that stays below what a host commonly allows until the first byte.
pub const WAIT_SECONDS: &str = "30";

/// How long to wait before a prediction is looked at again, at first, in milliseconds: short enough
/// not to be felt, and most language models have begun by then.
pub const POLL_MILLISECONDS: &str = "250";

pub fn describe() -> ProviderInfo {
    ProviderInfo {
        name: "replicate".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        description: "Connects to models that run on Replicate".into(),
        vendor: "Replicate".into(),
        documentation: Some("https://replicate.com/docs/reference/http".into()),
        wants: vec![
            Want::new("POST {base-url}/models/*", "to run official models"),
            Want::new("POST {base-url}/deployments/*", "to run deployments"),
            Want::new("POST {base-url}/predictions", "to run a version of a model"),
            Want::new(
                "POST {base-url}/predictions/*",
                "to cancel what takes too long",
            ),
            Want::new("GET {base-url}/predictions/*", "to look at a prediction"),
            Want::new(
                "GET https://stream.replicate.com/*",
                "to follow a prediction",
            ),
            Want::new("GET {base-url}/collections/*", "to list the models"),
            Want::new("GET {base-url}/account", "to see whether the token works"),
        ],
        credentials: vec![Credential {
            name: "api-token".into(),
            description: "API token, from https://replicate.com/account/api-tokens".into(),
            placement: Placement::Bearer,
            required: true,
            environment: Some("REPLICATE_API_TOKEN".into()),
        }],
        settings: settings(),
        operations: vec![
            OperationKind::Chat,
            OperationKind::Complete,
            OperationKind::ListModels,
            OperationKind::Check,
        ],
        features: vec![
            Feature::Streaming,
            Feature::ImageInput,
            Feature::ImageOutput,
            Feature::Reasoning,
        ],
    }
}

fn settings() -> Vec<SettingInfo> {
    let setting = |name, kind, default, description| {
        SettingInfo::optional(name, kind, Some(default), description)
    };
    vec![
        setting("base-url", SettingKind::Url, BASE_URL, "Where the API is"),
        setting(
            "wait-seconds",
            SettingKind::Integer,
            WAIT_SECONDS,
            "How long the creating request of an answer that is not streamed may wait for the \
             output, up to 60; 0 looks again at intervals from the start",
        ),
        setting(
            "poll-milliseconds",
            SettingKind::Integer,
            POLL_MILLISECONDS,
            "How long to wait before a prediction is looked at again; grows by half each time, up \
             to 5 seconds",
        ),
        setting(
            "collection",
            SettingKind::Text,
            COLLECTION,
            "The collection whose models are listed; the list of all public models has no end",
        ),
    ]
}
