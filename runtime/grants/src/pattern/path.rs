//! The path part of a pattern: one path, or everything below a `/`.

use std::fmt;

use crate::path::check_path;
use crate::pattern::error::PatternProblem;

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum PathPattern {
    Exactly(String),
    /// Ends in `/`, so that `/v1/*` does not reach `/v10`.
    Below(String),
}

impl PathPattern {
    /// Reads what follows the origin; `url` is the whole, for hints that can be copied.
    pub(super) fn parse(tail: &str, url: &str) -> Result<PathPattern, PatternProblem> {
        if tail.contains('#') {
            return Err(PatternProblem::Fragment);
        }
        let before_query = tail.split('?').next().unwrap_or_default();
        if before_query.len() < tail.len() {
            return Err(PatternProblem::Query);
        }
        if tail.is_empty() {
            return Err(PatternProblem::NoPath(format!("{url}/*")));
        }
        let (path, below) = match tail.strip_suffix("/*") {
            Some(_) => (&tail[..tail.len() - 1], true),
            None => (tail, false),
        };
        if path.contains('*') {
            return Err(PatternProblem::WildcardInPath(prefix_hint(tail, url)));
        }
        // What no target may have, no rule can match: better said now than found out later.
        check_path(path)?;
        Ok(if below {
            PathPattern::Below(path.to_owned())
        } else {
            PathPattern::Exactly(path.to_owned())
        })
    }

    pub(super) fn all() -> PathPattern {
        PathPattern::Below("/".to_owned())
    }

    /// Exactly `path`, or its parent where `path` has a `*`, which a line cannot spell.
    pub(super) fn narrowest(path: &str) -> PathPattern {
        let Some(star) = path.find('*') else {
            return PathPattern::Exactly(path.to_owned());
        };
        let end = path[..star].rfind('/').map_or(0, |slash| slash + 1);
        PathPattern::Below(path[..end].to_owned())
    }

    pub(super) fn allows(&self, path: &str) -> bool {
        match self {
            PathPattern::Exactly(exact) => exact == path,
            PathPattern::Below(prefix) => path.starts_with(prefix),
        }
    }

    pub(super) fn covers(&self, other: &PathPattern) -> bool {
        match other {
            PathPattern::Exactly(path) => self.allows(path),
            PathPattern::Below(other) => {
                matches!(self, PathPattern::Below(prefix) if other.starts_with(prefix))
            }
        }
    }
}

/// The line most likely meant: `/v1/*` for `/v1*`, else a `*` in place of the first segment that has one.
fn prefix_hint(tail: &str, url: &str) -> String {
    let star = tail.find('*').unwrap_or_default();
    let is_at_end = tail[star..].bytes().all(|byte| byte == b'*');
    let end = match tail[..star].rfind('/') {
        Some(slash) if !is_at_end || slash + 1 == star => slash,
        _ => star,
    };
    let origin = &url[..url.len() - tail.len()];
    format!("{origin}{}/*", &tail[..end])
}

impl fmt::Display for PathPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PathPattern::Exactly(path) => formatter.write_str(path),
            PathPattern::Below(prefix) => write!(formatter, "{prefix}*"),
        }
    }
}
