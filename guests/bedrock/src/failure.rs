//! Errors: at once, with their name in the header `x-amzn-errortype`, or as an
//! [exception in a stream](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html).
//!
//! | name | kind |
//! |---|---|
//! | `UnrecognizedClientException`, `ExpiredTokenException`, `InvalidSignatureException` and the like; `AccessDeniedException` about a key | `unauthorized` |
//! | `AccessDeniedException` | `forbidden` |
//! | `ThrottlingException` | `rate-limited` |
//! | `ServiceQuotaExceededException` | `quota-exceeded` |
//! | `ModelNotReadyException`, `ServiceUnavailableException` | `overloaded` |
//! | `ModelTimeoutException` | `timeout` |
//! | `ModelErrorException`, `ModelStreamErrorException`, `InternalServerException` | `upstream` |
//! | `ResourceNotFoundException`; `ValidationException` about the model's name | `not-found` |
//! | `ValidationException` about the length of the input | `context-length-exceeded` |
//! | anything else | by the table that all vendors share |

use tidegate_guest::errors::{VendorError, classify, excerpt};
use tidegate_guest::types::*;
use tidegate_guest::{Response, Result};

/// The answer itself below status 300, else the error that it means.
pub fn check(response: Response) -> Result<Response> {
    if (200..300).contains(&response.status) {
        return Ok(response);
    }
    // Message, body and time to wait are found where they are with other vendors.
    let error = response.error();
    let named = response
        .header("x-amzn-errortype")
        .or(error.code.as_deref());
    let Some(name) = named.map(bare) else {
        return Err(error);
    };
    Err(Error {
        kind: kind(response.status, name, &error.message),
        code: Some(name.into()),
        ..error
    })
}

/// The error that a message of a stream reports; `None` where it is an event.
pub fn in_band(message: &EventStreamMessage) -> Option<Error> {
    let header = |name: &str| header(message, name);
    let name = match header(":message-type") {
        Some("exception") => header(":exception-type"),
        Some("error") => header(":error-code"),
        _ => return None,
    };
    let name = name.unwrap_or("unknown");
    let body = payload(message);
    let found = serde_json::from_str(&body)
        .ok()
        .and_then(|body| VendorError::find(&body));
    let text = match found {
        Some(found) => found.message,
        None => match header(":error-message") {
            Some(text) => text.into(),
            None => format!("the upstream reports `{name}` without saying why"),
        },
    };
    Some(Error {
        kind: kind(200, name, &text),
        message: text,
        status: Some(200),
        retry_after_ms: None,
        code: Some(name.into()),
        body: (!body.is_empty()).then(|| excerpt(&body)),
    })
}

/// A header of a message.
pub fn header<'a>(message: &'a EventStreamMessage, name: &str) -> Option<&'a str> {
    let header = message.headers.iter().find(|header| header.name == name)?;
    Some(&header.value)
}

/// The payload of a message as text.
pub fn payload(message: &EventStreamMessage) -> std::borrow::Cow<'_, str> {
    match &message.payload {
        Content::Text(text) => text.as_str().into(),
        Content::Bytes(bytes) => String::from_utf8_lossy(bytes),
    }
}

/// `ThrottlingException:http://…` and `com.amazon…#ThrottlingException` are one name.
fn bare(name: &str) -> &str {
    let name = name.split(':').next().unwrap_or(name);
    name.rsplit('#').next().unwrap_or(name)
}

fn kind(status: u16, name: &str, message: &str) -> ErrorKind {
    let message_words = message.to_ascii_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| message_words.contains(phrase));
    match name.to_ascii_lowercase().trim_end_matches("exception") {
        "accessdenied"
            if says(&[
                "api key",
                "authentication failed",
                "bearer token",
                "security token",
            ]) =>
        {
            ErrorKind::Unauthorized
        }
        "accessdenied" => ErrorKind::Forbidden,
        "unrecognizedclient"
        | "expiredtoken"
        | "invalidsignature"
        | "incompletesignature"
        | "missingauthenticationtoken"
        | "invalidclienttokenid"
        | "signaturedoesnotmatch"
        | "requestexpired" => ErrorKind::Unauthorized,
        "throttling" | "toomanyrequests" => ErrorKind::RateLimited,
        "servicequotaexceeded" => ErrorKind::QuotaExceeded,
        "modelnotready" | "serviceunavailable" => ErrorKind::Overloaded,
        "modeltimeout" => ErrorKind::Timeout,
        "modelerror" | "modelstreamerror" | "internalserver" | "internalfailure" => {
            ErrorKind::Upstream
        }
        "resourcenotfound" => ErrorKind::NotFound,
        "validation"
            if says(&[
                "too long",
                "expected maxlength",
                "max input tokens",
                "maximum number of input tokens",
                "exceeds the context",
            ]) =>
        {
            ErrorKind::ContextLengthExceeded
        }
        // The second is said of models that are only asked for through a profile.
        "validation" if says(&["model identifier is invalid", "on-demand throughput isn"]) => {
            ErrorKind::NotFound
        }
        // Its meaning, in a stream too, is that of a 400.
        "validation" => classify(400, None, None, message),
        _ => classify(status, Some(name), None, message),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_the_same_in_headers_bodies_and_streams() {
        for name in [
            "ThrottlingException:http://internal.amazon.com/coral/com.amazon.bedrock/",
            "com.amazon.coral.service#ThrottlingException",
            "throttlingException",
        ] {
            assert_eq!(
                kind(200, bare(name), "wait"),
                ErrorKind::RateLimited,
                "{name}"
            );
        }
    }

    #[test]
    fn what_a_name_leaves_open_the_message_decides() {
        for (name, message, expected) in [
            (
                "AccessDeniedException",
                "not authorized to perform: bedrock:InvokeModel",
                ErrorKind::Forbidden,
            ),
            (
                "AccessDeniedException",
                "Authentication failed: Please make sure your API Key is valid.",
                ErrorKind::Unauthorized,
            ),
            (
                "ValidationException",
                "Input is too long for requested model.",
                ErrorKind::ContextLengthExceeded,
            ),
            (
                "ValidationException",
                "The provided model identifier is invalid.",
                ErrorKind::NotFound,
            ),
            (
                "ValidationException",
                "The text field in the ContentBlock object is blank.",
                ErrorKind::InvalidRequest,
            ),
            ("SomethingNewException", "no", ErrorKind::InvalidRequest),
        ] {
            assert_eq!(kind(400, name, message), expected, "{name}: {message}");
        }
    }
}
