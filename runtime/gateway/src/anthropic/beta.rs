//! `anthropic-beta`: names of features that are not in general use yet.
//!
//! | name | |
//! |---|---|
//! | begins as one of [`QUIET`] | ignored: the feature is in general use, or the provider names it itself |
//! | any other | ignored, with a warning |
//!
//! Headers do not reach a provider: the contract has none, and what a client may switch on at the
//! vendor is the operator's decision. The provider `anthropic` has a setting for it.

use http::HeaderMap;
use tidegate_host::types::Warning;

/// The header.
pub const BETA: &str = "anthropic-beta";

/// Beginnings of names that change nothing.
const QUIET: [&str; 11] = [
    "claude-code-",
    "effort-",
    "extended-cache-ttl-",
    "files-api-",
    "fine-grained-tool-streaming-",
    "message-batches-",
    "oauth-",
    "pdfs-",
    "prompt-caching-",
    "structured-outputs-",
    "token-counting-",
];

/// One warning for each name that may have mattered.
pub fn warnings(headers: &HeaderMap) -> Vec<Warning> {
    let lines = headers.get_all(BETA).into_iter();
    let names = lines
        .filter_map(|line| line.to_str().ok())
        .flat_map(|line| line.split(','))
        .map(str::trim)
        .filter(|name| !name.is_empty() && !QUIET.iter().any(|quiet| name.starts_with(quiet)));
    names
        .map(|name| Warning {
            subject: Some(BETA.into()),
            message: format!(
                "`{name}` is not passed on; the setting `beta` of the provider `anthropic` is"
            ),
        })
        .collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn only_names_that_may_matter_are_warned_of() {
        let mut headers = HeaderMap::new();
        let value = "prompt-caching-2024-07-31, context-1m-2025-08-07,,oauth-2025-04-20";
        headers.append(BETA, value.parse().unwrap());
        headers.append(BETA, "interleaved-thinking-2025-05-14".parse().unwrap());
        let warnings = warnings(&headers);
        assert_eq!(warnings.len(), 2);
        assert!(warnings[0].message.contains("`context-1m-2025-08-07`"));
        assert!(warnings[1].message.contains("`interleaved-thinking-"));
    }
}
