//! Items of the conversation, as this API writes them.

use serde::Serialize;
use serde_json::value::RawValue;

use super::content::Content;

/// An item.
///
/// <https://platform.openai.com/docs/api-reference/responses/create#responses-create-input>
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Item<'a> {
    /// One that is known here.
    Known(Known<'a>),
    /// One as the vendor or the caller wrote it.
    AsItIs(Box<RawValue>),
}

/// Items without ids: an id makes the vendor look for what it has not stored.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Known<'a> {
    Message {
        role: &'static str,
        content: Content<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        phase: Option<String>,
    },
    Reasoning {
        summary: Vec<Summary<'a>>,
        encrypted_content: &'a str,
    },
    FunctionCall {
        call_id: &'a str,
        name: &'a str,
        arguments: &'a str,
    },
    CustomToolCall {
        call_id: &'a str,
        name: &'a str,
        input: &'a str,
    },
    FunctionCallOutput {
        call_id: &'a str,
        output: Content<'a>,
    },
    CustomToolCallOutput {
        call_id: &'a str,
        output: Content<'a>,
    },
    ImageGenerationCall {
        id: String,
        status: &'static str,
        /// Base64.
        result: String,
    },
}

/// A piece of reasoning that is shown.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    r#type: &'static str,
    text: &'a str,
}

impl<'a> Summary<'a> {
    /// The summary that this text is; none where it is empty.
    pub fn of(text: &'a str) -> Vec<Self> {
        let summary = Summary {
            r#type: "summary_text",
            text,
        };
        Vec::from_iter((!text.is_empty()).then_some(summary))
    }
}
