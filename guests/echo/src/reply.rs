//! What to answer: a pure function of the conversation.

use serde_json::{Value, json};
use tidegate_guest::types::*;
use tidegate_guest::{Result, json};

use crate::{schema, words};

/// An answer before it is cut into pieces.
pub enum Reply {
    /// Says this.
    Text(String),
    /// Calls these tools.
    Calls(Vec<Call>),
    /// Declines, and says why.
    Refusal(String),
}

/// A call of a tool.
pub struct Call {
    /// The tool's name.
    pub name: String,
    /// JSON, or whatever the command said.
    pub arguments: String,
}

/// What to answer to `request`, whose last words are taken out of it: a large text is not copied.
/// `warn` hears of what cannot be honoured.
pub fn reply(
    request: &mut ChatRequest,
    prefix: &str,
    mut warn: impl FnMut(&str, String),
) -> Result<Reply> {
    let mut follow = |field: &str, schema: &str| {
        let made = schema::instance(&json::parse_field(field, schema)?)?;
        for keyword in made.ignored {
            warn(
                field,
                format!("`{keyword}` in the schema was not looked at"),
            );
        }
        Ok::<_, Error>(made.value)
    };
    match &request.tool_choice {
        Some(ToolChoice::Required) => {
            let tool = functions(request).next().ok_or_else(|| {
                invalid("`tool-choice` is `required`, and `tools` has no function")
            })?;
            return call(tool, &mut follow).map(|call| Reply::Calls(vec![call]));
        }
        Some(ToolChoice::Named(name)) => {
            let call = call(named(request, name)?, &mut follow)?;
            return Ok(Reply::Calls(vec![call]));
        }
        Some(ToolChoice::Auto | ToolChoice::None) | None => {}
    }

    let said = take_said(&mut request.messages);
    if let Said::ByUser(text) = &said {
        if let Some(why) = text.strip_prefix("/refuse") {
            return Ok(Reply::Refusal(words::trim(why).into()));
        }
        if request.tool_choice != Some(ToolChoice::None) {
            let calls = commanded(request, text, &mut follow)?;
            if !calls.is_empty() {
                return Ok(Reply::Calls(calls));
            }
        }
    }

    let text = said.into_text();
    Ok(Reply::Text(match &request.response_format {
        None | Some(ResponseFormat::Text) if prefix.is_empty() => text,
        None | Some(ResponseFormat::Text) => format!("{prefix}{text}"),
        Some(ResponseFormat::Json) => match serde_json::from_str::<Value>(&text) {
            Ok(_) => text,
            Err(_) => json!({ "echo": text }).to_string(),
        },
        Some(ResponseFormat::JsonSchema(format)) => {
            follow("response-format", &format.schema)?.to_string()
        }
    }))
}

/// The last words of a conversation.
enum Said {
    ByUser(String),
    /// The results of tool calls: a command before them has been obeyed already.
    ByTools(String),
}

impl Said {
    fn into_text(self) -> String {
        match self {
            Said::ByUser(text) | Said::ByTools(text) => text,
        }
    }
}

/// The texts of the last message of the user, or of the tools where they came after.
fn take_said(messages: &mut [Message]) -> Said {
    let last = messages
        .iter()
        .rposition(|message| message.role == Role::User)
        .unwrap_or_default();
    let mut results = vec![];
    let mut texts = vec![];
    for (index, message) in messages.iter_mut().enumerate().skip(last) {
        for part in &mut message.parts {
            match &mut part.content {
                PartContent::Text(text) if index == last && message.role == Role::User => {
                    texts.push(std::mem::take(text));
                }
                PartContent::ToolResult(result) => {
                    results.extend(result.parts.iter_mut().filter_map(|part| match part {
                        ResultPart::Text(text) => Some(std::mem::take(text)),
                        _ => None,
                    }));
                }
                _ => {}
            }
        }
    }
    match results.is_empty() {
        true => Said::ByUser(joined(texts)),
        false => Said::ByTools(joined(results)),
    }
}

fn joined(mut texts: Vec<String>) -> String {
    match texts.len() {
        1 => texts.pop().unwrap_or_default(),
        _ => texts.join("\n"),
    }
}

/// One call for every line `/call <tool> [arguments]`.
fn commanded(
    request: &ChatRequest,
    text: &str,
    follow: &mut impl FnMut(&str, &str) -> Result<Value>,
) -> Result<Vec<Call>> {
    if !text.starts_with("/call ") {
        return Ok(vec![]);
    }
    let lines = text.lines().filter_map(|line| line.strip_prefix("/call "));
    lines
        .map(|line| match words::trim(line).split_once(' ') {
            Some((name, arguments)) => Ok(Call {
                name: named(request, name)?.name.clone(),
                arguments: words::trim(arguments).into(),
            }),
            None => call(named(request, words::trim(line))?, follow),
        })
        .collect()
}

fn call(tool: &FunctionTool, follow: &mut impl FnMut(&str, &str) -> Result<Value>) -> Result<Call> {
    Ok(Call {
        name: tool.name.clone(),
        arguments: follow("tools", &tool.parameters)?.to_string(),
    })
}

fn functions(request: &ChatRequest) -> impl Iterator<Item = &FunctionTool> {
    request.tools.iter().filter_map(|tool| match tool {
        Tool::Function(function) => Some(function),
        Tool::Other(_) => None,
    })
}

fn named<'a>(request: &'a ChatRequest, name: &str) -> Result<&'a FunctionTool> {
    functions(request)
        .find(|tool| tool.name == name)
        .ok_or_else(|| invalid(&format!("no function in `tools` is named `{name}`")))
}

fn invalid(problem: &str) -> Error {
    Error::new(ErrorKind::InvalidRequest, problem)
}
