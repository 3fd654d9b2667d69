//! What the provider says of itself.

use tidegate_guest::types::*;

/// Where most models are first.
pub const DEFAULT_REGION: &str = "us-east-1";

/// The host fills in the region.
pub const DEFAULT_BASE_URL: &str = "https://bedrock-runtime.{region}.amazonaws.com";

/// Names of the settings.
pub mod setting {
    pub const REGION: &str = "region";
    pub const BASE_URL: &str = "base-url";
    pub const CONTROL_URL: &str = "control-url";
}

pub fn provider_info() -> ProviderInfo {
    ProviderInfo {
        name: "bedrock".into(),
        version: env!("CARGO_PKG_VERSION").into(),
        description: "The models of Amazon Bedrock through its Converse API".into(),
        vendor: "Amazon Web Services".into(),
        documentation: Some(
            "https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html"
                .into(),
        ),
        wants: vec![
            Want::new(
                "POST {base-url}/model/*",
                "to have conversations answered, tokens counted and inputs turned into vectors; the model stands in the path",
            ),
            Want::new(
                "GET https://bedrock.{region}.amazonaws.com/foundation-models",
                "to list the models and to check the key",
            ),
            Want::new(
                "GET https://bedrock.{region}.amazonaws.com/inference-profiles",
                "to list the profiles by which newer models are asked for",
            ),
            Want::new(
                "GET {base-url}/foundation-models",
                "to list the models where `base-url` is a gateway that does both",
            ),
            Want::new(
                "GET {base-url}/inference-profiles",
                "to list the profiles where `base-url` is a gateway that does both",
            ),
        ],
        credentials: credentials(),
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
            Feature::JsonSchema,
            Feature::Reasoning,
            Feature::PromptCache,
        ],
    }
}

/// Either will do. Where both are configured the API key is used, as in the vendor's SDKs: an access
/// key may be there for other services, an API key is for this one alone.
fn credentials() -> Vec<Credential> {
    vec![
        Credential {
            name: "api-key".into(),
            description: "An API key of Amazon Bedrock, from its console; in place of an access key"
                .into(),
            placement: Placement::Bearer,
            required: false,
            environment: Some("AWS_BEARER_TOKEN_BEDROCK".into()),
        },
        Credential {
            name: "access-key".into(),
            description:
                "An access key of AWS whose identity may `bedrock:InvokeModel` and `bedrock:InvokeModelWithResponseStream`; requests are signed with it"
                    .into(),
            placement: Placement::AwsSigv4(AwsSigv4 {
                service: "bedrock".into(),
                region: "{region}".into(),
            }),
            required: false,
            environment: Some("AWS_ACCESS_KEY_ID".into()),
        },
    ]
}

fn settings() -> Vec<SettingInfo> {
    vec![
        SettingInfo::optional(
            setting::REGION,
            SettingKind::Text,
            Some(DEFAULT_REGION),
            "The region whose models are asked, and for which requests are signed",
        ),
        SettingInfo::optional(
            setting::BASE_URL,
            SettingKind::Url,
            Some(DEFAULT_BASE_URL),
            "Where models are asked; an endpoint in your own network, or one by FIPS 140, for example",
        ),
        SettingInfo::optional(
            setting::CONTROL_URL,
            SettingKind::Url,
            None,
            "Where models are listed; without it `base-url` with `bedrock` for `bedrock-runtime`",
        ),
    ]
}
