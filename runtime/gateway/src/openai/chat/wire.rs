//! Messages as they stand in a request.
//!
//! <https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages>

use serde_json::value::RawValue;

use crate::json::{List, Text, object};
use crate::openai::part::Content;

object! {
    /// A message.
    pub struct Message<'a> {
        "role" => role: Text<'a>,
        "content" => content: Content<'a>,
        "name" => name: String,
        "tool_call_id" => tool_call_id: String,
        "tool_calls" => tool_calls: List<'a, ToolCall<'a>>,
        "refusal" => refusal: String,
        "reasoning_content" => reasoning_content: String,
        /// Another word for `reasoning_content`; OpenRouter gives both.
        "reasoning" => reasoning: String,
        "reasoning_details" => reasoning_details: List<'a, ReasoningDetail<'a>>,
        "audio" => audio: Audio<'a>,
        "function_call" => function_call: Function<'a>,
        "tidegate" => tidegate: State<'a>,
    }
}

object! {
    /// Sound that the vendor keeps.
    pub struct Audio<'a> {
        "id" => id: String,
        /// What clients send back of what they were given; the vendor has it.
        "data" => data: &'a RawValue,
        "expires_at" => expires_at: &'a RawValue,
        "transcript" => transcript: String,
    }
}

object! {
    /// What an answer had under this name: the vendor's own state.
    pub struct State<'a> {
        "metadata" => metadata: &'a RawValue,
    }
}

impl State<'_> {
    /// The JSON object.
    pub fn metadata(state: Option<State<'_>>) -> Option<String> {
        Some(state?.metadata?.get().into())
    }
}

object! {
    /// A call of a tool.
    pub struct ToolCall<'a> {
        "id" => id: String,
        "type" => kind: Text<'a>,
        "function" => function: Function<'a>,
        /// Left over from a stream.
        "index" => index: u32,
        "tidegate" => tidegate: State<'a>,
    }
}

object! {
    /// Which function, with what.
    pub struct Function<'a> {
        "name" => name: String,
        "arguments" => arguments: Arguments,
    }
}

/// Arguments as the model wrote them: a string with JSON in it, most of the time. Some clients send
/// the JSON itself.
#[derive(Debug, Default)]
pub struct Arguments(pub String);

impl<'a> serde::Deserialize<'a> for Arguments {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = <&RawValue>::deserialize(deserializer)?.get();
        match raw.starts_with('"') {
            true => serde_json::from_str(raw)
                .map(Arguments)
                .map_err(serde::de::Error::custom),
            false => Ok(Arguments(raw.into())),
        }
    }
}

object! {
    /// A piece of reasoning.
    pub struct ReasoningDetail<'a> {
        "type" => kind: Text<'a>,
        "text" => text: String,
        "summary" => summary: String,
        "signature" => signature: String,
        "data" => data: String,
        "index" => index: u32,
        /// How the vendor's own gateway marks its details.
        "id" => id: String,
        "format" => format: String,
        "tidegate" => tidegate: State<'a>,
    }
}

impl ReasoningDetail<'_> {
    /// Whether it proves a text that is not in it.
    pub fn is_bare(&self) -> bool {
        self.text.is_none() && self.summary.is_none() && self.data.is_none()
    }
}
