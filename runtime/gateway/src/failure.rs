//! What went wrong with a request, before a dialect gives it a shape.

use std::time::Duration;

use tidegate_host::Error;
use tidegate_host::types::ErrorKind;

use crate::json::Misread;

/// Why a request gets no answer, or not all of it.
#[derive(Debug, Clone, PartialEq)]
pub struct Failure {
    /// What kind of failure.
    pub kind: FailureKind,
    /// A sentence for the client.
    pub message: String,
    /// The place in the request, `messages[0].role` for example.
    pub parameter: Option<String>,
    /// The vendor's code or type, where the failure came from there.
    pub code: Option<String>,
    /// The status that the vendor answered with, where the failure came from there.
    pub status: Option<u16>,
    /// When to try again.
    pub retry_after: Option<Duration>,
    /// Whether the same request may succeed at another time.
    pub is_retryable: bool,
}

/// Kinds of failure: those of the contract, and those of HTTP.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FailureKind {
    /// The host, the provider or its upstream refused or failed.
    Call(ErrorKind),
    /// The body makes no sense.
    Body,
    /// No key, or one that nobody has.
    Key,
    /// The key may not use this model.
    Model,
    /// The request comes by a name that is not this machine's.
    Host,
    /// Nothing is at this path.
    Path,
    /// Clients know something at this path that the gateway does not do.
    Lacking,
    /// Something is at this path, and not for this method.
    Method,
    /// The body is no JSON by its own account.
    ContentType,
    /// The body is too large.
    TooLarge,
    /// The body did not arrive in time.
    TooSlow,
}

impl Failure {
    /// A failure that another attempt does not cure.
    pub fn new(kind: FailureKind, message: impl Into<String>) -> Self {
        Failure {
            kind,
            message: message.into(),
            parameter: None,
            code: None,
            status: None,
            retry_after: None,
            is_retryable: false,
        }
    }

    /// The client asks for what cannot be done.
    pub fn unsupported(parameter: impl Into<String>, message: impl Into<String>) -> Self {
        Failure {
            parameter: Some(parameter.into()),
            ..Failure::new(FailureKind::Call(ErrorKind::Unsupported), message)
        }
    }
}

impl From<Misread> for Failure {
    fn from(misread: Misread) -> Self {
        let kind = match misread.is_unsupported {
            true => FailureKind::Call(ErrorKind::Unsupported),
            false => FailureKind::Body,
        };
        let failure = Failure::new(kind, misread.to_string());
        Failure {
            parameter: (!misread.path.is_empty()).then_some(misread.path),
            ..failure
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let failure = Failure {
            is_retryable: error.is_retryable(),
            status: error.status(),
            retry_after: error.retry_after(),
            ..Failure::new(FailureKind::Call(error.kind()), error.to_string())
        };
        match error {
            Error::Provider(error) => Failure {
                code: error.code,
                ..failure
            },
            Error::UnknownProvider { .. } | Error::BareModel { .. } => Failure {
                parameter: Some("model".into()),
                ..failure
            },
            // Whoever is told to wait should know how long; a call may end at any moment.
            Error::Busy { .. } => Failure {
                retry_after: Some(Duration::from_secs(1)),
                ..failure
            },
            _ => failure,
        }
    }
}
