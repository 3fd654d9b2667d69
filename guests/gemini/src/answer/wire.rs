//! What the API sends, as far as it is read. Unknown members are ignored.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

/// A whole answer, or a piece of a stream: both have the same form.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Chunk<'a> {
    #[serde(borrow)]
    pub candidates: Option<Vec<Candidate<'a>>>,
    #[serde(borrow)]
    pub prompt_feedback: Option<&'a RawValue>,
    #[serde(borrow)]
    pub usage_metadata: Option<&'a RawValue>,
    pub model_version: Option<String>,
    pub response_id: Option<String>,
    pub create_time: Option<String>,
    #[serde(borrow)]
    pub error: Option<&'a RawValue>,
}

/// Some of an answer.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate<'a> {
    /// The first is 0, which Vertex AI leaves out.
    #[serde(default)]
    pub index: u32,
    #[serde(borrow)]
    pub content: Option<Content<'a>>,
    pub finish_reason: Option<String>,
    pub finish_message: Option<String>,
    #[serde(borrow)]
    pub safety_ratings: Option<&'a RawValue>,
    #[serde(borrow)]
    pub citation_metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    pub grounding_metadata: Option<&'a RawValue>,
    #[serde(borrow)]
    pub url_context_metadata: Option<&'a RawValue>,
    pub logprobs_result: Option<LogprobsResult>,
}

/// Its parts.
#[derive(Deserialize)]
pub struct Content<'a> {
    #[serde(borrow)]
    pub parts: Option<Vec<&'a RawValue>>,
}

/// A part, as far as it is one of the contract's.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Part<'a> {
    #[serde(borrow)]
    pub text: Option<Cow<'a, str>>,
    #[serde(default)]
    pub thought: bool,
    pub thought_signature: Option<String>,
    #[serde(borrow)]
    pub inline_data: Option<InlineData<'a>>,
    #[serde(borrow)]
    pub function_call: Option<FunctionCall<'a>>,
}

/// A picture or sound that the model made.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct InlineData<'a> {
    pub mime_type: Option<String>,
    #[serde(borrow, default)]
    pub data: Cow<'a, str>,
}

/// A call of a tool, or some of one.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct FunctionCall<'a> {
    pub id: Option<String>,
    pub name: Option<String>,
    #[serde(borrow)]
    pub args: Option<&'a RawValue>,
    #[serde(default)]
    pub partial_args: Vec<PartialArg>,
    #[serde(default)]
    pub will_continue: bool,
}

/// Some of the arguments: one value, or a piece of a text.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PartialArg {
    pub json_path: String,
    pub string_value: Option<String>,
    pub number_value: Option<serde_json::Number>,
    pub bool_value: Option<bool>,
    #[serde(default)]
    pub will_continue: bool,
}

/// Why nothing was answered.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct PromptFeedback {
    pub block_reason: Option<String>,
    pub block_reason_message: Option<String>,
}

/// Log probabilities; both lists have one entry per token.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct LogprobsResult {
    #[serde(default)]
    pub chosen_candidates: Vec<Token>,
    #[serde(default)]
    pub top_candidates: Vec<TopCandidates>,
}

/// The likeliest tokens in one place.
#[derive(Deserialize)]
pub struct TopCandidates {
    #[serde(default)]
    pub candidates: Vec<Token>,
}

/// A token.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Token {
    #[serde(default)]
    pub token: String,
    // Certainty has the logarithm 0, which may be left out.
    #[serde(default)]
    pub log_probability: f64,
}
