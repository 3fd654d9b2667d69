//! Where a resource has its operations.
//!
//! | surface | chat, completions, embeddings | responses | models |
//! |---|---|---|---|
//! | `v1` | `/openai/v1` | `/openai/v1` | `/openai/v1` |
//! | `deployments` | `/openai/deployments/NAME` | `/openai` | `/openai` |
//! | `models` | `/models` | `/openai/v1` | `/openai/v1` |
//!
//! <https://learn.microsoft.com/azure/ai-foundry/openai/api-version-lifecycle>

use tidegate_guest::types::{Error, ErrorKind};
use tidegate_guest::{Io, Result};
use tidegate_openai_compatible::{Dialect, MaxTokens, Profile};

use crate::describe::setting;

/// The dated APIs, where the operator names none: the newest that is not a preview, the newest that has
/// the Responses API, and the only one that Azure AI's model inference still answers to.
const DEPLOYMENTS_VERSION: &str = "2024-10-21";
const RESPONSES_VERSION: &str = "2025-04-01-preview";
const MODELS_VERSION: &str = "2024-05-01-preview";

/// The first version that knows `stream_options` and `max_completion_tokens`; those before refuse them.
const FIRST_WITH_STREAM_OPTIONS: &str = "2024-09-01";

/// What is asked of a resource.
#[derive(Clone, Copy, Debug)]
pub enum Place<'a> {
    /// An operation of this deployment.
    Deployment(&'a str),
    /// The Responses API.
    Responses,
    /// The list of models.
    Models,
}

/// A resource.
pub struct Service<'a> {
    endpoint: &'a str,
    surface: &'a str,
    version: Option<&'a str>,
}

impl<'a> Service<'a> {
    /// The one of the settings.
    pub fn new(io: &'a Io) -> Result<Self> {
        let endpoint = io.setting(setting::ENDPOINT).ok_or_else(|| {
            Error::new(
                ErrorKind::Internal,
                "the setting `endpoint` is missing\nhint: set it to `https://my-resource.openai.azure.com`",
            )
        })?;
        let version = io.setting(setting::API_VERSION);
        Ok(Service {
            endpoint: endpoint.trim_end_matches('/'),
            surface: io.setting(setting::SURFACE).unwrap_or("v1"),
            version: version.filter(|version| !version.is_empty()),
        })
    }

    /// What speaks to a place.
    pub fn dialect(&self, place: Place) -> Result<Dialect> {
        let (path, version) = match (self.surface, place) {
            ("deployments", Place::Deployment(name)) => (
                format!("/openai/deployments/{}", checked(name)?),
                Some(self.version.unwrap_or(DEPLOYMENTS_VERSION)),
            ),
            ("deployments", Place::Responses) => (
                "/openai".into(),
                Some(self.version.unwrap_or(RESPONSES_VERSION)),
            ),
            ("deployments", Place::Models) => (
                "/openai".into(),
                Some(self.version.unwrap_or(DEPLOYMENTS_VERSION)),
            ),
            ("models", Place::Deployment(_)) => (
                "/models".into(),
                Some(self.version.unwrap_or(MODELS_VERSION)),
            ),
            // The version of one surface means nothing to another.
            ("models", Place::Responses | Place::Models) => ("/openai/v1".into(), None),
            _ => ("/openai/v1".into(), self.version),
        };
        let base_url = format!("{}{path}", self.endpoint);
        let mut dialect = Dialect::new(self.profile(version), &base_url);
        dialect.query = version.map(|version| format!("api-version={version}"));
        if path == "/models" {
            // What callers put into `extra` is for the model; without this the service refuses it.
            dialect = dialect.with_header("extra-parameters", Some("pass-through"));
        }
        Ok(dialect)
    }

    fn profile(&self, version: Option<&str>) -> Profile {
        let is_old = version.is_some_and(|version| {
            version.starts_with("20") && version < FIRST_WITH_STREAM_OPTIONS
        });
        let usual = Profile {
            developer_role: true,
            top_k: false,
            vendor_state: false,
            ..Profile::COMPATIBLE
        };
        match is_old {
            true => Profile {
                stream_usage: false,
                max_tokens: MaxTokens::MaxTokens,
                developer_role: false,
                ..usual
            },
            // Reasoning models refuse `max_tokens`; all others take both.
            false => Profile {
                max_tokens: MaxTokens::MaxCompletionTokens,
                ..usual
            },
        }
    }
}

/// The name of a deployment, which goes into the URL: nothing in it may lead elsewhere.
fn checked(name: &str) -> Result<&str> {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    let is_name = name.bytes().all(allowed) && name.bytes().any(|byte| byte != b'.');
    match is_name {
        true => Ok(name),
        false => Err(Error::new(
            ErrorKind::InvalidRequest,
            format!(
                "`{}` is no name of a deployment\nhint: names are made of letters, digits, `-`, `_` and `.`",
                name.escape_debug()
            ),
        )),
    }
}
