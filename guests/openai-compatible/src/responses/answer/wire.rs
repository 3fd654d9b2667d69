//! The JSON of this API's answers as types that borrow from it. Members that are not named here are
//! skipped.

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::wire::{Text, Token};

/// An event of a stream: the members of all kinds together.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Event<'a> {
    /// What it is.
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    /// Which item.
    pub output_index: u32,
    /// Which piece of a message, or of reasoning.
    pub content_index: u32,
    /// Which piece of a summary.
    pub summary_index: u32,
    /// What it adds.
    #[serde(borrow)]
    pub delta: Text<'a>,
    /// Log probabilities of what it adds.
    #[serde(borrow)]
    pub logprobs: Option<Vec<Token<'a>>>,
    /// Where a statement comes from.
    #[serde(borrow)]
    pub annotation: Option<&'a RawValue>,
    /// An [`Item`].
    #[serde(borrow)]
    pub item: Option<&'a RawValue>,
    /// A [`Response`].
    #[serde(borrow)]
    pub response: Option<&'a RawValue>,
    /// What failed.
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
    /// The same, of an event that is an error itself.
    #[serde(borrow)]
    pub code: Text<'a>,
    /// The same.
    #[serde(borrow)]
    pub message: Text<'a>,
}

/// An answer, at its beginning or its end.
///
/// <https://platform.openai.com/docs/api-reference/responses/object>
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Response<'a> {
    /// Its id.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// The model that answers.
    #[serde(borrow)]
    pub model: Text<'a>,
    /// Seconds since the Unix epoch.
    pub created_at: Option<f64>,
    /// How far it is.
    #[serde(borrow)]
    pub status: Text<'a>,
    /// Why it failed.
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
    /// Why it is not whole.
    #[serde(borrow)]
    pub incomplete_details: Option<Details<'a>>,
    /// Its items.
    #[serde(borrow)]
    pub output: Option<Vec<&'a RawValue>>,
    /// Token counts.
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
    /// The tier that processed the request.
    #[serde(borrow)]
    pub service_tier: Text<'a>,
    /// What Azure's filter thinks of prompt and answer.
    #[serde(borrow)]
    pub content_filters: Option<&'a RawValue>,
}

/// Why an answer is not whole.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Details<'a> {
    /// `max_output_tokens`, `content_filter`.
    #[serde(borrow)]
    pub reason: Text<'a>,
}

/// What every item has.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Head<'a> {
    /// What it is.
    #[serde(borrow, rename = "type")]
    pub kind: Text<'a>,
    /// What the vendor calls it.
    #[serde(borrow)]
    pub id: Text<'a>,
}

/// An item of the type `message`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Message<'a> {
    /// Its pieces.
    #[serde(borrow)]
    pub content: Option<Vec<Piece<'a>>>,
    /// Whether it is a comment on the way or the answer.
    #[serde(borrow)]
    pub phase: Text<'a>,
}

/// A piece of a message, or of reasoning.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Piece<'a> {
    /// Of the types `output_text`, `reasoning_text` and `summary_text`.
    #[serde(borrow)]
    pub text: Text<'a>,
    /// Of the type `refusal`.
    #[serde(borrow)]
    pub refusal: Text<'a>,
    /// Where statements come from.
    #[serde(borrow)]
    pub annotations: Option<Vec<&'a RawValue>>,
    /// Log probabilities of the text.
    #[serde(borrow)]
    pub logprobs: Option<Vec<Token<'a>>>,
}

/// An item of the type `reasoning`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Reasoning<'a> {
    /// What is shown in its place.
    #[serde(borrow)]
    pub summary: Option<Vec<Piece<'a>>>,
    /// The reasoning itself, of models that show it.
    #[serde(borrow)]
    pub content: Option<Vec<Piece<'a>>>,
    /// All of it, for the vendor alone.
    #[serde(borrow)]
    pub encrypted_content: Text<'a>,
}

/// An item of the type `function_call` or `custom_tool_call`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Call<'a> {
    /// Ties the result to the call.
    #[serde(borrow)]
    pub call_id: Text<'a>,
    /// The tool's name.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// The arguments of a function.
    #[serde(borrow)]
    pub arguments: Text<'a>,
    /// What a custom tool is given.
    #[serde(borrow)]
    pub input: Text<'a>,
}

/// An item of the type `image_generation_call`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Picture<'a> {
    /// Base64.
    #[serde(borrow)]
    pub result: Text<'a>,
    /// `png`, `jpeg`, `webp`.
    #[serde(borrow)]
    pub output_format: Text<'a>,
}
