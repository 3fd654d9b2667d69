//! What a model accepts beyond what all models do, told by its name.
//!
//! | name | is |
//! |---|---|
//! | `anthropic.claude-3-5-sonnet-20240620-v1:0`, `us.anthropic.claude-3-5-…` | Claude 3.5 |
//! | `global.anthropic.claude-opus-4-6-v1` | Claude 4.6 |
//! | `anthropic.claude-mythos-preview` (no number) | Claude, newer than all others |
//! | `amazon.nova-lite-v1:0`, `amazon.nova-2-lite-v1:0` | Nova, Nova 2 |
//! | `openai.gpt-oss-120b-1:0` | GPT-OSS |
//! | `meta.llama3-1-8b-instruct-v1:0`, `amazon.titan-text-express-v1` | a model that takes no more than is common |
//! | an id of a profile, `x1y2z3` | one of which nothing is known |
//!
//! Sources: [parameters by model](https://docs.aws.amazon.com/bedrock/latest/userguide/model-parameters.html),
//! [prompt caching](https://docs.aws.amazon.com/bedrock/latest/userguide/prompt-caching.html),
//! [structured outputs](https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html),
//! [extended thinking](https://docs.aws.amazon.com/bedrock/latest/userguide/claude-messages-extended-thinking.html)
//! and, for Nova, [its own guide](https://docs.aws.amazon.com/nova/latest/nova2-userguide/extended-thinking.html).

/// A model, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Model {
    /// Anthropic's, by version.
    Claude(u8, u8),
    /// Amazon's, first generation.
    Nova,
    /// Amazon's, second generation.
    Nova2,
    /// OpenAI's with open weights.
    GptOss,
    /// Mistral's.
    Mistral,
    /// One of a vendor whose models are not held to schemas.
    Plain,
    /// Any other.
    Other,
}

/// Vendors none of whose models is held to a schema.
const PLAIN: [&str; 6] = [
    "titan",
    "llama",
    "cohere.",
    "ai21.",
    "stability.",
    "writer.",
];

impl Model {
    /// Reads the name of a model.
    pub fn named(name: &str) -> Self {
        let name = name.to_ascii_lowercase();
        if let Some((_, version)) = name.split_once("claude") {
            // `claude-v2:1` and `claude-instant-v1` count otherwise.
            if version.starts_with("-v") || version.starts_with("-instant") {
                return Model::Claude(2, 0);
            }
            let (major, minor) = numbers(version).unwrap_or((u8::MAX, 0));
            return Model::Claude(major, minor);
        }
        match () {
            _ if name.contains("nova-2") => Model::Nova2,
            _ if name.contains("nova-") => Model::Nova,
            _ if name.contains("gpt-oss") => Model::GptOss,
            _ if name.contains("mistral.") => Model::Mistral,
            _ if PLAIN.iter().any(|plain| name.contains(plain)) => Model::Plain,
            _ => Model::Other,
        }
    }

    /// Whether marks for a cache may stand in messages and system prompt.
    pub fn caches(self) -> bool {
        matches!(self, Model::Claude(..) | Model::Nova | Model::Nova2)
    }

    /// Whether they may stand among the tools.
    pub fn caches_tools(self) -> bool {
        matches!(self, Model::Claude(..))
    }

    /// Whether answers, and arguments of tools, can be held to a schema. New models of unknown
    /// vendors can.
    pub fn takes_schema(self) -> bool {
        match self {
            Model::Claude(major, minor) => (major, minor) >= (4, 5),
            Model::Nova | Model::Nova2 | Model::Plain => false,
            Model::GptOss | Model::Mistral | Model::Other => true,
        }
    }

    /// Whether temperature, top-p and top-k may differ from their defaults.
    pub fn takes_sampling(self) -> bool {
        !matches!(self, Model::Claude(major, minor) if (major, minor) > (4, 6))
    }

    /// Whether temperature and top-p may be given together.
    pub fn takes_temperature_with_top_p(self) -> bool {
        !matches!(self, Model::Claude(major, minor) if (major, minor) > (4, 0))
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
    fn models_are_told_by_every_spelling_of_their_names() {
        for (name, model) in [
            (
                "anthropic.claude-3-5-sonnet-20240620-v1:0",
                Model::Claude(3, 5),
            ),
            (
                "us.anthropic.claude-sonnet-4-20250514-v1:0",
                Model::Claude(4, 0),
            ),
            ("global.anthropic.claude-opus-4-6-v1", Model::Claude(4, 6)),
            (
                "arn:aws:bedrock:us-east-1:12:inference-profile/us.anthropic.claude-haiku-4-5-20251001-v1:0",
                Model::Claude(4, 5),
            ),
            ("anthropic.claude-v2:1", Model::Claude(2, 0)),
            ("anthropic.claude-mythos-preview", Model::Claude(u8::MAX, 0)),
            ("amazon.nova-lite-v1:0", Model::Nova),
            ("us.amazon.nova-2-lite-v1:0", Model::Nova2),
            ("openai.gpt-oss-120b-1:0", Model::GptOss),
            ("mistral.mistral-large-2407-v1:0", Model::Mistral),
            ("us.meta.llama3-3-70b-instruct-v1:0", Model::Plain),
            ("moonshot.kimi-k2-thinking", Model::Other),
            ("x1y2z3", Model::Other),
        ] {
            assert_eq!(Model::named(name), model, "{name}");
        }
    }
}
