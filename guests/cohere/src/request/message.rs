//! A message, as Cohere writes it.

use std::borrow::Cow;

use serde::Serialize;
use tidegate_guest::types;

use super::part::Part;

#[derive(Serialize)]
pub struct Message<'a> {
    pub role: &'static str,
    /// Absent where the model only called tools.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<Content<'a>>,
    /// What the model said it was going to do with the tools.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub tool_plan: String,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<&'a str>,
}

/// A single text goes as a string.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Content<'a> {
    Text(Cow<'a, str>),
    Parts(Vec<Part<'a>>),
}

#[derive(Serialize)]
pub struct ToolCall<'a> {
    id: &'a str,
    r#type: &'static str,
    function: Function<'a>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    arguments: &'a str,
}

impl<'a> Message<'a> {
    pub fn new(role: &'static str, parts: Vec<Part<'a>>) -> Self {
        Message {
            role,
            content: Some(Content::from(parts)),
            tool_plan: String::new(),
            tool_calls: Vec::new(),
            tool_call_id: None,
        }
    }
}

impl<'a> From<Vec<Part<'a>>> for Content<'a> {
    fn from(mut parts: Vec<Part<'a>>) -> Self {
        match parts.pop() {
            None => Content::Text(Cow::Borrowed("")),
            Some(Part::Text { text }) if parts.is_empty() => Content::Text(text),
            Some(part) => {
                parts.push(part);
                Content::Parts(parts)
            }
        }
    }
}

impl<'a> From<&'a types::ToolCall> for ToolCall<'a> {
    fn from(call: &'a types::ToolCall) -> Self {
        ToolCall {
            id: &call.id,
            r#type: "function",
            function: Function {
                name: &call.name,
                // Calls without arguments come as the empty text, which is no JSON.
                arguments: match call.arguments.trim() {
                    "" => "{}",
                    _ => &call.arguments,
                },
            },
        }
    }
}
