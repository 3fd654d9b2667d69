//! What a model accepts, told by the version in its name.
//!
//! New models refuse fields that older ones took: a fixed thinking budget, sampling. The older ones
//! are a closed set, so whatever is not known to be old counts as new.
//!
//! | name | version |
//! |---|---|
//! | `claude-3-5-sonnet-20241022` | 3.5 |
//! | `claude-sonnet-4-20250514`, `claude-opus-4@20250514` | 4.0 |
//! | `claude-opus-4-1`, `claude-opus-4.1` | 4.1 |
//! | `claude-fable-5` | 5.0, never stops thinking |
//! | `claude-mythos-preview` (Claude without a number) | newer than all others, never stops thinking |
//! | `kimi-k2` (not Claude, at another `base-url`) | the oldest that thinks, which most relays imitate |
//!
//! Sources: [adaptive thinking](https://platform.claude.com/docs/en/build-with-claude/adaptive-thinking),
//! [effort](https://platform.claude.com/docs/en/build-with-claude/effort),
//! [structured outputs](https://platform.claude.com/docs/en/build-with-claude/structured-outputs),
//! [system messages in conversations](https://platform.claude.com/docs/en/build-with-claude/mid-conversation-system-messages).

/// A model, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model {
    claude: bool,
    version: (u8, u8),
    always_thinks: bool,
}

impl Model {
    /// Reads the name of a model.
    pub fn named(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        let claude = name.contains("claude");
        let always = name.contains("fable") || name.contains("mythos");
        let version = match (claude, numbers(&name)) {
            (true, Some(version)) => version,
            (true, None) => (u8::MAX, 0),
            (false, _) => (4, 0),
        };
        Model {
            claude,
            version,
            always_thinks: claude && (always || version > (5, 0)),
        }
    }

    /// Whether it thinks at all.
    pub fn thinks(&self) -> bool {
        self.version >= (3, 7)
    }

    /// Whether `thinking.budget_tokens` is accepted.
    pub fn takes_budget(&self) -> bool {
        self.thinks() && self.version <= (4, 6)
    }

    /// Whether it chooses itself how much to think, guided by `output_config.effort`.
    pub fn takes_effort(&self) -> bool {
        self.version >= (4, 6)
    }

    /// Whether the effort `xhigh` exists; `max` comes with effort itself.
    pub fn takes_xhigh(&self) -> bool {
        self.version >= (4, 7)
    }

    /// Whether it thinks without being told to.
    pub fn thinks_unasked(&self) -> bool {
        self.claude && self.version >= (5, 0)
    }

    /// Whether thinking cannot be turned off.
    pub fn always_thinks(&self) -> bool {
        self.always_thinks
    }

    /// Whether its thinking is left out of the answer unless asked for.
    pub fn hides_thinking(&self) -> bool {
        self.version >= (4, 7)
    }

    /// Whether `temperature`, `top_p` and `top_k` may differ from their defaults.
    pub fn takes_sampling(&self) -> bool {
        self.version <= (4, 6)
    }

    /// Whether `temperature` and `top_p` may be given together.
    pub fn takes_temperature_with_top_p(&self) -> bool {
        self.version <= (4, 0)
    }

    /// Whether the answer, and arguments of tools, can be held to a schema.
    pub fn takes_schema(&self) -> bool {
        self.version >= (4, 5)
    }

    /// Whether a system message may stand between others.
    pub fn takes_system_turns(&self) -> bool {
        self.version >= (4, 8)
    }

    /// `max_tokens` is required; this stands in for a caller who gave none. As much as every model
    /// of the version allows, but not so much that a runaway answer costs a fortune.
    pub fn default_max_tokens(&self) -> u32 {
        match self.version {
            (..3, _) | (3, ..5) => 4_096,
            (3, 5) => 8_192,
            _ if !self.claude => 8_192,
            _ => 32_000,
        }
    }
}

/// The first number of one or two digits, and the one right after it.
fn numbers(name: &str) -> Option<(u8, u8)> {
    // A date has eight digits and is no version.
    let number = |word: &str| (word.len() <= 2).then(|| word.parse::<u8>().ok()).flatten();
    let mut words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let major = words.by_ref().find_map(number)?;
    let minor = words.next().and_then(number).unwrap_or(0);
    Some((major, minor))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_every_spelling() {
        for (name, version) in [
            ("claude-2.1", (2, 1)),
            ("claude-3-opus-20240229", (3, 0)),
            ("claude-3-5-sonnet-20241022", (3, 5)),
            ("claude-3-7-sonnet-latest", (3, 7)),
            ("claude-sonnet-4-20250514", (4, 0)),
            ("claude-opus-4@20250514", (4, 0)),
            ("claude-opus-4-1-20250805", (4, 1)),
            ("anthropic/claude-opus-4.8", (4, 8)),
            ("claude-sonnet-5", (5, 0)),
            ("claude-opus-5-5", (5, 5)),
        ] {
            assert_eq!(Model::named(name).version, version, "{name}");
        }
    }

    #[test]
    fn unknown_claudes_are_new_and_other_models_are_old() {
        let preview = Model::named("claude-mythos-preview");
        assert!(preview.always_thinks() && preview.takes_effort() && !preview.takes_sampling());
        let other = Model::named("kimi-k2-0905-preview");
        assert!(other.takes_budget() && other.takes_sampling() && !other.thinks_unasked());
    }

    #[test]
    fn thinking_can_be_turned_off_until_it_cannot() {
        assert!(!Model::named("claude-opus-5").always_thinks());
        assert!(Model::named("claude-fable-5").always_thinks());
        assert!(Model::named("claude-sonnet-5-5").always_thinks());
    }
}
