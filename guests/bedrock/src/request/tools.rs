//! [Tools](https://docs.aws.amazon.com/bedrock/latest/userguide/tool-use.html) and whether the model
//! must call one.
//!
//! | tool | becomes |
//! |---|---|
//! | a function | `toolSpec` |
//! | `{"systemTool": …}`, as the API has it | itself |
//! | any other, for Claude: one of its own, `computer_20250124` | `additionalModelRequestFields.tools` |
//! | any other: `nova_grounding` | `systemTool` of that name |

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tidegate_guest::Result;
use tidegate_guest::types::{self, ChatRequest, Error, ErrorKind, NamedJson, ToolChoice};

use super::additional::Additional;
use super::cache::CachePoint;
use crate::model::Model;
use tidegate_guest::Warnings;

/// What a function without arguments takes.
const NO_ARGUMENTS: &str = r#"{"type":"object","properties":{}}"#;

/// Tools, and whether one must be called.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolConfig<'a> {
    tools: Vec<Entry<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<Choice<'a>>,
}

/// An entry of the list: an object with one member, which says what it is.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Entry<'a> {
    ToolSpec(Spec<'a>),
    SystemTool {
        name: &'a str,
    },
    CachePoint(CachePoint),
    #[serde(untagged)]
    Raw(Box<RawValue>),
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Spec<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    input_schema: Schema,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    strict: bool,
}

#[derive(Serialize)]
struct Schema {
    json: Box<RawValue>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
enum Choice<'a> {
    Auto {},
    Any {},
    Tool { name: &'a str },
}

/// Translates tools and choice. `called` are the tools that were called in the conversation, which
/// the vendor wants declared even where no more are to be called.
pub fn read<'a>(
    request: &'a ChatRequest,
    model: Model,
    called: &BTreeSet<&'a str>,
    additional: &mut Additional,
    warnings: &mut Warnings,
) -> Result<Option<ToolConfig<'a>>> {
    if request.parallel_tool_calls == Some(false) {
        warnings.add(
            "parallel-tool-calls",
            "the vendor cannot keep a model from calling several tools at once",
        );
    }
    let none = request.tool_choice == Some(ToolChoice::None);
    if none && called.is_empty() {
        // There is no such choice; without tools there is nothing to call.
        return Ok(None);
    }
    if none && !request.tools.is_empty() {
        warnings.add(
            "tool-choice",
            "the conversation has calls, so its tools stay declared, and the vendor cannot forbid them",
        );
    }
    let mut tools = Vec::with_capacity(request.tools.len());
    let mut of_the_model = Vec::new();
    for tool in &request.tools {
        match tool {
            types::Tool::Function(function) => {
                tools.push(Entry::ToolSpec(spec(function, model, warnings)?));
                match &function.cache {
                    Some(mark) if model.caches_tools() => {
                        let point = CachePoint::new(mark, "tools.cache.ttl-seconds", warnings);
                        tools.push(Entry::CachePoint(point));
                    }
                    Some(_) => warnings.add("tools.cache", "this model caches no tools"),
                    None => {}
                }
            }
            types::Tool::Other(tool) => match vendor_tool(tool, model, warnings)? {
                OfVendor::Tool(tool) => tools.push(tool),
                OfVendor::Model(tool) => of_the_model.push(tool),
            },
        }
    }
    if !of_the_model.is_empty() {
        additional.set("tools", &of_the_model)?;
    }
    if tools.is_empty() && of_the_model.is_empty() && !called.is_empty() {
        warnings.add(
            "tools",
            "the vendor wants tools that were called declared: they are, without what they take",
        );
        for name in called {
            tools.push(Entry::ToolSpec(Spec {
                name,
                description: None,
                input_schema: schema("{}")?,
                strict: false,
            }));
        }
    }
    let tool_choice = choice(request, warnings);
    if tools.is_empty() && !matches!(tool_choice, None | Some(Choice::Auto {})) {
        warnings.add(
            "tool-choice",
            "the vendor has no choice among tools of the model's own",
        );
    }
    Ok((!tools.is_empty()).then_some(ToolConfig { tools, tool_choice }))
}

fn spec<'a>(
    function: &'a types::FunctionTool,
    model: Model,
    warnings: &mut Warnings,
) -> Result<Spec<'a>> {
    let strict = function.strict == Some(true);
    if strict && !model.takes_schema() {
        warnings.add(
            "tools.strict",
            format!("this model may break the schema of `{}`", function.name),
        );
    }
    Ok(Spec {
        name: &function.name,
        description: function.description.as_deref().filter(|it| !it.is_empty()),
        input_schema: schema(&function.parameters)?,
        strict: strict && model.takes_schema(),
    })
}

/// The schema of a function's arguments, which has to say that it is an object. Written as it came,
/// because models write members in the order of the schema.
fn schema(parameters: &str) -> Result<Schema> {
    let wrong = |error: serde_json::Error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("`tools.parameters` is not a JSON object: {error}"),
        )
    };
    let text = match parameters.trim() {
        "" | "null" => "{}",
        text => text,
    };
    let members: BTreeMap<String, &RawValue> = serde_json::from_str(text).map_err(wrong)?;
    let text = match text.strip_prefix('{') {
        _ if members.is_empty() => NO_ARGUMENTS.into(),
        Some(rest) if !members.contains_key("type") => format!(r#"{{"type":"object",{rest}"#),
        _ => text.to_owned(),
    };
    let json = RawValue::from_string(text).map_err(wrong)?;
    Ok(Schema { json })
}

fn choice<'a>(request: &'a ChatRequest, warnings: &mut Warnings) -> Option<Choice<'a>> {
    let choice = match request.tool_choice.as_ref()? {
        ToolChoice::None => return None,
        ToolChoice::Auto => Choice::Auto {},
        ToolChoice::Required => Choice::Any {},
        ToolChoice::Named(name) => Choice::Tool { name },
    };
    if request.tools.is_empty() {
        if !matches!(choice, Choice::Auto {}) {
            warnings.add("tool-choice", "there is no tool to be called");
        }
        return None;
    }
    Some(choice)
}

enum OfVendor<'a> {
    Tool(Entry<'a>),
    Model(BTreeMap<String, Box<RawValue>>),
}

fn vendor_tool<'a>(
    tool: &'a NamedJson,
    model: Model,
    warnings: &mut Warnings,
) -> Result<OfVendor<'a>> {
    let wrong = |error: serde_json::Error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("the tool `{}` is not a JSON object: {error}", tool.name),
        )
    };
    let mut members: BTreeMap<String, Box<RawValue>> =
        serde_json::from_str(&tool.json).map_err(wrong)?;
    if members.contains_key("systemTool") || members.contains_key("toolSpec") {
        let raw = RawValue::from_string(tool.json.trim().into()).map_err(wrong)?;
        return Ok(OfVendor::Tool(Entry::Raw(raw)));
    }
    if matches!(model, Model::Claude(..)) {
        if !members.contains_key("type") {
            members.insert("type".into(), to_raw_value(&tool.name).map_err(wrong)?);
        }
        return Ok(OfVendor::Model(members));
    }
    let is_name = |name: &String| matches!(name.as_str(), "type" | "name");
    if !members.keys().all(is_name) {
        warnings.add(
            "tools",
            format!("`{}` is known to the vendor by its name alone", tool.name),
        );
    }
    Ok(OfVendor::Tool(Entry::SystemTool { name: &tool.name }))
}
