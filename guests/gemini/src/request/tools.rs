//! [Tools](https://ai.google.dev/gemini-api/docs/function-calling), and whether the model must call one.
//!
//! | choice | mode |
//! |---|---|
//! | none given, automatic | none given; `VALIDATED` where a tool is strict |
//! | it must not | `NONE` |
//! | it must, one of this name | `ANY`, with the name |
//!
//! A tool that the vendor runs is a member of its own, `{"googleSearch": {}}`, and its settings stand
//! inside. Callers may write it so, or as they write those of other vendors:
//! `{"type": "googleSearch"}`, with its settings beside the type.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tidegate_guest::Result;
use tidegate_guest::types::{self, ChatRequest, Error, ErrorKind, NamedJson, ToolChoice};

use tidegate_guest::Warnings;

/// Some tools.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Tool<'a> {
    /// All functions of the caller's.
    Functions(Functions<'a>),
    /// A tool that the vendor runs.
    Vendor(BTreeMap<String, Box<RawValue>>),
}

/// All functions of the caller's.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Functions<'a> {
    function_declarations: Vec<Function<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parameters_json_schema: Option<&'a RawValue>,
}

/// Whether a tool must be called.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Config<'a> {
    function_calling_config: Calling<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Calling<'a> {
    mode: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    allowed_function_names: Option<[&'a str; 1]>,
}

/// Translates the tools.
pub fn read<'a>(tools: &'a [types::Tool], warnings: &mut Warnings) -> Result<Vec<Tool<'a>>> {
    let mut functions = Vec::new();
    let mut others = Vec::new();
    for tool in tools {
        match tool {
            types::Tool::Function(function) => {
                if function.cache.is_some() {
                    warnings.add("tools.cache", "the vendor finds shared prefixes by itself");
                }
                functions.push(Function {
                    name: &function.name,
                    description: function.description.as_deref(),
                    parameters_json_schema: parameters(function)?,
                });
            }
            types::Tool::Other(tool) => others.push(Tool::Vendor(vendor_tool(tool)?)),
        }
    }
    if !functions.is_empty() {
        let function_declarations = functions;
        others.insert(
            0,
            Tool::Functions(Functions {
                function_declarations,
            }),
        );
    }
    Ok(others)
}

fn parameters(function: &types::FunctionTool) -> Result<Option<&RawValue>> {
    let schema = function.parameters.trim();
    if schema.is_empty() {
        return Ok(None);
    }
    let schema = serde_json::from_str(schema).map_err(|error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!(
                "the parameters of the tool `{}` are not valid JSON: {error}",
                function.name
            ),
        )
    })?;
    Ok(Some(schema))
}

/// `toolConfig`.
pub fn config<'a>(request: &'a ChatRequest, warnings: &mut Warnings) -> Option<Config<'a>> {
    let mut functions = request.tools.iter().filter_map(|tool| match tool {
        types::Tool::Function(function) => Some(function),
        types::Tool::Other(_) => None,
    });
    let mut some = functions.clone();
    if request.parallel_tool_calls == Some(false) && some.next().is_some() {
        warnings.add(
            "parallel-tool-calls",
            "the vendor cannot be told to call one tool at a time",
        );
    }
    let (mode, name) = match &request.tool_choice {
        None | Some(ToolChoice::Auto) => {
            // Free to answer in words, but what it calls follows the schema.
            let strict = functions.any(|function| function.strict == Some(true));
            strict.then_some(("VALIDATED", None))?
        }
        // Nothing can be called, and the API refuses a choice among nothing.
        Some(ToolChoice::None) if functions.next().is_none() => return None,
        Some(ToolChoice::None) => ("NONE", None),
        Some(ToolChoice::Required) => ("ANY", None),
        Some(ToolChoice::Named(name)) => ("ANY", Some(name.as_str())),
    };
    Some(Config {
        function_calling_config: Calling {
            mode,
            allowed_function_names: name.map(|name| [name]),
        },
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
    if members.contains_key(&tool.name) {
        return Ok(members);
    }
    members.remove("type");
    let settings = to_raw_value(&members).map_err(wrong)?;
    Ok(BTreeMap::from([(tool.name.clone(), settings)]))
}
