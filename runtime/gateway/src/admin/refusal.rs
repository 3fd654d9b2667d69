//! Why an operator does not get what was asked for.

use axum::response::{IntoResponse, Response};
use http::StatusCode;
use http::header::WWW_AUTHENTICATE;
use serde::Serialize;
use tidegate_host::{Error, LoadError};
use utoipa::ToSchema;

use super::answer;

/// What an operator is told instead of an answer.
#[derive(Debug, Clone, PartialEq)]
pub struct Refusal {
    /// What kind of refusal.
    pub kind: RefusalKind,
    /// What happened, to what.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
    /// Patterns that a new version wants and is not granted, where that is the reason.
    pub wants: Vec<(String, String)>,
    /// Everything that is wrong, where the configuration is.
    pub problems: Vec<AdminProblem>,
}

/// Kinds of refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum RefusalKind {
    /// The request makes no sense.
    Request,
    /// No key, or another one.
    Unauthorized,
    /// There is no such thing.
    NotFound,
    /// Something is there, and not for this method.
    Method,
    /// The body is too large.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
    /// The body is of a kind that is not taken here.
    ContentType,
    /// A new version wants more than is granted.
    Wants,
    /// It does not fit what is there.
    Conflict,
    /// The component is none, or none that can be a provider.
    Component,
    /// The configuration is wrong.
    Configuration,
}

/// One thing that is wrong in a configuration.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[schema(as = Problem)]
pub struct AdminProblem {
    /// What is wrong.
    pub message: String,
    /// What would be right.
    pub hint: Option<String>,
    /// The file.
    pub file: Option<String>,
    /// Its line, from 1.
    pub line: Option<usize>,
    /// The character in that line, from 1.
    pub column: Option<usize>,
}

/// A refusal on the wire.
#[derive(Serialize, ToSchema)]
pub struct Failed {
    error: Told,
}

/// What went wrong.
#[derive(Serialize, ToSchema)]
struct Told {
    /// What happened, to what.
    message: String,
    /// `invalid-request`, `unauthorized`, `not-found`, `method`, `too-large`, `timeout`,
    /// `content-type`, `wants`, `conflict`, `component` or `configuration`.
    r#type: &'static str,
    /// What would be right.
    hint: Option<String>,
    /// Of `wants`: what the new version wants and is not granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    wants: Vec<Wanted>,
    /// Of `configuration`: everything that is wrong.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    problems: Vec<AdminProblem>,
}

/// What a provider wants to reach.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Wanted {
    /// In the form of a grant.
    pub pattern: String,
    /// Why, in the provider's words.
    pub reason: String,
}

impl RefusalKind {
    /// The status, and the name on the wire.
    fn on_the_wire(self) -> (StatusCode, &'static str) {
        match self {
            RefusalKind::Request => (StatusCode::BAD_REQUEST, "invalid-request"),
            RefusalKind::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized"),
            RefusalKind::NotFound => (StatusCode::NOT_FOUND, "not-found"),
            RefusalKind::Method => (StatusCode::METHOD_NOT_ALLOWED, "method"),
            RefusalKind::TooLarge => (StatusCode::PAYLOAD_TOO_LARGE, "too-large"),
            RefusalKind::TooSlow => (StatusCode::REQUEST_TIMEOUT, "timeout"),
            RefusalKind::ContentType => (StatusCode::UNSUPPORTED_MEDIA_TYPE, "content-type"),
            RefusalKind::Wants => (StatusCode::CONFLICT, "wants"),
            RefusalKind::Conflict => (StatusCode::CONFLICT, "conflict"),
            RefusalKind::Component => (StatusCode::UNPROCESSABLE_ENTITY, "component"),
            RefusalKind::Configuration => (StatusCode::UNPROCESSABLE_ENTITY, "configuration"),
        }
    }
}

impl Refusal {
    /// A refusal without a hint.
    pub fn new(kind: RefusalKind, message: impl Into<String>) -> Self {
        Refusal {
            kind,
            message: message.into(),
            hint: None,
            wants: Vec::new(),
            problems: Vec::new(),
        }
    }

    /// Says what would be right.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// A sentence that may have a hint on a line of its own.
    pub fn saying(kind: RefusalKind, text: &str) -> Self {
        match text.rsplit_once("\nhint: ") {
            Some((message, hint)) => Refusal::new(kind, message).hint(hint),
            None => Refusal::new(kind, text),
        }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let text = error.to_string();
        match error {
            Error::Load(_) => Refusal::saying(RefusalKind::Component, &text),
            Error::UnknownProvider { .. } => Refusal::saying(RefusalKind::NotFound, &text),
            Error::Wants { wants, .. } => Refusal {
                wants,
                ..Refusal::saying(RefusalKind::Wants, &text)
            },
            _ => Refusal::saying(RefusalKind::Conflict, &text),
        }
    }
}

impl From<LoadError> for Refusal {
    fn from(error: LoadError) -> Self {
        Refusal::saying(RefusalKind::Component, &error.to_string())
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, kind) = self.kind.on_the_wire();
        let wants = self.wants.into_iter();
        let told = Told {
            message: self.message,
            r#type: kind,
            hint: self.hint,
            wants: wants
                .map(|(pattern, reason)| Wanted { pattern, reason })
                .collect(),
            problems: self.problems,
        };
        let mut response = answer::json(&Failed { error: told });
        *response.status_mut() = status;
        if status == StatusCode::UNAUTHORIZED {
            let scheme = http::HeaderValue::from_static("Bearer");
            response.headers_mut().insert(WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
