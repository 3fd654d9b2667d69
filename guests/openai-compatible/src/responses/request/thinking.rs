//! Whether a model reasons, by its name: the API refuses `reasoning.encrypted_content` for a model that
//! does not, and forgets the reasoning of one that does without it.
//!
//! | name | reasons |
//! |---|---|
//! | `gpt-3…`, `gpt-4…`, `chatgpt-…`, `gpt-5-chat…` | no |
//! | `gpt-5…` and later, `gpt-oss…`, `o1`, `o3-mini` and so on, `codex-…`, `computer-use-…` | yes |
//! | anything else, the empty name too | unknown: it is taken to where the conversation has reasoning in it |
//!
//! What stands before a `/`, and `ft:` of a model that was trained further, are passed over.

/// Whether a model reasons.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Thinking {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Its name does not say.
    Unknown,
}

impl Thinking {
    /// Of the model that the vendor publishes under this name.
    pub fn of(model: &str) -> Self {
        let name = base(model);
        let without = ["gpt-3", "gpt-4", "chatgpt-", "gpt-5-chat"];
        if without.iter().any(|start| name.starts_with(start)) {
            return Thinking::No;
        }
        let generation = |start: &str| {
            let rest = name.strip_prefix(start).unwrap_or_default();
            rest.starts_with(|digit: char| digit.is_ascii_digit())
        };
        let with = ["gpt-oss", "codex-", "computer-use-"];
        match generation("gpt-") || generation("o") || with.iter().any(|it| name.starts_with(it)) {
            true => Thinking::Yes,
            false => Thinking::Unknown,
        }
    }

    /// Whether to ask for what the reasoning can be handed back by. `spoken_of`: the request speaks of
    /// reasoning.
    pub fn wants_back(self, spoken_of: bool) -> bool {
        match self {
            Thinking::Yes => true,
            Thinking::No => false,
            Thinking::Unknown => spoken_of,
        }
    }
}

/// Whether OpenAI offers a model by this API alone: the `pro` and `codex` models, those for deep
/// research and for using a computer.
///
/// <https://platform.openai.com/docs/models>
pub fn is_only_here(model: &str) -> bool {
    let name = base(model);
    let mut words = name.split('-');
    let is_openai = Thinking::of(model) == Thinking::Yes;
    is_openai && words.any(|word| matches!(word, "pro" | "codex" | "research" | "computer"))
}

fn base(model: &str) -> &str {
    let name = model.rsplit('/').next().unwrap_or_default();
    match name.strip_prefix("ft:") {
        // `ft:gpt-4o-mini-2024-07-18:organization::id`
        Some(trained) => trained.split(':').next().unwrap_or_default(),
        None => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_say_whether_a_model_reasons() {
        for model in [
            "gpt-5",
            "gpt-5-mini",
            "gpt-5.1-chat-latest",
            "gpt-10",
            "o1",
            "o3-mini",
            "o4-mini-2025-04-16",
            "codex-mini-latest",
            "openai/gpt-oss-20b",
        ] {
            assert_eq!(Thinking::of(model), Thinking::Yes, "{model}");
        }
        for model in [
            "gpt-4o",
            "gpt-4.1-mini",
            "gpt-3.5-turbo",
            "chatgpt-4o-latest",
            "gpt-5-chat-latest",
            "ft:gpt-4o-mini-2024-07-18:o3::abc",
        ] {
            assert_eq!(Thinking::of(model), Thinking::No, "{model}");
        }
        for model in ["", "grok-4", "my-deployment", "omni", "gpt-image-1"] {
            assert_eq!(Thinking::of(model), Thinking::Unknown, "{model}");
        }
    }

    #[test]
    fn models_of_this_api_alone_are_known() {
        for model in [
            "o1-pro",
            "o3-pro-2025-06-10",
            "gpt-5-pro",
            "gpt-5-codex",
            "gpt-5.1-codex-max",
            "codex-mini-latest",
            "o4-mini-deep-research",
            "computer-use-preview",
        ] {
            assert!(is_only_here(model), "{model}");
        }
        for model in ["", "gpt-5", "gpt-4o", "gemini-2.5-pro", "ft:gpt-4o:pro::x"] {
            assert!(!is_only_here(model), "{model}");
        }
    }
}
