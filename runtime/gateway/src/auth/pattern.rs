//! Which models a key may use.
//!
//! | pattern | matches |
//! |---|---|
//! | `*` | every model |
//! | `openai/*` | every model of that provider |
//! | `*/gpt-5-mini` | that model of every provider |
//! | `fast` | exactly that name |
//!
//! `*` stands for any text, `/` included and the empty one too. Letters are compared as they are. An
//! empty pattern matches nothing that has a name.

/// A model name with gaps.
pub struct Pattern {
    /// What stands between the stars.
    pieces: Vec<String>,
}

impl Pattern {
    pub fn new(text: &str) -> Self {
        Pattern {
            pieces: text.split('*').map(Into::into).collect(),
        }
    }

    /// As it was written.
    pub fn text(&self) -> String {
        self.pieces.join("*")
    }

    /// Whether there may be a name with this beginning that it matches.
    pub fn may_match_below(&self, beginning: &str) -> bool {
        let Some((first, pieces)) = self.pieces.split_first() else {
            return false;
        };
        // What stands behind the first star may come behind any beginning.
        first.starts_with(beginning)
            || (!pieces.is_empty() && beginning.starts_with(first.as_str()))
    }

    pub fn matches(&self, model: &str) -> bool {
        let Some((first, pieces)) = self.pieces.split_first() else {
            return false;
        };
        let Some((last, middle)) = pieces.split_last() else {
            return model == first;
        };
        let Some(mut rest) = model.strip_prefix(first.as_str()) else {
            return false;
        };
        for piece in middle {
            // The leftmost place leaves the most for those that follow.
            match rest.split_once(piece.as_str()) {
                Some((_, after)) => rest = after,
                None => return false,
            }
        }
        rest.ends_with(last.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn a_star_stands_for_any_text() {
        for (pattern, model, matches) in [
            ("*", "openai/gpt-5", true),
            ("*", "", true),
            ("openai/*", "openai/gpt-5", true),
            ("openai/*", "openai/", true),
            ("openai/*", "openai2/gpt-5", false),
            ("openai/gpt-*-mini", "openai/gpt-5-mini", true),
            ("openai/gpt-*-mini", "openai/gpt-mini", false),
            ("*/gpt-5", "a/b/gpt-5", true),
            ("fast", "fast", true),
            ("fast", "faster", false),
            ("a*b*c", "abc", true),
            ("a*b*c", "a-c-b", false),
            ("ab*ba", "aba", false),
            ("", "a", false),
        ] {
            assert_eq!(
                Pattern::new(pattern).matches(model),
                matches,
                "{pattern} {model}"
            );
        }
    }

    #[test]
    fn a_provider_may_have_models_for_a_pattern_or_cannot() {
        let below = |pattern: &str| Pattern::new(pattern).may_match_below("openai/");
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
