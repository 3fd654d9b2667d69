//! A content block as it is sent: see `blocks` for what becomes of a part.

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;

use super::cache::CacheControl;

/// A content block.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Block<'a> {
    /// Made from a part.
    Made(Made<'a>),
    /// Handed back as it came.
    Raw(Box<RawValue>),
}

/// A content block made from a part.
#[derive(Serialize)]
pub struct Made<'a> {
    #[serde(flatten)]
    pub content: Content<'a>,
    #[serde(flatten)]
    pub more: BTreeMap<String, Box<RawValue>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cache_control: Option<CacheControl>,
}

/// What a block holds, by its type.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Content<'a> {
    Text {
        text: Cow<'a, str>,
    },
    Image {
        source: Source<'a>,
    },
    Document {
        source: Source<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
    },
    ToolUse {
        id: Cow<'a, str>,
        name: &'a str,
        input: Box<RawValue>,
    },
    ToolResult {
        tool_use_id: Cow<'a, str>,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        content: Vec<Block<'a>>,
        #[serde(skip_serializing_if = "std::ops::Not::not")]
        is_error: bool,
    },
    Thinking {
        thinking: &'a str,
        signature: &'a str,
    },
    RedactedThinking {
        data: &'a str,
    },
}

impl<'a> Block<'a> {
    /// A text block.
    pub fn text(text: impl Into<Cow<'a, str>>) -> Self {
        Content::Text { text: text.into() }.into()
    }

    /// Whether it answers a tool call.
    pub fn is_tool_result(&self) -> bool {
        matches!(self, Block::Made(made) if matches!(made.content, Content::ToolResult { .. }))
    }
}

impl<'a> From<Content<'a>> for Block<'a> {
    fn from(content: Content<'a>) -> Self {
        Block::Made(Made {
            content,
            more: BTreeMap::new(),
            cache_control: None,
        })
    }
}

/// Where a picture or document is.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Source<'a> {
    Base64 {
        media_type: &'a str,
        data: Cow<'a, str>,
    },
    Text {
        media_type: &'static str,
        data: Cow<'a, str>,
    },
    Url {
        url: &'a str,
    },
    File {
        file_id: &'a str,
    },
}
