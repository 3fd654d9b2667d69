//! Which models a key may use.
//!
//! | pattern | means |
//! |---|---|
//! | `fast`, `acme/large-5-mini` | exactly that name |
//! | `acme/*` | every model of that provider |
//! | `*/large-5-mini`, `acme/large-*-mini` | `*` stands for any text, `/` included, and for none |
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
/// assert!(ModelPattern::new("acme/large-*-mini").matches("acme/large-5-mini"));
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
            ("*", "acme/large-5", true),
            ("*", "", true),
            ("acme/*", "acme/large-5-mini", true),
            ("acme/*", "acme/", true),
            ("acme/*", "acme", false),
            ("acme/*", "acme2/large", false),
            ("acme/large-*-mini", "acme/large-5-mini", true),
            ("acme/large-*-mini", "acme/large-mini", false),
            ("*/large-5", "a/b/large-5", true),
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
        let below = |pattern: &str| ModelPattern::new(pattern).may_match_below("acme/");
        for pattern in [
            "*",
            "acme/*",
            "ac*",
            "*/large-5-mini",
            "acme/large-5",
            "acme/large-*",
        ] {
            assert!(below(pattern), "{pattern}");
        }
        for pattern in ["", "fast", "acme", "acorn/*", "other/*"] {
            assert!(!below(pattern), "{pattern}");
        }
    }
}
