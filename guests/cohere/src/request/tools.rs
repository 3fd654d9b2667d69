//! Tools, and whether they must be called (<https://docs.cohere.com/docs/tool-use-overview>).

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{self, ChatRequest, Error, ErrorKind, FunctionTool, ToolChoice};

use crate::warnings::Warnings;

/// The members of the body that are about tools.
#[derive(Serialize)]
pub struct Tools<'a> {
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    strict_tools: Option<bool>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Tool<'a> {
    Function {
        r#type: &'static str,
        function: Function<'a>,
    },
    /// A definition in the vendor's own form.
    Vendor(&'a RawValue),
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: &'a RawValue,
}

/// A schema of no arguments, which must be there all the same.
const NOTHING: &str = r#"{"type":"object","properties":{}}"#;

pub fn tools<'a>(request: &'a ChatRequest, warnings: &mut Warnings) -> Result<Tools<'a>> {
    if request.parallel_tool_calls == Some(false) {
        warnings.add(
            "parallel-tool-calls",
            "Cohere cannot keep a model from calling several tools",
        );
    }
    let (tool_choice, only) = match &request.tool_choice {
        None | Some(ToolChoice::Auto) => (None, None),
        Some(ToolChoice::None) => (Some("NONE"), None),
        Some(ToolChoice::Required) => (Some("REQUIRED"), None),
        // Cohere cannot name one. It comes to the same if it must call a tool and there is no other.
        Some(ToolChoice::Named(name)) => (Some("REQUIRED"), Some(name)),
    };
    let offered = |tool: &&types::Tool| match (only, tool) {
        (Some(only), types::Tool::Function(function)) => function.name == *only,
        (Some(_), types::Tool::Other(_)) => false,
        (None, _) => true,
    };
    let offered: Vec<&types::Tool> = request.tools.iter().filter(offered).collect();
    if let (Some(name), []) = (only, offered.as_slice()) {
        return Err(Error::new(
            ErrorKind::InvalidRequest,
            format!("`tool-choice` names `{name}`, which is not among the tools"),
        ));
    }
    Ok(Tools {
        strict_tools: strict(&offered, warnings),
        tools: offered
            .into_iter()
            .map(|tool| match tool {
                types::Tool::Function(function) => self::function(function, warnings),
                types::Tool::Other(tool) => Ok(Tool::Vendor(raw("tools", &tool.json)?)),
            })
            .collect::<Result<_>>()?,
        // Without tools, the API refuses the member.
        tool_choice: tool_choice.filter(|_| !request.tools.is_empty()),
    })
}

/// Whether arguments must follow their schemas, which holds for all tools or none.
fn strict(tools: &[&types::Tool], warnings: &mut Warnings) -> Option<bool> {
    let wishes = tools.iter().map(|tool| match tool {
        types::Tool::Function(function) => function.strict == Some(true),
        types::Tool::Other(_) => false,
    });
    let (strict, lax): (Vec<bool>, Vec<bool>) = wishes.partition(|&strict| strict);
    if strict.is_empty() {
        return None;
    }
    if !lax.is_empty() {
        warnings.add(
            "tools.strict",
            "Cohere holds all tools to their schemas or none; it was told to hold all",
        );
    }
    Some(true)
}

fn function<'a>(function: &'a FunctionTool, warnings: &mut Warnings) -> Result<Tool<'a>> {
    if function.cache.is_some() {
        warnings.add("tools.cache", "Cohere finds shared prefixes by itself");
    }
    let parameters = match function.parameters.trim() {
        "" => NOTHING,
        parameters => parameters,
    };
    Ok(Tool::Function {
        r#type: "function",
        function: Function {
            name: &function.name,
            description: function.description.as_deref(),
            parameters: raw("tools.parameters", parameters)?,
        },
    })
}

/// JSON text of the request, passed on as it is written. `field` names it in the error.
pub fn raw<'a>(field: &str, text: &'a str) -> Result<&'a RawValue> {
    serde_json::from_str(text).map_err(|error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("`{field}` is not valid JSON: {error}"),
        )
    })
}
