//! What goes wrong: the API says no, or a prediction fails.

use serde::Deserialize;
use serde_json::Value;
use tidegate_guest::errors::classify;
use tidegate_guest::types::{Error, ErrorKind};
use tidegate_guest::{Response, Result, json};

use crate::prediction::Status;

/// An error of the API (<https://replicate.com/docs/reference/http>, RFC 9457).
#[derive(Deserialize)]
struct Problem {
    title: Option<String>,
    detail: Option<Value>,
    /// Seconds.
    retry_after: Option<f64>,
}

/// The answer itself, or the error that it means.
pub fn check(response: Response) -> Result<Response> {
    if (200..300).contains(&response.status) {
        return Ok(response);
    }
    let mut error = response.error();
    if let Ok(problem) = json::read::<Problem>(&response) {
        if let (None, Some(title)) = (problem.detail, &problem.title) {
            error.message.clone_from(title);
        }
        if let Some(seconds) = problem.retry_after.or_else(|| resets_in(&error.message))
            && error.retry_after_ms.is_none()
        {
            // `as` saturates.
            error.retry_after_ms = Some((seconds * 1000.0).ceil() as u32);
        }
        error.code = error.code.or(problem.title);
    }
    Err(error)
}

/// Throttled requests say when in words: `Your rate limit resets in ~30s.`
fn resets_in(message: &str) -> Option<f64> {
    let (_, after) = message.split_once("resets in ~")?;
    let (seconds, _) = after.split_once('s')?;
    seconds.parse().ok()
}

/// The error that the end of a prediction means.
pub fn of_prediction(status: Status, error: Option<&Value>) -> Error {
    let message = match error {
        Some(Value::String(message)) => message.clone(),
        Some(Value::Null) | None => match status {
            Status::Canceled | Status::Aborted => "the prediction was canceled".into(),
            _ => "the prediction failed and does not say why".into(),
        },
        Some(error) => error.to_string(),
    };
    let words = message.to_lowercase();
    let says = |phrases: &[&str]| phrases.iter().any(|phrase| words.contains(phrase));
    let kind = if says(&["flagged as sensitive", "nsfw"]) {
        ErrorKind::ContentFiltered
    } else if says(&["high demand", "temporarily unavailable"]) {
        ErrorKind::Overloaded
    } else {
        classify(200, None, None, &message)
    };
    let mut error = Error::new(kind, message);
    error.code = code(&error.message);
    error
}

/// Replicate's own failures end with a code: `… (E005)`.
fn code(message: &str) -> Option<String> {
    let (_, last) = message.rsplit_once('(')?;
    let (code, _) = last.split_once(')')?;
    let digits = code.strip_prefix('E')?;
    let is_code = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    is_code.then(|| code.into())
}

/// Whether looking again can help. The prediction goes on meanwhile, and failing would throw away
/// what it has cost.
pub fn passes(error: &Error) -> bool {
    match error.kind {
        ErrorKind::RateLimited
        | ErrorKind::Overloaded
        | ErrorKind::Upstream
        | ErrorKind::Timeout
        | ErrorKind::Unreachable => true,
        _ => error.status.is_some_and(|status| status >= 500),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_failed_prediction_is_told_apart_by_its_words() {
        for (message, kind, code) in [
            (
                "The input or output was flagged as sensitive. Please try again with different inputs. (E005)",
                ErrorKind::ContentFiltered,
                Some("E005"),
            ),
            (
                "Service is currently unavailable due to high demand. Please try again later. (E003)",
                ErrorKind::Overloaded,
                Some("E003"),
            ),
            (
                "This model's maximum context length is 8192 tokens (see the docs)",
                ErrorKind::ContextLengthExceeded,
                None,
            ),
            ("CUDA out of memory", ErrorKind::Upstream, None),
        ] {
            let error = of_prediction(Status::Failed, Some(&message.into()));
            assert_eq!(
                (error.kind, error.code.as_deref()),
                (kind, code),
                "{message}"
            );
            assert_eq!(error.message, message);
        }
    }

    #[test]
    fn an_end_without_words_still_says_something() {
        let canceled = of_prediction(Status::Canceled, None);
        assert_eq!(canceled.message, "the prediction was canceled");
        let failed = of_prediction(Status::Failed, Some(&Value::Null));
        assert_eq!(failed.kind, ErrorKind::Upstream);
    }

    #[test]
    fn throttling_says_in_words_when_it_ends() {
        assert_eq!(resets_in("Your rate limit resets in ~30s."), Some(30.0));
        assert_eq!(resets_in("Your rate limit resets soon."), None);
    }
}
