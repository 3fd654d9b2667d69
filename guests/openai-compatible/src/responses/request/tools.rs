//! Tools, and whether they must be called.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{self, ToolChoice};

use crate::request::{CACHE, parse_field};
use crate::warnings::Warnings;

/// A tool.
///
/// <https://platform.openai.com/docs/api-reference/responses/create#responses-create-tools>
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Tool<'a> {
    Function {
        r#type: &'static str,
        name: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        description: Option<&'a str>,
        /// `null` for a function without arguments; the API wants the member to be there.
        parameters: Option<&'a RawValue>,
        /// What is not said is the vendor's to decide, and it decides for `true` here.
        #[serde(skip_serializing_if = "Option::is_none")]
        strict: Option<bool>,
    },
    /// A tool of the vendor's, in the vendor's form.
    Vendor(&'a RawValue),
}

/// `tool_choice`.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Choice<'a> {
    Mode(&'static str),
    Named {
        r#type: &'static str,
        name: &'a str,
    },
    /// A tool that the vendor runs has no name but its type.
    Vendor {
        r#type: &'a str,
    },
}

/// Translates tools.
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
    Ok(Tool::Function {
        r#type: "function",
        name: &function.name,
        description: function.description.as_deref(),
        parameters: match function.parameters.trim() {
            "" => None,
            _ => Some(parse_field("tools.parameters", &function.parameters)?),
        },
        strict: function.strict,
    })
}

impl<'a> Choice<'a> {
    /// Translates the choice among these tools.
    pub fn new(choice: &'a ToolChoice, tools: &'a [types::Tool]) -> Self {
        let name = match choice {
            ToolChoice::Auto => return Choice::Mode("auto"),
            ToolChoice::None => return Choice::Mode("none"),
            ToolChoice::Required => return Choice::Mode("required"),
            ToolChoice::Named(name) => name.as_str(),
        };
        if is_custom(name, tools) {
            return Choice::Named {
                r#type: "custom",
                name,
            };
        }
        let of_type =
            |tool: &types::Tool| matches!(tool, types::Tool::Other(it) if it.name == name);
        match tools.iter().any(of_type) {
            true => Choice::Vendor { r#type: name },
            false => Choice::Named {
                r#type: "function",
                name,
            },
        }
    }
}

/// Whether the tool of this name takes free text: its calls and their results are items of their own.
///
/// <https://platform.openai.com/docs/guides/function-calling#custom-tools>
pub fn is_custom(name: &str, tools: &[types::Tool]) -> bool {
    #[derive(Deserialize)]
    struct Custom<'a> {
        #[serde(borrow)]
        r#type: Cow<'a, str>,
        #[serde(borrow)]
        name: Cow<'a, str>,
    }
    tools.iter().any(|tool| match tool {
        types::Tool::Function(_) => false,
        types::Tool::Other(other) => serde_json::from_str::<Custom>(&other.json)
            .is_ok_and(|tool| tool.r#type == "custom" && tool.name == name),
    })
}
