//! Tools, whether they must be called, and the shape of the answer.

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{self, JsonSchema};

use super::field::parse_field;
use super::part::CACHE;
use crate::profile::Profile;
use crate::warnings::Warnings;

/// A tool.
///
/// <https://platform.openai.com/docs/api-reference/chat/create#chat-create-tools>
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Tool<'a> {
    Function {
        r#type: &'static str,
        function: FunctionTool<'a>,
    },
    /// A tool of the vendor's, in the vendor's form.
    Vendor(&'a RawValue),
}

#[derive(Debug, Serialize)]
pub struct FunctionTool<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

/// `tool_choice`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum ToolChoice<'a> {
    Mode(&'static str),
    Named {
        r#type: &'static str,
        function: Named<'a>,
    },
}

#[derive(Debug, Serialize)]
pub struct Named<'a> {
    name: &'a str,
}

/// `response_format`.
///
/// <https://platform.openai.com/docs/guides/structured-outputs>
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ResponseFormat<'a> {
    Text,
    JsonObject,
    JsonSchema { json_schema: Schema<'a> },
}

#[derive(Debug, Serialize)]
pub struct Schema<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    schema: &'a RawValue,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict: Option<bool>,
}

pub fn tools<'a>(tools: &'a [types::Tool], warnings: &mut Warnings) -> Result<Vec<Tool<'a>>> {
    tools.iter().map(|tool| tool_of(tool, warnings)).collect()
}

fn tool_of<'a>(tool: &'a types::Tool, warnings: &mut Warnings) -> Result<Tool<'a>> {
    let function = match tool {
        types::Tool::Function(function) => function,
        types::Tool::Other(other) => {
            return parse_field("tools.other.json", &other.json).map(Tool::Vendor);
        }
    };
    if function.cache.is_some() {
        warnings.add("tools.cache", CACHE);
    }
    let parameters = match function.parameters.trim() {
        // A function without arguments.
        "" => None,
        _ => Some(parse_field("tools.parameters", &function.parameters)?),
    };
    Ok(Tool::Function {
        r#type: "function",
        function: FunctionTool {
            name: &function.name,
            description: function.description.as_deref(),
            parameters,
            strict: function.strict,
        },
    })
}

pub fn tool_choice<'a>(choice: &'a types::ToolChoice, profile: &Profile) -> ToolChoice<'a> {
    match choice {
        types::ToolChoice::Auto => ToolChoice::Mode("auto"),
        types::ToolChoice::None => ToolChoice::Mode("none"),
        types::ToolChoice::Required => ToolChoice::Mode(profile.required_tool),
        types::ToolChoice::Named(name) => ToolChoice::Named {
            r#type: "function",
            function: Named { name },
        },
    }
}

pub fn response_format(format: &types::ResponseFormat) -> Result<ResponseFormat<'_>> {
    Ok(match format {
        types::ResponseFormat::Text => ResponseFormat::Text,
        types::ResponseFormat::Json => ResponseFormat::JsonObject,
        types::ResponseFormat::JsonSchema(JsonSchema {
            name,
            description,
            schema,
            strict,
        }) => ResponseFormat::JsonSchema {
            json_schema: Schema {
                name,
                description: description.as_deref(),
                schema: parse_field("response-format.schema", schema)?,
                strict: *strict,
            },
        },
    })
}
