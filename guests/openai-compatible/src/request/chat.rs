//! The body of a chat request.

use serde::{Serialize, Serializer};
use tidegate_guest::Result;
use tidegate_guest::types::{ChatRequest, Label};

use super::conversation::messages;
use super::members;
use super::message::Message;
use super::reasoning::Reasoning;
use super::sampling::{Sampling, StreamOptions};
use super::tools::{ResponseFormat, Tool, ToolChoice, response_format, tool_choice, tools};
use crate::profile::Profile;
use crate::warnings::Warnings;

/// <https://platform.openai.com/docs/api-reference/chat/create>
#[derive(Debug, Serialize)]
pub struct ChatBody<'a> {
    model: &'a str,
    messages: Vec<Message<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    stream: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    stream_options: Option<StreamOptions>,
    #[serde(flatten)]
    sampling: Sampling<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logprobs: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    top_logprobs: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    n: Option<u32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tools: Vec<Tool<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_choice: Option<ToolChoice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    parallel_tool_calls: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    response_format: Option<ResponseFormat<'a>>,
    #[serde(flatten)]
    reasoning: Reasoning<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    service_tier: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    prompt_cache_key: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(
        skip_serializing_if = "<[Label]>::is_empty",
        serialize_with = "as_object"
    )]
    metadata: &'a [Label],
}

impl<'a> ChatBody<'a> {
    pub fn new(
        request: &'a ChatRequest,
        profile: &Profile,
        warnings: &mut Warnings,
    ) -> Result<Self> {
        let reasoning = request.reasoning.as_ref();
        let logprobs = members::logprobs(&request.sampling, profile, warnings);
        Ok(ChatBody {
            model: &request.model,
            messages: messages(&request.messages, profile, warnings)?,
            stream: request.stream,
            stream_options: StreamOptions::for_stream(request.stream, profile),
            sampling: Sampling::new(&request.sampling, profile, warnings),
            logprobs: logprobs.is_some().then_some(true),
            // 0 is the chosen token alone, which is what comes without it.
            top_logprobs: logprobs.filter(|&alternatives| alternatives > 0),
            n: request.choices,
            tools: tools(&request.tools, warnings)?,
            tool_choice: request
                .tool_choice
                .as_ref()
                .map(|choice| tool_choice(choice, profile)),
            parallel_tool_calls: request.parallel_tool_calls,
            response_format: request
                .response_format
                .as_ref()
                .map(response_format)
                .transpose()?,
            reasoning: reasoning
                .map(|options| Reasoning::new(options, profile, warnings))
                .unwrap_or_default(),
            service_tier: members::service_tier(request, profile, warnings),
            prompt_cache_key: request.prompt_cache_key.as_deref(),
            user: members::user(request.user.as_deref(), profile, warnings),
            metadata: &request.metadata,
        })
    }
}

/// Labels as the members of an object.
pub fn as_object<S: Serializer>(
    labels: &&[Label],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_map(labels.iter().map(|label| (&label.name, &label.value)))
}
