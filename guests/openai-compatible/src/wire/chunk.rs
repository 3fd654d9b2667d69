//! What servers of this dialect send: a whole answer, or a chunk of a streamed one.
//!
//! One set of types reads both, and the older completion endpoints too, since vendors mix the forms:
//! Perplexity sends `message` beside `delta`, some proxies answer a streaming request whole. Nearly
//! every member is borrowed, because a chunk of one token is parsed for every token there is.
//!
//! <https://platform.openai.com/docs/api-reference/chat/object>,
//! <https://platform.openai.com/docs/api-reference/chat-streaming/streaming>

use serde::Deserialize;
use serde_json::value::RawValue;

use super::{Content, Few, Logprobs, Text};

/// An answer or a chunk of one. Members that are not named here are skipped.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Chunk<'a> {
    /// The answer's id; empty in Azure's first chunk.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// The model that answers.
    #[serde(borrow)]
    pub model: Text<'a>,
    /// Seconds since the Unix epoch.
    pub created: Option<f64>,
    /// Usually one; none in chunks that carry only usage, or Azure's view of the prompt.
    #[serde(borrow)]
    pub choices: Few<Choice<'a>>,
    /// Token counts, see [`super::Usage`].
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
    /// Groq's own object, which may hold the usage.
    #[serde(borrow)]
    pub x_groq: Option<&'a RawValue>,
    /// Something failed, in the middle of a stream or under status 200.
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
    /// The tier that processed the request.
    #[serde(borrow)]
    pub service_tier: Text<'a>,
    /// The state of the vendor's backend, for telling why a seed gave another answer.
    #[serde(borrow)]
    pub system_fingerprint: Text<'a>,
    /// What the filter thinks of the prompt (Azure).
    #[serde(borrow)]
    pub prompt_filter_results: Option<&'a RawValue>,
    /// Who really answers, of those that the service passes requests on to (OpenRouter).
    #[serde(borrow)]
    pub provider: Text<'a>,
    /// URLs (Perplexity, xAI).
    #[serde(borrow)]
    pub citations: Option<&'a RawValue>,
    /// Pages with title and snippet (Perplexity).
    #[serde(borrow)]
    pub search_results: Option<&'a RawValue>,
}

/// An answer among several.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice<'a> {
    /// Its number.
    pub index: Option<u32>,
    /// What a chunk adds.
    #[serde(borrow)]
    pub delta: Option<Message<'a>>,
    /// The whole message.
    #[serde(borrow)]
    pub message: Option<Box<Message<'a>>>,
    /// What the older completion endpoints add, or the whole of it.
    #[serde(borrow)]
    pub text: Text<'a>,
    /// Why it ends; empty before that.
    #[serde(borrow)]
    pub finish_reason: Text<'a>,
    /// Log probabilities.
    #[serde(borrow)]
    pub logprobs: Option<Box<Logprobs<'a>>>,
    /// What the filter thinks of the answer (Azure).
    #[serde(borrow)]
    pub content_filter_results: Option<&'a RawValue>,
    /// OpenRouter: this answer failed.
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
}

/// A message, or what a chunk adds to it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Message<'a> {
    /// What the model wrote.
    #[serde(borrow)]
    pub content: Content<'a>,
    /// Reasoning (DeepSeek, Z.ai, vLLM, llama.cpp, xAI).
    #[serde(borrow)]
    pub reasoning_content: Text<'a>,
    /// Reasoning (Groq, Cerebras, OpenRouter, Together, Ollama).
    #[serde(borrow)]
    pub reasoning: Text<'a>,
    /// Reasoning with signatures (OpenRouter), see [`super::ReasoningDetail`].
    #[serde(borrow)]
    pub reasoning_details: Option<&'a RawValue>,
    /// Why the model declines.
    #[serde(borrow)]
    pub refusal: Text<'a>,
    /// Tool calls, or fragments of them.
    #[serde(borrow)]
    pub tool_calls: Option<Vec<ToolCall<'a>>>,
    /// The one call of the API before `tools`.
    #[serde(borrow)]
    pub function_call: Option<Box<Function<'a>>>,
    /// Sound.
    #[serde(borrow)]
    pub audio: Option<Box<Audio<'a>>>,
    /// Pictures (OpenRouter).
    #[serde(borrow)]
    pub images: Option<&'a RawValue>,
    /// Where statements come from.
    #[serde(borrow)]
    pub annotations: Option<&'a RawValue>,
}

/// A tool call, or a fragment of one.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct ToolCall<'a> {
    /// Its number within the message.
    pub index: Option<u32>,
    /// Ties the result to the call; comes with the first fragment.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// A call of a function.
    #[serde(borrow)]
    pub function: Option<Function<'a>>,
    /// A call of a tool that takes free text.
    #[serde(borrow)]
    pub custom: Option<Box<Custom<'a>>>,
    /// Vendor state that must come back with the call (Gemini's thought signature).
    #[serde(borrow)]
    pub extra_content: Option<&'a RawValue>,
}

/// The function of a call.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Function<'a> {
    /// Its name; comes with the first fragment.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// Its arguments, JSON in most cases.
    #[serde(borrow)]
    pub arguments: Text<'a>,
}

/// The tool of a call that takes free text.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Custom<'a> {
    /// Its name.
    #[serde(borrow)]
    pub name: Text<'a>,
    /// What it is given.
    #[serde(borrow)]
    pub input: Text<'a>,
}

/// Sound the model made.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Audio<'a> {
    /// By which it can be referred to in later turns.
    #[serde(borrow)]
    pub id: Text<'a>,
    /// Base64; every piece by itself.
    #[serde(borrow)]
    pub data: Text<'a>,
    /// What is said.
    #[serde(borrow)]
    pub transcript: Text<'a>,
    /// When the vendor forgets it, in seconds since the Unix epoch.
    pub expires_at: Option<f64>,
}
