//! The shape of the answer, and `outputConfig`, where it is written beside the effort.
//!
//! | asked for | becomes |
//! |---|---|
//! | a schema | `outputConfig.textFormat` ([structured outputs](https://docs.aws.amazon.com/bedrock/latest/userguide/structured-output.html)) |
//! | a schema, from a model that is not held to one | an instruction at the end of the system prompt, with a warning |
//! | some JSON | an instruction, with a warning: the API has no such mode |

use serde::Serialize;
use tidegate_guest::types::{self, ResponseFormat};
use tidegate_guest::{Result, json};

use super::block::Block;
use crate::model::Model;
use tidegate_guest::Warnings;

/// How the answer is to be.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OutputConfig<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    effort: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text_format: Option<Format<'a>>,
}

impl<'a> OutputConfig<'a> {
    /// `None` where there is nothing to say.
    pub fn new(effort: Option<String>, text_format: Option<Format<'a>>) -> Option<Self> {
        (effort.is_some() || text_format.is_some()).then_some(OutputConfig {
            effort,
            text_format,
        })
    }
}

/// A schema that the answer is held to.
#[derive(Serialize)]
pub struct Format<'a> {
    r#type: &'static str,
    structure: Structure<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Structure<'a> {
    json_schema: JsonSchema<'a>,
}

#[derive(Serialize)]
struct JsonSchema<'a> {
    /// As text.
    schema: &'a str,
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
}

/// A format, or an instruction instead of one.
#[derive(Default)]
pub struct Output<'a> {
    pub format: Option<Format<'a>>,
    pub instruction: Option<Block<'a>>,
}

/// Translates the wanted shape.
pub fn output<'a>(
    wanted: Option<&'a ResponseFormat>,
    model: Model,
    warnings: &mut Warnings,
) -> Result<Output<'a>> {
    let instruction = match wanted {
        None | Some(ResponseFormat::Text) => return Ok(Output::default()),
        Some(ResponseFormat::JsonSchema(wanted)) => {
            json::parse_field("response-format.json-schema.schema", &wanted.schema)?;
            if model.takes_schema() {
                return Ok(Output {
                    format: Some(format(wanted)),
                    instruction: None,
                });
            }
            format!(
                "Answer with a JSON value that follows this JSON Schema, and nothing else:\n{}",
                wanted.schema
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
        instruction: Some(Block::Text(instruction.into())),
    })
}

fn format(wanted: &types::JsonSchema) -> Format<'_> {
    Format {
        r#type: "json_schema",
        structure: Structure {
            json_schema: JsonSchema {
                schema: &wanted.schema,
                name: &wanted.name,
                description: wanted.description.as_deref(),
            },
        },
    }
}
