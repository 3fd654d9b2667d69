//! What is wanted of an answer: its shape, its reasoning, and what comes beside it.

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{ReasoningOptions, ResponseFormat};

use super::extra::{Extra, Members};
use crate::request::parse_field;
use crate::warnings::Warnings;

/// `text`.
#[derive(Debug, Serialize)]
pub struct TextOptions<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format<'a>>,
    #[serde(flatten)]
    extra: Members<'a>,
}

/// `text.format`.
///
/// <https://platform.openai.com/docs/guides/structured-outputs>
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Format<'a> {
    Text,
    JsonObject,
    JsonSchema {
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a str>,
        schema: &'a RawValue,
        #[serde(skip_serializing_if = "Option::is_none")]
        strict: Option<bool>,
    },
}

/// `reasoning`.
#[derive(Debug, Serialize)]
pub struct Reasoning<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    summary: Option<&'a str>,
    #[serde(flatten)]
    extra: Members<'a>,
}

/// A member of `include`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Include<'a> {
    Ours(&'static str),
    Theirs(&'a RawValue),
}

impl<'a> TextOptions<'a> {
    /// `None` where nothing is said of it.
    pub fn new(format: Option<&'a ResponseFormat>, extra: &Extra<'a>) -> Result<Option<Self>> {
        let format = format.map(Format::new).transpose()?;
        let mut extra = extra.text.clone();
        if format.is_some() {
            extra.remove("format");
        }
        let is_said = format.is_some() || !extra.is_empty();
        Ok(is_said.then_some(TextOptions { format, extra }))
    }
}

impl<'a> Format<'a> {
    fn new(format: &'a ResponseFormat) -> Result<Self> {
        Ok(match format {
            ResponseFormat::Text => Format::Text,
            ResponseFormat::Json => Format::JsonObject,
            ResponseFormat::JsonSchema(schema) => Format::JsonSchema {
                name: &schema.name,
                description: schema.description.as_deref(),
                schema: parse_field("response-format.schema", &schema.schema)?,
                strict: schema.strict,
            },
        })
    }
}

impl<'a> Reasoning<'a> {
    /// `None` where nothing is said of it.
    pub fn new(
        options: Option<&'a ReasoningOptions>,
        extra: &Extra<'a>,
        warnings: &mut Warnings,
    ) -> Option<Self> {
        if options.is_some_and(|options| options.budget_tokens.is_some()) {
            warnings.add(
                "reasoning.budget-tokens",
                "this API takes an effort, not a number of tokens",
            );
        }
        let reasoning = Reasoning {
            effort: options.and_then(|options| options.effort.as_deref()),
            summary: options.and_then(|options| options.summary.as_deref()),
            extra: extra.reasoning.clone(),
        };
        reasoning.without_repetition()
    }

    fn without_repetition(mut self) -> Option<Self> {
        for (name, ours) in [("effort", self.effort), ("summary", self.summary)] {
            if ours.is_some() {
                self.extra.remove(name);
            }
        }
        let is_said = self.effort.is_some() || self.summary.is_some() || !self.extra.is_empty();
        is_said.then_some(self)
    }
}

/// `include`. `encrypted`: reasoning, so that it can be handed back; `logprobs`: of the text.
pub fn include<'a>(encrypted: bool, logprobs: bool, extra: &Extra<'a>) -> Vec<Include<'a>> {
    let ours = [
        (encrypted, "reasoning.encrypted_content"),
        (logprobs, "message.output_text.logprobs"),
    ];
    let ours = ours.into_iter().filter(|(wanted, _)| *wanted);
    let mut names: Vec<&'static str> = ours.map(|(_, name)| name).collect();
    let theirs = extra.include.iter().filter(|raw| {
        let name = raw.get().trim_matches('"');
        !names.contains(&name)
    });
    let theirs: Vec<Include> = theirs.map(|&raw| Include::Theirs(raw)).collect();
    let ours = names.drain(..).map(Include::Ours);
    ours.chain(theirs).collect()
}
