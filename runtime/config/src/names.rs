//! Which names of models are meant.
//!
//! | form | means |
//! |---|---|
//! | `fast`, `openai/gpt-5-mini` | exactly that name |
//! | `openai/*` | every model of that provider |
//! | `*/gpt-5-mini`, `openai/gpt-*-mini` | `*` stands for any text, `/` included, and for none |
//! | `*` | every name |
//! | empty | an error |

use std::fmt;

use crate::problem::Problems;
use crate::table::Value;

/// A name, or names with gaps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern(String);

impl NamePattern {
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

    /// The name, if it is one and not many.
    pub(crate) fn exact(&self) -> Option<&str> {
        (!self.0.contains('*')).then_some(&self.0)
    }

    /// What every name that is meant begins with.
    pub(crate) fn begins(&self) -> &str {
        self.0.split('*').next().unwrap_or_default()
    }

    /// The pattern that is everything.
    pub(crate) fn all() -> Self {
        NamePattern("*".into())
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// Reads a pattern.
pub(crate) fn read(value: &Value, problems: &mut Problems) -> Option<NamePattern> {
    let text = value.text(r#""openai/*""#, problems)?;
    if text.is_empty() {
        problems.add(
            &value.span,
            format!("`{}` is empty, which names no models", value.path),
            "write a name, `\"*\"`, or a name with `*` in place of what may differ",
        );
        return None;
    }
    Some(NamePattern(text.into()))
}

#[cfg(test)]
mod tests {
    use super::NamePattern;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, name, matches) in [
            ("*", "openai/gpt-5", true),
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
        ] {
            let pattern = NamePattern(pattern.into());
            assert_eq!(pattern.matches(name), matches, "{pattern} {name}");
        }
    }
}
