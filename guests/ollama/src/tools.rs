//! Tools and tool choice (<https://docs.ollama.com/capabilities/tool-calling>).

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::types::{ChatRequest, Error, ErrorKind, FunctionTool, ToolChoice};
use tidegate_guest::{Io, Result, types};

#[derive(Serialize)]
#[serde(untagged)]
pub enum Tool<'a> {
    Function {
        r#type: &'static str,
        function: Function<'a>,
    },
    /// A definition in Ollama's own form.
    Other(&'a RawValue),
}

#[derive(Serialize)]
pub struct Function<'a> {
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    description: Option<&'a str>,
    parameters: &'a RawValue,
}

/// The tools to offer. Ollama knows no tool choice: `none` is honoured by offering no tools, and a
/// named tool is offered alone, which is as near as it gets.
pub fn tools<'a>(request: &'a ChatRequest, io: &Io) -> Result<Vec<Tool<'a>>> {
    warn_of_the_rest(request, io);
    let only = match &request.tool_choice {
        Some(ToolChoice::None) => return Ok(vec![]),
        Some(ToolChoice::Required) => {
            io.warn("tool-choice", "Ollama cannot make a model call a tool");
            None
        }
        Some(ToolChoice::Named(name)) => {
            io.warn(
                "tool-choice",
                "Ollama cannot make a model call a tool; only the named one was offered",
            );
            Some(name)
        }
        Some(ToolChoice::Auto) | None => None,
    };
    request
        .tools
        .iter()
        .filter(|tool| match (only, tool) {
            (Some(only), types::Tool::Function(function)) => function.name == *only,
            _ => true,
        })
        .map(|tool| match tool {
            types::Tool::Function(function) => self::function(function),
            types::Tool::Other(tool) => Ok(Tool::Other(raw("tools", &tool.json)?)),
        })
        .collect()
}

fn warn_of_the_rest(request: &ChatRequest, io: &Io) {
    let any = |wants: fn(&FunctionTool) -> bool| {
        request.tools.iter().any(|tool| match tool {
            types::Tool::Function(function) => wants(function),
            types::Tool::Other(_) => false,
        })
    };
    if any(|function| function.strict == Some(true)) {
        io.warn(
            "tools.strict",
            "Ollama does not hold arguments to the schema",
        );
    }
    if any(|function| function.cache.is_some()) {
        io.warn("tools.cache", "Ollama finds shared prefixes by itself");
    }
    if request.parallel_tool_calls == Some(false) {
        io.warn(
            "parallel-tool-calls",
            "Ollama cannot keep a model from calling several tools",
        );
    }
}

fn function(function: &FunctionTool) -> Result<Tool<'_>> {
    Ok(Tool::Function {
        r#type: "function",
        function: Function {
            name: &function.name,
            description: function.description.as_deref(),
            parameters: raw("tools.parameters", &function.parameters)?,
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
