//! The shape of the answer, and `output_config`, where it is written beside the effort.
//!
//! | asked for | becomes |
//! |---|---|
//! | a schema | `output_config.format` ([structured outputs](https://platform.claude.com/docs/en/build-with-claude/structured-outputs)) |
//! | a schema, from a model before 4.5 | an instruction at the end of the system prompt, with a warning |
//! | some JSON | an instruction, with a warning: the API has no such mode |
//!
//! Forcing a tool whose arguments are the answer would hold older models to a schema, too, but takes
//! thinking and the caller's own tools away.

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::ResponseFormat;

use super::block::Block;
use super::schema;
use crate::model::Model;
use tidegate_guest::Warnings;

/// How the answer is to be.
#[derive(Serialize)]
pub struct OutputConfig {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    format: Option<Format>,
}

impl OutputConfig {
    /// `None` where there is nothing to say.
    pub fn new(effort: Option<String>, format: Option<Format>) -> Option<Self> {
        (effort.is_some() || format.is_some()).then_some(OutputConfig { effort, format })
    }
}

/// A schema that the answer is held to.
#[derive(Serialize)]
pub struct Format {
    r#type: &'static str,
    schema: Box<RawValue>,
}

/// A format, or an instruction instead of one.
#[derive(Default)]
pub struct Output<'a> {
    pub format: Option<Format>,
    pub instruction: Option<Block<'a>>,
}

/// Translates the wanted shape.
pub fn output<'a>(
    wanted: Option<&ResponseFormat>,
    model: Model,
    warnings: &mut Warnings,
) -> Result<Output<'a>> {
    let instruction = match wanted {
        None | Some(ResponseFormat::Text) => return Ok(Output::default()),
        Some(ResponseFormat::JsonSchema(wanted)) => {
            let schema = schema::of_answer(&wanted.schema, wanted.description.as_deref())?;
            if model.takes_schema() {
                let r#type = "json_schema";
                return Ok(Output {
                    format: Some(Format { r#type, schema }),
                    instruction: None,
                });
            }
            format!(
                "Answer with a JSON value that follows this JSON Schema, and nothing else:\n{schema}"
            )
        }
        Some(ResponseFormat::Json) => {
            "Answer with a JSON object, and nothing else: no explanation, no code fence.".into()
        }
    };
    warnings.add(
        "response-format",
        "the vendor cannot hold this model to it: the system prompt asks for it instead",
    );
    Ok(Output {
        format: None,
        instruction: Some(Block::text(instruction)),
    })
}
