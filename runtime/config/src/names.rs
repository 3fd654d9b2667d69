//! Which names of models are meant.
//!
//! | form | means |
//! |---|---|
//! | `fast`, `openai/gpt-5-mini` | exactly that name |
//! | `openai/*`, `openai/gpt-*` | every name that begins so |
//! | `*` | every name |
//! | empty, `*` elsewhere than at the end | an error |

use std::fmt;
use std::ops::Range;

use crate::problem::Problems;

/// A name, or the beginning of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamePattern {
    begins: String,
    is_whole: bool,
}

impl NamePattern {
    /// Whether this name is meant.
    pub fn matches(&self, name: &str) -> bool {
        match self.is_whole {
            true => name == self.begins,
            false => name.starts_with(&self.begins),
        }
    }

    /// The name, if it is one and not the beginning of many.
    pub fn exact(&self) -> Option<&str> {
        self.is_whole.then_some(&self.begins)
    }

    /// What every name that is meant begins with.
    pub fn begins(&self) -> &str {
        &self.begins
    }

    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (begins, is_whole) = match text.strip_suffix('*') {
            Some(begins) => (begins, false),
            None => (text, true),
        };
        if begins.contains('*') || text.is_empty() {
            return None;
        }
        Some(NamePattern {
            begins: begins.into(),
            is_whole,
        })
    }
}

impl fmt::Display for NamePattern {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.begins)?;
        formatter.write_str(if self.is_whole { "" } else { "*" })
    }
}

/// Reads a pattern that stands at `span`, in the list or table `path`.
pub(crate) fn read(
    text: &str,
    path: &str,
    span: &Range<usize>,
    problems: &mut Problems,
) -> Option<NamePattern> {
    let pattern = NamePattern::parse(text);
    if pattern.is_none() {
        problems.add(
            span,
            format!(
                "`{path}` has `{}`, which names no models",
                text.escape_debug()
            ),
            "write a name, or the beginning of names and a `*` behind it",
        );
    }
    pattern
}

#[cfg(test)]
mod tests {
    use super::NamePattern;

    #[test]
    fn a_star_at_the_end_stands_for_the_rest() {
        for (pattern, name, matches) in [
            ("*", "anything", true),
            ("openai/*", "openai/gpt-5-mini", true),
            ("openai/*", "openai", false),
            ("openai/gpt-*", "openai/o3", false),
            ("fast", "fast", true),
            ("fast", "faster", false),
        ] {
            let pattern = NamePattern::parse(pattern).expect("a pattern");
            assert_eq!(pattern.matches(name), matches, "{pattern} {name}");
        }
        for text in ["", "a*b", "**", "*/x"] {
            assert_eq!(NamePattern::parse(text), None, "{text}");
        }
    }
}
