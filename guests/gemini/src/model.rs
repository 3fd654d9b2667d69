//! What a model accepts, told by the version in its name.
//!
//! | name | version |
//! |---|---|
//! | `gemini-2.5-flash-lite`, `models/gemini-2.5-flash-lite` | 2.5 |
//! | `gemini-3-pro-preview`, `publishers/google/models/gemini-3-pro-preview` | 3.0 |
//! | `gemini-flash-latest`, `endpoints/123` (no version) | newer than all others |
//! | `gemini-robotics-er-1.5-preview` | 2.5, which it is made of |
//! | `gemma-3-27b-it` (not Gemini) | thinks and takes levels from 4 on |
//!
//! Sources: [thinking](https://ai.google.dev/gemini-api/docs/thinking) and the page of the same name
//! in the documentation of Vertex AI.

use std::ops::RangeInclusive;

/// A model, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Model {
    version: (u8, u8),
    gemini: bool,
    kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Kind {
    Pro,
    Flash,
    Lite,
    /// Makes pictures or sound.
    Maker,
}

impl Model {
    /// Reads the name of a model.
    pub fn named(name: &str) -> Self {
        let name = name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase();
        let after = |family: &str| version(name.strip_prefix(family)?);
        let has = |word: &str| name.split('-').any(|it| it == word);
        let gemma = after("gemma-");
        Model {
            version: match gemma {
                _ if name.starts_with("gemini-robotics-er-1") => (2, 5),
                Some(version) => version,
                None => after("gemini-").unwrap_or((u8::MAX, 0)),
            },
            gemini: gemma.is_none(),
            kind: match () {
                _ if has("image") || has("tts") => Kind::Maker,
                _ if has("lite") => Kind::Lite,
                _ if has("pro") => Kind::Pro,
                _ => Kind::Flash,
            },
        }
    }

    /// Whether it thinks at all.
    pub fn thinks(self) -> bool {
        match (self.gemini, self.kind) {
            (false, _) => self.version >= (4, 0),
            (true, Kind::Maker) => self.version >= (3, 0),
            (true, _) => self.version >= (2, 5),
        }
    }

    /// Whether it is told by a level how much to think; older ones by a number of tokens.
    pub fn takes_level(self) -> bool {
        self.version >= (3, 0)
    }

    /// Whether the level `minimal` exists, which is nearly none at all.
    pub fn takes_minimal(self) -> bool {
        let flash = matches!(self.kind, Kind::Flash | Kind::Lite);
        !self.gemini || flash && (3, 0) <= self.version && self.version < (3, 7)
    }

    /// Whether there is a level between `low` and `high`.
    pub fn takes_medium(self) -> bool {
        (self.version, self.kind) != ((3, 0), Kind::Pro)
    }

    /// How many tokens it can be told to think for.
    pub fn budgets(self) -> RangeInclusive<u32> {
        match self.kind {
            Kind::Pro => 128..=32_768,
            Kind::Lite => 512..=24_576,
            Kind::Flash | Kind::Maker => 1..=24_576,
        }
    }

    /// Whether thinking can be turned off by a budget of 0.
    pub fn can_stop_thinking(self) -> bool {
        self.kind != Kind::Pro
    }

    /// Whether it refuses its own tool calls without their signatures.
    pub fn wants_signatures(self) -> bool {
        self.gemini && self.version >= (3, 0)
    }

    /// Whether results of tools may hold pictures and files.
    pub fn takes_media_in_results(self) -> bool {
        self.gemini && self.version >= (3, 0)
    }
}

/// The number that a text begins with.
fn version(text: &str) -> Option<(u8, u8)> {
    let number = text.split('-').next()?;
    let (major, minor) = number.split_once('.').unwrap_or((number, "0"));
    Some((major.parse().ok()?, minor.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_are_read_from_every_spelling() {
        for (name, version) in [
            ("gemini-2.0-flash-001", (2, 0)),
            ("models/gemini-2.5-flash-lite", (2, 5)),
            ("publishers/google/models/gemini-3-pro-preview", (3, 0)),
            ("gemini-3.1-pro-preview-customtools", (3, 1)),
            ("gemini-flash-latest", (u8::MAX, 0)),
            ("gemini-robotics-er-1.5-preview", (2, 5)),
            ("gemini-omni-1.2-flash", (u8::MAX, 0)),
            ("endpoints/4711", (u8::MAX, 0)),
            ("gemma-3-27b-it", (3, 0)),
        ] {
            assert_eq!(Model::named(name).version, version, "{name}");
        }
    }

    #[test]
    fn models_that_make_things_think_from_3_on_and_old_ones_never() {
        for (name, thinks) in [
            ("gemini-2.0-flash", false),
            ("gemini-2.5-flash", true),
            ("gemini-2.5-flash-image", false),
            ("gemini-2.5-pro-preview-tts", false),
            ("gemini-3-pro-image-preview", true),
            ("gemma-3-27b-it", false),
            ("gemma-4-31b-it", true),
        ] {
            assert_eq!(Model::named(name).thinks(), thinks, "{name}");
        }
    }

    #[test]
    fn levels_differ_by_model() {
        let minimal = |name| Model::named(name).takes_minimal();
        assert!(minimal("gemini-3-flash-preview") && minimal("gemini-3.1-flash-lite"));
        assert!(!minimal("gemini-3.1-pro-preview") && !minimal("gemini-3.8-flash"));
        assert!(!Model::named("gemini-3-pro-preview").takes_medium());
        assert!(Model::named("gemini-3.1-pro-preview").takes_medium());
    }
}
