//! Content blocks as the API wants them: objects with one member, which says what it is.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::cache::CachePoint;

/// A [content block](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html).
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Block<'a> {
    Text(Cow<'a, str>),
    Image(Media<'a>),
    Audio(Media<'a>),
    Video(Media<'a>),
    Document(Document<'a>),
    ToolUse(ToolUse<'a>),
    ToolResult(ToolResult<'a>),
    ReasoningContent(Thought<'a>),
    CitationsContent(Cited<'a>),
    CachePoint(CachePoint),
    /// One that the vendor gave out, or that the caller wrote.
    #[serde(untagged)]
    Raw(Box<RawValue>),
}

/// A picture, a sound, a film.
#[derive(Serialize)]
pub struct Media<'a> {
    pub format: &'static str,
    pub source: Source<'a>,
}

/// A document.
#[derive(Serialize)]
pub struct Document<'a> {
    pub format: &'static str,
    pub name: String,
    pub source: Source<'a>,
    /// `citations`, `context`.
    #[serde(flatten)]
    pub more: BTreeMap<String, Box<RawValue>>,
}

/// Where the bytes are.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Source<'a> {
    /// In base64.
    Bytes(Cow<'a, str>),
    S3Location {
        uri: &'a str,
    },
}

/// The model called a tool.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolUse<'a> {
    pub tool_use_id: Cow<'a, str>,
    pub name: &'a str,
    pub input: Box<RawValue>,
}

/// What the tool answered.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolResult<'a> {
    pub tool_use_id: Cow<'a, str>,
    pub content: Vec<Block<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<&'static str>,
}

/// What the model thought.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Thought<'a> {
    ReasoningText {
        text: &'a str,
        signature: &'a str,
    },
    /// In base64.
    RedactedContent(&'a str),
}

/// A text of the model's, and where it comes from.
#[derive(Serialize)]
pub struct Cited<'a> {
    pub content: [Statement<'a>; 1],
    pub citations: Vec<Box<RawValue>>,
}

/// A text.
#[derive(Serialize)]
pub struct Statement<'a> {
    pub text: &'a str,
}
