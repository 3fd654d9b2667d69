//! What the API sends, as far as it is read. Unknown members are ignored.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A whole answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Converse<'a> {
    #[serde(borrow)]
    pub output: Option<Output<'a>>,
    pub stop_reason: Option<String>,
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
    #[serde(borrow)]
    pub trace: Option<&'a RawValue>,
    #[serde(borrow)]
    pub additional_model_response_fields: Option<&'a RawValue>,
}

/// What the model said.
#[derive(Deserialize)]
pub struct Output<'a> {
    #[serde(borrow)]
    pub message: Option<Message<'a>>,
}

/// A message.
#[derive(Deserialize)]
pub struct Message<'a> {
    #[serde(borrow)]
    pub content: Option<Vec<&'a RawValue>>,
}

/// A content block of a whole answer: one of the members.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Block<'a> {
    #[serde(borrow)]
    pub text: Option<Text<'a>>,
    #[serde(borrow)]
    pub tool_use: Option<ToolUse<'a>>,
    #[serde(borrow)]
    pub reasoning_content: Option<Thought<'a>>,
    #[serde(borrow)]
    pub citations_content: Option<Cited<'a>>,
    #[serde(borrow)]
    pub image: Option<Image<'a>>,
}

/// A text, which is borrowed where nothing in it is escaped.
#[derive(Deserialize)]
pub struct Text<'a>(#[serde(borrow)] pub Cow<'a, str>);

/// A call, whole or as it begins.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ToolUse<'a> {
    pub tool_use_id: String,
    pub name: String,
    pub r#type: Option<String>,
    #[serde(borrow)]
    pub input: Option<&'a RawValue>,
}

impl ToolUse<'_> {
    /// Whether the vendor runs the tool itself.
    pub fn is_of_the_vendor(&self) -> bool {
        self.r#type.as_deref() == Some("server_tool_use")
    }
}

/// Reasoning, whole.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Thought<'a> {
    #[serde(borrow)]
    pub reasoning_text: Option<ReasoningText<'a>>,
    #[serde(borrow)]
    pub redacted_content: Option<Text<'a>>,
}

/// What was thought, and its proof.
#[derive(Deserialize)]
pub struct ReasoningText<'a> {
    #[serde(borrow)]
    pub text: Option<Text<'a>>,
    #[serde(borrow)]
    pub signature: Option<Text<'a>>,
}

/// A text with its citations; some models give citations alone, of the text before.
#[derive(Deserialize)]
pub struct Cited<'a> {
    #[serde(borrow)]
    pub content: Option<Vec<Statement<'a>>>,
    #[serde(borrow)]
    pub citations: Option<Vec<&'a RawValue>>,
}

/// A text of the model's.
#[derive(Deserialize)]
pub struct Statement<'a> {
    #[serde(borrow)]
    pub text: Option<Text<'a>>,
}

/// A picture that the model made, whole or a piece of it.
#[derive(Deserialize)]
pub struct Image<'a> {
    #[serde(borrow)]
    pub format: Option<Text<'a>>,
    #[serde(borrow)]
    pub source: Option<Source<'a>>,
}

/// Where a picture is.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Source<'a> {
    /// In base64.
    #[serde(borrow)]
    pub bytes: Option<Text<'a>>,
    #[serde(borrow)]
    pub s3_location: Option<S3Location<'a>>,
}

/// A place in the vendor's storage.
#[derive(Deserialize)]
pub struct S3Location<'a> {
    #[serde(borrow)]
    pub uri: Option<Text<'a>>,
}

/// An event of a stream, of any kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Event<'a> {
    #[serde(default)]
    pub content_block_index: u32,
    #[serde(borrow)]
    pub start: Option<&'a RawValue>,
    #[serde(borrow)]
    pub delta: Option<Delta<'a>>,
    pub stop_reason: Option<String>,
    #[serde(borrow)]
    pub additional_model_response_fields: Option<&'a RawValue>,
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
    #[serde(borrow)]
    pub trace: Option<&'a RawValue>,
}

/// How a block begins.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Start<'a> {
    #[serde(borrow)]
    pub tool_use: Option<ToolUse<'a>>,
    #[serde(borrow)]
    pub image: Option<Image<'a>>,
}

/// More of a block: one of the members.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Delta<'a> {
    #[serde(borrow)]
    pub text: Option<Text<'a>>,
    #[serde(borrow)]
    pub tool_use: Option<Arguments<'a>>,
    #[serde(borrow)]
    pub tool_result: Option<Vec<&'a RawValue>>,
    #[serde(borrow)]
    pub reasoning_content: Option<ThoughtDelta<'a>>,
    #[serde(borrow)]
    pub citation: Option<&'a RawValue>,
    #[serde(borrow)]
    pub image: Option<Image<'a>>,
}

/// More of a call's arguments.
#[derive(Deserialize)]
pub struct Arguments<'a> {
    #[serde(borrow)]
    pub input: Option<Text<'a>>,
}

/// More of what was thought: one of the members.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct ThoughtDelta<'a> {
    #[serde(borrow)]
    pub text: Option<Text<'a>>,
    #[serde(borrow)]
    pub signature: Option<Text<'a>>,
    #[serde(borrow)]
    pub redacted_content: Option<Text<'a>>,
}
