//! OpenAI.
//!
//! Chat completions, responses, the older completions, embeddings and models, by the dialects that
//! OpenAI gave to everyone else. <https://platform.openai.com/docs/api-reference>

use tidegate_guest::types::*;
use tidegate_guest::{Io, Provider, Result};
use tidegate_openai_compatible::{Api, Dialect, MaxTokens, Profile, provider};

/// OpenAI's API.
#[derive(Default)]
pub struct OpenAi;

const BASE_URL: &str = "https://api.openai.com/v1";

const PROFILE: Profile = Profile {
    // Reasoning models refuse `max_tokens`; all others take both.
    max_tokens: MaxTokens::MaxCompletionTokens,
    developer_role: true,
    top_k: false,
    // Unknown members of a message are refused, and reasoning is not taken back here at all.
    vendor_state: false,
    // A quarter of the bytes of numbers in JSON, and no digits to parse.
    embedding_encoding: Some("base64"),
    ..Profile::COMPATIBLE
};

impl Provider for OpenAi {
    fn describe(&self) -> ProviderInfo {
        ProviderInfo {
            name: "openai".into(),
            version: env!("CARGO_PKG_VERSION").into(),
            description: "OpenAI's models".into(),
            vendor: "OpenAI".into(),
            documentation: Some("https://platform.openai.com/docs/api-reference".into()),
            wants: wants(),
            credentials: vec![Credential {
                name: "api-key".into(),
                description: "An API key from https://platform.openai.com/api-keys".into(),
                placement: Placement::Bearer,
                required: true,
                environment: Some("OPENAI_API_KEY".into()),
            }],
            settings: settings(),
            operations: operations(),
            features: provider::features(),
        }
    }

    async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
        let dialect = dialect(io)?;
        match Api::choose(io, &request.model, &request) {
            Api::ChatCompletions => dialect.chat(&request, io).await,
            Api::Responses => dialect.respond(&request, &request.model, io).await,
        }
    }

    async fn complete(&self, request: TextRequest, io: &Io) -> Result<()> {
        dialect(io)?.complete(&request, io).await
    }

    async fn embed(&self, request: EmbedRequest, io: &Io) -> Result<Embeddings> {
        dialect(io)?.embed(&request, io).await
    }

    async fn list_models(&self, io: &Io) -> Result<Vec<ModelInfo>> {
        dialect(io)?.list_models(io).await
    }

    /// By the Responses API, whichever answers: the other counts nothing.
    async fn count_tokens(&self, request: ChatRequest, io: &Io) -> Result<TokenCount> {
        dialect(io)?.count_tokens(&request, io).await
    }
}

/// <https://platform.openai.com/docs/api-reference/authentication>
fn dialect(io: &Io) -> Result<Dialect> {
    let dialect = Dialect::from_settings(PROFILE, Some(BASE_URL), io)?;
    Ok(dialect
        .with_header("openai-organization", io.setting("organization"))
        .with_header("openai-project", io.setting("project")))
}

fn wants() -> Vec<Want> {
    let mut wants = provider::wants();
    wants.extend(provider::wants_of_responses());
    wants.push(Want::new(
        "POST {base-url}/responses/input_tokens",
        "to count the tokens of a conversation",
    ));
    wants
}

fn operations() -> Vec<OperationKind> {
    let mut operations = provider::operations();
    operations.push(OperationKind::CountTokens);
    operations
}

fn settings() -> Vec<SettingInfo> {
    vec![
        Api::setting_with_auto(),
        SettingInfo::optional(
            "base-url",
            SettingKind::Url,
            Some(BASE_URL),
            "Where the API is, for a proxy or a regional endpoint",
        ),
        SettingInfo::optional(
            "organization",
            SettingKind::Text,
            None,
            "The organization to bill, for keys that belong to several",
        ),
        SettingInfo::optional(
            "project",
            SettingKind::Text,
            None,
            "The project to bill, for keys that belong to several",
        ),
    ]
}

tidegate_guest::export!(OpenAi);

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use tidegate_guest::Exchange;

    use super::*;

    fn request(settings: Vec<Setting>) -> HttpRequest {
        let context = Context {
            settings,
            ..Context::default()
        };
        let chat = Operation::Chat(ChatRequest::default());
        let (_, mut actions) = Exchange::start(OpenAi, chat, context);
        match actions.pop().unwrap() {
            Action::Fetch(request) => request,
            action => panic!("no fetch: {action:?}"),
        }
    }

    #[test]
    fn without_settings_the_vendor_is_asked_with_no_headers_of_an_account() {
        let request = request(vec![]);
        assert_eq!(request.url, "https://api.openai.com/v1/chat/completions");
        assert_eq!(request.headers.len(), 1);
    }

    #[test]
    fn an_empty_setting_is_no_header() {
        let organization = Setting {
            name: "organization".into(),
            value: String::new(),
        };
        assert_eq!(request(vec![organization]).headers.len(), 1);
    }

    #[test]
    fn every_want_is_below_the_base_url() {
        let wants = OpenAi.describe().wants;
        assert!(
            wants
                .iter()
                .all(|want| want.pattern.contains("{base-url}/"))
        );
    }
}
