//! [Tools](https://platform.claude.com/docs/en/agents-and-tools/tool-use/overview) and whether the
//! model must call one.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{self, ChatRequest, Error, ErrorKind, NamedJson, ToolChoice};

use super::cache::CacheControl;
use super::schema;
use crate::model::Model;
use tidegate_guest::Warnings;

/// A tool.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Tool<'a> {
    /// A function of the caller's.
    Function(Function<'a>),
    /// A tool that the vendor knows by its `type`.
    Vendor(BTreeMap<String, Box<RawValue>>),
}

/// A function of the caller's.
#[derive(Serialize)]
pub struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    input_schema: Box<RawValue>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    strict: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    cache_control: Option<CacheControl>,
}

/// Whether a tool must be called.
#[derive(Serialize)]
pub struct Choice<'a> {
    r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    disable_parallel_tool_use: bool,
}

/// Translates the tools.
pub fn read<'a>(
    tools: &'a [types::Tool],
    model: Model,
    warnings: &mut Warnings,
) -> Result<Vec<Tool<'a>>> {
    let mut translated = Vec::with_capacity(tools.len());
    for tool in tools {
        translated.push(match tool {
            types::Tool::Function(function) => {
                let mark = function.cache.as_ref();
                let strict = function.strict == Some(true);
                if strict && !model.takes_schema() {
                    warnings.add(
                        "tools.strict",
                        format!("this model may break the schema of `{}`", function.name),
                    );
                }
                Tool::Function(Function {
                    name: &function.name,
                    description: function.description.as_deref(),
                    input_schema: schema::of_arguments(&function.parameters)?,
                    strict: strict && model.takes_schema(),
                    cache_control: mark
                        .map(|mark| CacheControl::new(mark, "tools.cache.ttl-seconds", warnings)),
                })
            }
            types::Tool::Other(tool) => Tool::Vendor(vendor_tool(tool)?),
        });
    }
    Ok(translated)
}

/// [`tool_choice`](https://platform.claude.com/docs/en/agents-and-tools/tool-use/define-tools#forcing-tool-use),
/// which also says whether several tools may be called at once.
pub fn choice(request: &ChatRequest) -> Option<Choice<'_>> {
    let one_at_a_time = request.parallel_tool_calls == Some(false);
    let (r#type, name) = match &request.tool_choice {
        None if !one_at_a_time => return None,
        // Nothing can be called, and the API refuses a choice among nothing.
        None | Some(ToolChoice::Auto | ToolChoice::None) if request.tools.is_empty() => {
            return None;
        }
        None | Some(ToolChoice::Auto) => ("auto", None),
        Some(ToolChoice::None) => ("none", None),
        Some(ToolChoice::Required) => ("any", None),
        Some(ToolChoice::Named(name)) => ("tool", Some(name.as_str())),
    };
    Some(Choice {
        r#type,
        name,
        disable_parallel_tool_use: one_at_a_time && r#type != "none",
    })
}

fn vendor_tool(tool: &NamedJson) -> Result<BTreeMap<String, Box<RawValue>>> {
    let wrong = |error: serde_json::Error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("the tool `{}` is not a JSON object: {error}", tool.name),
        )
    };
    let mut members: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(&tool.json).map_err(wrong)?;
    if !members.contains_key("type") {
        let name = serde_json::value::to_raw_value(&tool.name).map_err(wrong)?;
        members.insert("type".into(), name);
    }
    Ok(members)
}
