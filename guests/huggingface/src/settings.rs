//! Where the service is, and how long a model is waited for.

use tidegate_guest::types::{SettingInfo, SettingKind, Want};

/// The router of the Inference Providers.
pub const BASE_URL: &str = "https://router.huggingface.co";

/// Whether the base URL is an endpoint, which has one model.
pub const ENDPOINT: &str = "endpoint";

/// How long a model that is being loaded is waited for.
pub const LOADING: &str = "loading-seconds";

/// Large models take minutes; whoever wants to wait for them says so.
pub const LOADING_SECONDS: &str = "120";

/// What is asked for, at the router or an endpoint.
pub fn wants() -> Vec<Want> {
    [
        (
            "POST {base-url}/v1/chat/completions",
            "to answer conversations",
        ),
        ("GET {base-url}/v1/models", "to list models"),
        (
            "POST {base-url}/hf-inference/models/*",
            "to continue texts and to turn them into vectors, at the router",
        ),
        ("POST {base-url}/", "the same at an endpoint"),
    ]
    .map(|(pattern, reason)| Want::new(pattern, reason))
    .into()
}

/// The settings, as `describe` declares them.
pub fn settings() -> Vec<SettingInfo> {
    vec![
        SettingInfo::optional(
            "base-url",
            SettingKind::Url,
            Some(BASE_URL),
            "The router, or the URL of an Inference Endpoint; without `/v1`",
        ),
        SettingInfo::optional(
            ENDPOINT,
            SettingKind::Boolean,
            Some("false"),
            "Whether `base-url` is an Inference Endpoint: it has one model, whatever is asked for",
        ),
        SettingInfo::optional(
            LOADING,
            SettingKind::Integer,
            Some(LOADING_SECONDS),
            "How long to wait for a model that is being loaded, in seconds; 0: not at all",
        ),
    ]
}
