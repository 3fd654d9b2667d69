//! What models call their inputs. Every model has a schema of its own
//! (`https://replicate.com/{owner}/{name}/api`); those of one maker agree, and the rest mostly
//! follow Llama. What differs still goes in by `extra`: `{"input": {"max_length": 200}}`.

use Images::{Many, One};

/// How the models of a maker want to be asked.
pub struct Family {
    /// How their names begin.
    prefix: &'static str,
    /// The input for instructions.
    pub system: &'static str,
    /// The input for the token limit.
    pub max_tokens: &'static str,
    /// The input for pictures.
    pub images: Images,
    /// Whether they take a whole conversation as `messages`.
    pub messages: bool,
    /// How they are told to think.
    pub thinking: Thinking,
    /// The sampling inputs that they have; `None` where each model has others.
    sampling: Option<&'static [&'static str]>,
}

/// An input for pictures.
pub enum Images {
    /// One picture.
    One(&'static str),
    /// A list of them.
    Many(&'static str),
}

/// How models are told to think.
pub enum Thinking {
    /// Not at all.
    Unknown,
    /// `reasoning_effort`.
    Effort,
    /// `extended_thinking` and `thinking_budget_tokens`.
    Extended,
    /// `thinking_budget`, 0 for none, or `dynamic_thinking`.
    Budget,
}

const FAMILIES: &[Family] = &[
    // https://replicate.com/openai/gpt-4.1-nano/api, https://replicate.com/openai/o4-mini/api
    Family {
        prefix: "openai/",
        max_tokens: "max_completion_tokens",
        images: Many("image_input"),
        messages: true,
        thinking: Thinking::Effort,
        sampling: Some(&[
            "temperature",
            "top_p",
            "frequency_penalty",
            "presence_penalty",
        ]),
        ..LLAMA
    },
    // https://replicate.com/anthropic/claude-4-sonnet/api
    Family {
        prefix: "anthropic/",
        thinking: Thinking::Extended,
        sampling: Some(&[]),
        ..LLAMA
    },
    // https://replicate.com/google/gemini-2.5-flash/api
    Family {
        prefix: "google/gemini",
        system: "system_instruction",
        max_tokens: "max_output_tokens",
        images: Many("images"),
        thinking: Thinking::Budget,
        sampling: Some(&["temperature", "top_p", "top_k"]),
        ..LLAMA
    },
    // https://replicate.com/meta/llama-2-70b-chat/api
    Family {
        prefix: "meta/llama-2",
        max_tokens: "max_new_tokens",
        ..LLAMA
    },
];

/// https://replicate.com/meta/meta-llama-3-70b-instruct/api
const LLAMA: Family = Family {
    prefix: "",
    system: "system_prompt",
    max_tokens: "max_tokens",
    images: One("image"),
    messages: false,
    thinking: Thinking::Unknown,
    sampling: None,
};

impl Family {
    /// The family of a model.
    pub fn of(model: &str) -> &'static Family {
        let family = FAMILIES
            .iter()
            .find(|family| model.starts_with(family.prefix));
        family.unwrap_or(&LLAMA)
    }

    /// Whether its models may have this sampling input.
    pub fn samples_by(&self, name: &str) -> bool {
        self.sampling.is_none_or(|names| names.contains(&name))
    }
}
