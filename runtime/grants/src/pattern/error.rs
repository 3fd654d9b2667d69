//! What is wrong with a line of `allow`, and what would be right. The operator must act.

use std::fmt;

use thiserror::Error;

use crate::excerpt::excerpt;
use crate::method::MethodError;
use crate::origin::OriginError;
use crate::path::PathError;

/// A line of `allow` that is not a pattern.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub struct PatternError {
    index: Option<usize>,
    line: String,
    problem: PatternProblem,
}

/// What is wrong with a line of `allow`.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum PatternProblem {
    /// A blank line.
    #[error(
        "the line is empty\nhint: write a URL such as `https://api.example.com/*`, or remove the line; no lines at all allow nothing"
    )]
    Empty,
    /// Longer than [`MAX_URL_LENGTH`](crate::MAX_URL_LENGTH).
    #[error("the URL is longer than any that may be sent\nhint: end the path earlier, with `/*`")]
    TooLong,
    /// More than methods and a URL.
    #[error(
        "the line has more than methods and a URL\nhint: write methods with a comma and no space, as in `GET,POST https://api.example.com/*`"
    )]
    TooManyWords,
    /// A lone `*`.
    #[error(
        "`*` alone would allow every host\nhint: name each host, as in `https://api.example.com/*`"
    )]
    Everything,
    /// `https://*/…`.
    #[error(
        "the host `*` would allow every host\nhint: name each host, as in `https://api.example.com/*`"
    )]
    AnyHost,
    /// A `*` that is not a whole leftmost label.
    #[error(
        "`*` in a host stands for one whole label, and only the leftmost\nhint: write `*.example.com`, or name each host"
    )]
    WildcardPlace,
    /// `*.com`: hosts that anybody can register.
    #[error(
        "`*.{0}` would allow hosts that anybody may own\nhint: leave at least two labels after `*`, as in `*.example.{0}`"
    )]
    WildcardTooBroad(String),
    /// `*.0.0.1`.
    #[error("`*` cannot stand in an address\nhint: name each address")]
    WildcardAddress,
    /// `https://api.example.com`: exactly `/`, or everything?
    #[error("the URL has no path\nhint: to allow every path, write `{0}`")]
    NoPath(String),
    /// A `*` in a path elsewhere than after the last `/`.
    #[error(
        "`*` in a path may only stand at the end, after a `/`\nhint: to allow everything below, write `{0}`"
    )]
    WildcardInPath(String),
    /// A query is never compared; a rule that has one would promise more than it does.
    #[error(
        "the URL has a query, and rules do not look at queries\nhint: leave out everything from `?`"
    )]
    Query,
    /// A fragment is never sent.
    #[error("the URL has a fragment, which is never sent\nhint: leave out everything from `#`")]
    Fragment,
    /// A secret is bound to origins, not to paths.
    #[error("a secret is bound to a whole origin, and this has a path\nhint: write `{0}`")]
    PathInOrigin(String),
    /// No scheme, with the line that it most likely means.
    #[error("the line has no scheme\nhint: write `{0}`")]
    NoScheme(String),
    /// Methods.
    #[error(transparent)]
    Method(#[from] MethodError),
    /// Scheme, host or port.
    #[error(transparent)]
    Origin(#[from] OriginError),
    /// Path.
    #[error(transparent)]
    Path(#[from] PathError),
}

/// Turns a missing scheme into the URL that was most likely meant.
pub(super) fn explain_origin(problem: OriginError, url: &str) -> PatternProblem {
    if !matches!(problem, OriginError::NoScheme(_)) {
        return problem.into();
    }
    let rest = url.trim_start_matches('/');
    let path = if rest.contains('/') { "" } else { "/*" };
    PatternProblem::NoScheme(format!("https://{}{path}", excerpt(rest)))
}

impl PatternError {
    pub(super) fn new(line: &str, problem: PatternProblem) -> PatternError {
        PatternError {
            index: None,
            line: printable(line),
            problem,
        }
    }

    pub(crate) fn at(self, index: usize) -> PatternError {
        PatternError {
            index: Some(index),
            ..self
        }
    }

    /// Which line of the list, counted from 0, where the pattern came from a list.
    pub fn index(&self) -> Option<usize> {
        self.index
    }

    /// The line, printable: long ones cut, a user name and password or a query left out.
    pub fn line(&self) -> &str {
        &self.line
    }

    /// What is wrong with it.
    pub fn problem(&self) -> &PatternProblem {
        &self.problem
    }
}

/// The line without the places where people put credentials.
fn printable(line: &str) -> String {
    let shown = line.split(['?', '#']).next().unwrap_or_default();
    match (shown.split_once("://"), shown.rfind('@')) {
        (Some((scheme, rest)), Some(at)) if at > scheme.len() + 2 => {
            let host = &rest[at - scheme.len() - 3..];
            excerpt(&format!("{scheme}://[redacted]{host}"))
        }
        _ => excerpt(shown),
    }
}

impl fmt::Display for PatternError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.index {
            Some(index) => write!(formatter, "line {} of `allow`, ", index + 1)?,
            None => formatter.write_str("pattern ")?,
        }
        write!(formatter, "`{}`: {}", self.line, self.problem)
    }
}
