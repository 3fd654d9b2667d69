//! Which models a key may use.
//!
//! | pattern | means |
//! |---|---|
//! | `fast`, `openai/gpt-5-mini` | exactly that name |
//! | `openai/*` | every model of that provider |
//! | `*/gpt-5-mini`, `openai/gpt-*-mini` | `*` stands for any text, `/` included, and for none |
//! | `*` | every name |
//! | empty | no name but the empty one, which no model has |
//!
//! Letters are compared as they are.

use std::fmt;

/// A name, or names with gaps.
///
/// ```
/// use tidegate_grants::ModelPattern;
///
/// assert!(ModelPattern::new("openai/gpt-*-mini").matches("openai/gpt-5-mini"));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelPattern(String);

impl ModelPattern {
    /// A pattern as it is written; every text is one.
    pub fn new(text: impl Into<String>) -> Self {
        ModelPattern(text.into())
    }

    /// As it is written.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this name is meant.
    pub fn matches(&self, name: &str) -> bool {
        let Some((first, rest)) = self.0.split_once('*') else {
            return name == self.0;
        };
        let Some(mut name) = name.strip_prefix(first) else {
            return false;
        };
        let (middle, last) = rest.rsplit_once('*').unwrap_or(("", rest));
        for piece in middle.split('*') {
            // The leftmost place leaves the most for those that follow.
            match name.split_once(piece) {
                Some((_, after)) => name = after,
                None => return false,
            }
        }
        name.ends_with(last)
    }

    /// Whether there may be a name with this beginning that is meant.
    pub fn may_match_below(&self, beginning: &str) -> bool {
        let first = self.begins();
        // What stands behind the first star may come behind any beginning.
        first.starts_with(beginning) || (self.exact().is_none() && beginning.starts_with(first))
    }

    /// The name, if it is one and not many.
    pub fn exact(&self) -> Option<&str> {
        (!self.0.contains('*')).then_some(&self.0)
    }

    /// What every name that is meant begins with.
    pub fn begins(&self) -> &str {
        self.0.split('*').next().unwrap_or_default()
    }
}

impl fmt::Display for ModelPattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::ModelPattern;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, matches) in [
            ("*", "openai/gpt-5", true),
            ("*", "", true),
            ("openai/*", "openai/gpt-5-mini", true),
            ("openai/*", "openai/", true),
            ("openai/*", "openai", false),
            ("openai/*", "openai2/gpt-5", false),
            ("openai/gpt-*-mini", "openai/gpt-5-mini", true),
            ("openai/gpt-*-mini", "openai/gpt-mini", false),
            ("*/gpt-5", "a/b/gpt-5", true),
            ("fast", "fast", true),
            ("fast", "faster", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
            ("a**b", "ab", true),
            ("", "a", false),
        ] {
            let pattern = ModelPattern::new(pattern);
            assert_eq!(pattern.matches(name), matches, "{pattern} {name}");
        }
    }

    #[test]
    fn a_provider_may_have_models_for_a_pattern_or_cannot() {
        let below = |pattern: &str| ModelPattern::new(pattern).may_match_below("openai/");
        for pattern in [
            "*",
            "openai/*",
            "open*",
            "*/gpt-5-mini",
            "openai/gpt-5",
            "openai/gpt-*",
        ] {
            assert!(below(pattern), "{pattern}");
        }
        for pattern in ["", "fast", "openai", "openrouter/*", "echo/*"] {
            assert!(!below(pattern), "{pattern}");
        }
    }
}
