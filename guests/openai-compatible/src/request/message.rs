//! A message, as this dialect writes it.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

use super::part::Part;

/// A message.
///
/// <https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages>
#[derive(Debug, Serialize)]
pub struct Message<'a> {
    pub role: &'static str,
    /// `null` where the model only called tools.
    pub content: Option<Content<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_details: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<AudioReference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<Cow<'a, str>>,
    /// The answer goes on from here.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub prefix: bool,
}

/// A single text goes as a string, which every service understands.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Content<'a> {
    Text(Cow<'a, str>),
    Parts(Vec<Part<'a>>),
}

#[derive(Debug, Serialize)]
pub struct AudioReference<'a> {
    pub id: Cow<'a, str>,
}

#[derive(Debug, Serialize)]
pub struct ToolCall<'a> {
    pub id: Cow<'a, str>,
    pub r#type: &'static str,
    pub function: Function<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub extra_content: Option<&'a RawValue>,
}

#[derive(Debug, Serialize)]
pub struct Function<'a> {
    pub name: &'a str,
    pub arguments: &'a str,
}

impl<'a> Message<'a> {
    pub fn new(role: &'static str, content: Content<'a>) -> Self {
        Message {
            role,
            content: Some(content),
            name: None,
            refusal: None,
            reasoning_content: None,
            reasoning: None,
            reasoning_details: None,
            audio: None,
            tool_calls: Vec::new(),
            tool_call_id: None,
            prefix: false,
        }
    }
}

/// The content that these parts make.
pub fn content(mut parts: Vec<Part>) -> Content {
    match parts.pop() {
        None => Content::Text(Cow::Borrowed("")),
        Some(Part::Text { text }) if parts.is_empty() => Content::Text(text),
        Some(part) => {
            parts.push(part);
            Content::Parts(parts)
        }
    }
}
