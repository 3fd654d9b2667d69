//! A whole chat answer.
//!
//! <https://platform.openai.com/docs/api-reference/chat/object>

use std::borrow::Cow;

use serde::Serialize;
use tidegate_host::types::{ErrorKind, PartContent, ToolCall};
use tidegate_host::{Choice, Completion};

use super::audio::Audio;
use super::functions::finish_word;
use super::reasoning::{Detail, ENCRYPTED, Opaque, TEXT};
use super::shape::Shape;
use super::sources::Annotation;
use crate::failure::{Failure, FailureKind};
use crate::openai::finish;
use crate::openai::identity::Identity;
use crate::openai::logprobs::Logprobs;
use crate::openai::made::Made;
use crate::openai::usage::Usage;
use crate::openai::warnings::Remarks;

#[derive(Serialize)]
struct ChatCompletion<'a> {
    id: &'a str,
    object: &'static str,
    created: u64,
    model: &'a str,
    choices: Vec<ChatChoice<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    usage: Option<Usage>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Remarks<'a>>,
}

#[derive(Serialize)]
struct ChatChoice<'a> {
    index: usize,
    message: Message<'a>,
    logprobs: Option<Logprobs<'a>>,
    finish_reason: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    native_finish_reason: Option<&'a str>,
}

#[derive(Default, Serialize)]
struct Message<'a> {
    role: &'static str,
    content: Option<Cow<'a, str>>,
    refusal: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    reasoning_details: Vec<Detail<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<Called<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    function_call: Option<Function<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<Audio>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    annotations: Vec<Annotation<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    images: Vec<Made<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    files: Vec<Made<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Opaque<'a>>,
}

#[derive(Serialize)]
struct Called<'a> {
    id: &'a str,
    r#type: &'static str,
    function: Function<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Opaque<'a>>,
}

#[derive(Serialize)]
struct Function<'a> {
    name: &'a str,
    arguments: &'a str,
}

/// The JSON of an answer.
pub fn write(
    completion: &Completion,
    mut identity: Identity,
    shape: &Shape,
) -> Result<Vec<u8>, Failure> {
    identity.learn(completion.answer.clone());
    let choices = completion.choices.iter().enumerate();
    let answer = ChatCompletion {
        id: &identity.id,
        object: "chat.completion",
        created: identity.created,
        model: &identity.model,
        choices: choices
            .map(|(index, choice)| chat_choice(index, choice, shape))
            .collect(),
        usage: completion.usage.as_ref().map(Usage::from),
        tidegate: Remarks::new(&completion.warnings),
    };
    serde_json::to_vec(&answer)
        .map_err(|error| Failure::new(FailureKind::Call(ErrorKind::Internal), error.to_string()))
}

fn chat_choice<'a>(index: usize, choice: &'a Choice, shape: &Shape) -> ChatChoice<'a> {
    ChatChoice {
        index,
        message: message(choice, shape),
        logprobs: Logprobs::new(&choice.logprobs, &choice.refusal_logprobs),
        finish_reason: finish_word(choice.finish, shape.functions),
        native_finish_reason: finish::native(choice.finish, choice.finish_raw.as_deref()),
    }
}

fn message<'a>(choice: &'a Choice, shape: &Shape) -> Message<'a> {
    let mut message = Message {
        role: "assistant",
        annotations: choice.sources.iter().map(Annotation::from).collect(),
        tidegate: choice.message.metadata.as_deref().and_then(Opaque::new),
        ..Message::default()
    };
    // What is handed back in `reasoning_details` takes the place of `reasoning_content`, so that
    // either all reasoning is there or none.
    let signed = choice.message.parts.iter().any(|part| match &part.content {
        PartContent::Reasoning(it) => {
            it.signature.is_some() || it.redacted.is_some() || part.metadata.is_some()
        }
        _ => false,
    });
    for (index, part) in (0..).zip(&choice.message.parts) {
        let state = part.metadata.as_deref().and_then(Opaque::new);
        match &part.content {
            PartContent::Text(text) => push(&mut message.content, text),
            PartContent::Refusal(text) => push(&mut message.refusal, text),
            PartContent::Reasoning(reasoning) => {
                if !reasoning.text.is_empty() {
                    push(&mut message.reasoning_content, &reasoning.text);
                }
                if !signed {
                    continue;
                }
                message.reasoning_details.push(Detail {
                    r#type: if reasoning.redacted.is_some() {
                        ENCRYPTED
                    } else {
                        TEXT
                    },
                    text: (!reasoning.text.is_empty()).then_some(&reasoning.text),
                    signature: reasoning.signature.as_deref(),
                    data: reasoning.redacted.as_deref(),
                    index,
                    tidegate: state,
                });
            }
            PartContent::ToolCall(call) if shape.functions => {
                message.function_call = Some(called(call, None).function);
            }
            PartContent::ToolCall(call) => message.tool_calls.push(called(call, state)),
            PartContent::Audio(media) if shape.audio && message.audio.is_none() => {
                match Audio::data(media) {
                    Some(data) => {
                        message.audio = Some(Audio::whole(data, part.metadata.as_deref()))
                    }
                    None => message.files.push(Made::new(media)),
                }
            }
            PartContent::Image(media) if Made::is_image(media) => {
                message.images.push(Made::new(media))
            }
            PartContent::Image(media) | PartContent::Audio(media) | PartContent::File(media) => {
                message.files.push(Made::new(media));
            }
            // Models make none of these.
            PartContent::ToolResult(_) | PartContent::Other(_) => {}
        }
    }
    if let Some(audio) = &mut message.audio {
        let transcript = message.content.take();
        audio.transcript = Some(transcript.unwrap_or_default().into_owned());
    }
    message
}

fn called<'a>(call: &'a ToolCall, tidegate: Option<Opaque<'a>>) -> Called<'a> {
    Called {
        id: &call.id,
        r#type: "function",
        function: Function {
            name: &call.name,
            arguments: &call.arguments,
        },
        tidegate,
    }
}

/// Most answers have one text, which is not copied.
fn push<'a>(all: &mut Option<Cow<'a, str>>, text: &'a str) {
    match all {
        None => *all = Some(Cow::Borrowed(text)),
        Some(all) => all.to_mut().push_str(text),
    }
}
