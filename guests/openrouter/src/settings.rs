//! What an operator decides: whom requests are passed on to, and what application they are from.

use tidegate_guest::types::{SettingInfo, SettingKind};

/// Where the API is.
pub const BASE_URL: &str = "https://openrouter.ai/api/v1";

/// The settings, as `describe` declares them.
pub fn settings() -> Vec<SettingInfo> {
    let setting = |name, kind, description| SettingInfo::optional(name, kind, None, description);
    vec![
        SettingInfo::optional(
            "base-url",
            SettingKind::Url,
            Some(BASE_URL),
            "Where the API is, for a proxy",
        ),
        setting(
            "provider",
            SettingKind::Json,
            "Which vendors may answer and how one is chosen, as the member `provider`: `{\"order\": [\"anthropic\"], \"data_collection\": \"deny\"}`",
        ),
        setting(
            "fallback-models",
            SettingKind::Json,
            "Models that are asked when the one asked for fails, as the member `models`: a list of names",
        ),
        setting(
            "plugins",
            SettingKind::Json,
            "What is added to every request, as the member `plugins`: `[{\"id\": \"web\"}]`",
        ),
        setting(
            "transforms",
            SettingKind::Json,
            "What becomes of prompts that are too long, as the member `transforms`: `[\"middle-out\"]`, or `[]` for nothing",
        ),
        setting(
            "referer",
            SettingKind::Text,
            "The application's URL, for OpenRouter's rankings: the header `HTTP-Referer`",
        ),
        setting(
            "title",
            SettingKind::Text,
            "The application's name, for OpenRouter's rankings: the header `X-Title`",
        ),
    ]
}
