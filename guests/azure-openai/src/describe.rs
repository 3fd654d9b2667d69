//! What the provider says of itself.

use tidegate_guest::types::*;
use tidegate_openai_compatible::{Api, provider};

/// Names of settings.
pub mod setting {
    /// Where the resource is.
    pub const ENDPOINT: &str = "endpoint";
    /// Which URLs it is asked by.
    pub const SURFACE: &str = "surface";
    /// The version of the dated APIs.
    pub const API_VERSION: &str = "api-version";
    /// Models by the names of deployments.
    pub const DEPLOYMENTS: &str = "deployments";
}

/// The description.
pub fn provider_info() -> ProviderInfo {
    ProviderInfo {
        name: "azure-openai".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        description: "Models deployed to a resource of Azure OpenAI or Azure AI Foundry".into(),
        vendor: "Microsoft Azure".into(),
        documentation: Some("https://learn.microsoft.com/azure/ai-foundry/openai/reference".into()),
        wants: wants(),
        credentials: credentials(),
        settings: settings(),
        operations: provider::operations(),
        features: provider::features(),
    }
}

/// All surfaces, since a description knows no settings; an operator grants those of the one in use.
fn wants() -> Vec<Want> {
    [
        (
            "POST {endpoint}/openai/v1/chat/completions",
            "to answer conversations, with the surface `v1`",
        ),
        (
            "POST {endpoint}/openai/v1/responses",
            "to answer conversations by the Responses API",
        ),
        (
            "POST {endpoint}/openai/v1/completions",
            "to continue texts, with the surface `v1`",
        ),
        (
            "POST {endpoint}/openai/v1/embeddings",
            "to turn texts into vectors, with the surface `v1`",
        ),
        (
            "GET {endpoint}/openai/v1/models",
            "to list models and to check that the key works",
        ),
        (
            "POST {endpoint}/openai/deployments/*",
            "to do all this with the surface `deployments`, which has the deployment in the URL",
        ),
        (
            "POST {endpoint}/openai/responses",
            "to answer conversations by the Responses API, with the surface `deployments`",
        ),
        (
            "GET {endpoint}/openai/models",
            "to list models, with the surface `deployments`",
        ),
        (
            "POST {endpoint}/models/chat/completions",
            "to answer conversations, with the surface `models`",
        ),
        (
            "POST {endpoint}/models/embeddings",
            "to turn texts into vectors, with the surface `models`",
        ),
    ]
    .map(|(pattern, reason)| Want::new(pattern, reason))
    .into()
}

/// Either will do; where both are configured, the first is used.
fn credentials() -> Vec<Credential> {
    vec![
        Credential {
            name: "api-key".into(),
            description: "A key of the resource, from its page `Keys and Endpoint` in Azure's portal"
                .into(),
            placement: Placement::Header(HeaderPlacement {
                name: "api-key".into(),
                prefix: String::new(),
            }),
            required: false,
            environment: Some("AZURE_OPENAI_API_KEY".into()),
        },
        Credential {
            name: "token".into(),
            description: "A token of Microsoft Entra ID for the scope `https://cognitiveservices.azure.com/.default`, of an identity with the role `Cognitive Services OpenAI User`; in place of a key"
                .into(),
            placement: Placement::Bearer,
            required: false,
            environment: Some("AZURE_OPENAI_AD_TOKEN".into()),
        },
    ]
}

fn settings() -> Vec<SettingInfo> {
    let surfaces = ["v1", "deployments", "models"].map(Into::into).into();
    vec![
        SettingInfo {
            name: setting::ENDPOINT.into(),
            description:
                "Where the resource is, `https://my-resource.openai.azure.com` for example".into(),
            kind: SettingKind::Url,
            default: None,
            required: true,
        },
        SettingInfo::optional(
            setting::SURFACE,
            SettingKind::Choice(surfaces),
            Some("v1"),
            "Which URLs the resource is asked by: `/openai/v1/…`, the older `/openai/deployments/NAME/…`, or `/models/…` of Azure AI's model inference",
        ),
        SettingInfo::optional(
            setting::API_VERSION,
            SettingKind::Text,
            None,
            "The version in the query `api-version`; without it 2024-10-21 for `deployments` (2025-04-01-preview for its Responses API), 2024-05-01-preview for `models` and none for `v1`",
        ),
        SettingInfo::optional(
            setting::DEPLOYMENTS,
            SettingKind::Json,
            Some("{}"),
            "Deployments by the names of their models, as a JSON object: `{\"gpt-5-mini\": \"my-deployment\"}`; a model that is not in it is a deployment's name itself",
        ),
        Api::setting_with_auto(),
    ]
}
