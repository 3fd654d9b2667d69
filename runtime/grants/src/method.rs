//! A request method that may leave the host.

use std::borrow::Cow;
use std::fmt;
use std::str::FromStr;

use thiserror::Error;

use crate::excerpt::excerpt;

/// No registered method is longer than `UPDATEREDIRECTREF`, which has 17 letters; the rest is headroom.
const MAX_LENGTH: usize = 32;

/// An HTTP method: an upper-case word, and neither `CONNECT` nor `TRACE`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Method(Cow<'static, str>);

/// Why a method was refused.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum MethodError {
    /// No method at all, also where a comma in a rule has none on one side.
    #[error("the method is empty\nhint: write one, such as `POST`")]
    Empty,
    /// Longer than any method in use.
    #[error(
        "the method is longer than {MAX_LENGTH} characters\nhint: use one that the upstream documents, such as `POST`"
    )]
    TooLong,
    /// Not a name. HTTP would allow any token, but `*` looks like a wildcard and is none.
    #[error("`{0}` is not an HTTP method\nhint: a method is a word such as `POST`")]
    NotAWord(String),
    /// Methods are case-sensitive: `get` is another method than `GET`, and some servers treat it as the same.
    #[error("the method `{0}` is not upper case\nhint: write `{1}`")]
    NotUpperCase(String, String),
    /// `CONNECT` asks for a tunnel that no rule could see into; `TRACE` echoes the credentials that the host attached.
    #[error("the method `{0}` is never allowed\nhint: no grant can allow it; use another method")]
    Forbidden(String),
}

impl Method {
    /// Reads a method as a guest or a rule wrote it.
    pub fn parse(text: &str) -> Result<Method, MethodError> {
        // The usual ones, without an allocation.
        for known in ["GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS"] {
            if text == known {
                return Ok(Method(Cow::Borrowed(known)));
            }
        }
        if text.is_empty() {
            return Err(MethodError::Empty);
        }
        if text.len() > MAX_LENGTH {
            return Err(MethodError::TooLong);
        }
        let is_word = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if !text.starts_with(|it: char| it.is_ascii_alphabetic()) || !text.bytes().all(is_word) {
            return Err(MethodError::NotAWord(excerpt(text)));
        }
        let upper = text.to_ascii_uppercase();
        if matches!(upper.as_str(), "CONNECT" | "TRACE") {
            return Err(MethodError::Forbidden(upper));
        }
        if upper != text {
            return Err(MethodError::NotUpperCase(text.to_owned(), upper));
        }
        Ok(Method(Cow::Owned(upper)))
    }

    /// The method as it goes on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Method {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl FromStr for Method {
    type Err = MethodError;

    fn from_str(text: &str) -> Result<Method, MethodError> {
        Method::parse(text)
    }
}

#[cfg(test)]
mod tests {
    use super::{Method, MethodError};

    #[test]
    fn usual_and_unusual_upper_case_words_pass() {
        for text in ["GET", "POST", "PROPFIND", "M-SEARCH"] {
            assert_eq!(Method::parse(text).as_ref().map(Method::as_str), Ok(text));
        }
    }

    #[test]
    fn lower_case_names_the_upper_case_spelling() {
        let error = MethodError::NotUpperCase("get".into(), "GET".into());
        assert_eq!(Method::parse("get"), Err(error));
    }

    #[test]
    fn tunnels_and_echoes_are_refused_in_any_case() {
        for text in ["CONNECT", "connect", "TRACE", "Trace"] {
            assert!(matches!(
                Method::parse(text),
                Err(MethodError::Forbidden(_))
            ));
        }
    }

    #[test]
    fn what_would_split_a_request_line_is_not_a_word() {
        for text in ["GET ", "GET\r\nHost: a", "GET /", "GÉT", "GET\0", "*", "1"] {
            assert!(matches!(Method::parse(text), Err(MethodError::NotAWord(_))));
        }
        assert_eq!(Method::parse(""), Err(MethodError::Empty));
        assert_eq!(Method::parse(&"A".repeat(33)), Err(MethodError::TooLong));
    }
}
