//! A part as it is sent: see `parts` for what becomes of a part of the contract.

use std::borrow::Cow;

use serde::Serialize;
use serde_json::value::RawValue;

/// A part.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Part<'a> {
    /// Made from a part of the contract.
    Made(Made<'a>),
    /// Handed back as it came.
    Raw(Box<RawValue>),
}

/// A part made from one of the contract.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Made<'a> {
    #[serde(flatten)]
    pub content: Content<'a>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub thought: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thought_signature: Option<Cow<'a, str>>,
}

/// What a part holds.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Content<'a> {
    Text(Cow<'a, str>),
    InlineData(InlineData<'a>),
    FileData(FileData<'a>),
    FunctionCall(FunctionCall<'a>),
    FunctionResponse(FunctionResponse<'a>),
}

/// Bytes.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct InlineData<'a> {
    pub mime_type: Cow<'a, str>,
    /// Base64.
    pub data: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<&'a str>,
}

/// A file that the vendor has, or fetches.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FileData<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mime_type: Option<&'a str>,
    pub file_uri: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub display_name: Option<&'a str>,
}

/// A call of a tool.
#[derive(Serialize)]
pub struct FunctionCall<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub id: &'a str,
    pub name: &'a str,
    pub args: Cow<'a, RawValue>,
}

/// What a tool answered.
#[derive(Serialize)]
pub struct FunctionResponse<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    pub id: &'a str,
    pub name: &'a str,
    pub response: Cow<'a, RawValue>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parts: Vec<Content<'a>>,
}

impl<'a> Part<'a> {
    /// A text.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Content::Text(text.into()).into()
    }
}

impl<'a> From<Content<'a>> for Part<'a> {
    fn from(content: Content<'a>) -> Self {
        Part::Made(Made {
            content,
            thought: false,
            thought_signature: None,
        })
    }
}
