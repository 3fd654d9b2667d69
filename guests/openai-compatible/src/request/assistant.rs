//! What the model said in earlier turns.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{self, Media, MediaSource, PartContent};

use super::field::parse_field;
use super::members;
use super::message::{AudioReference, Content, Function, Message, ToolCall};
use super::part::{Part, note_cache_mark, unknown_part};
use super::tool_call_id::tool_call_id;
use crate::profile::{Profile, ReasoningHistory};
use crate::warnings::Warnings;

/// What of a `metadata` object this dialect takes back.
#[derive(Default, Deserialize)]
#[serde(default)]
struct State<'a> {
    #[serde(borrow)]
    reasoning_details: Option<&'a RawValue>,
    #[serde(borrow)]
    extra_content: Option<&'a RawValue>,
    #[serde(borrow)]
    audio_id: Option<Cow<'a, str>>,
}

/// Text parts of an assistant are pieces of what this dialect has as one string.
#[derive(Default)]
struct Pieces<'a>(Option<Cow<'a, str>>);

impl<'a> Pieces<'a> {
    fn push(&mut self, piece: &'a str) {
        match &mut self.0 {
            _ if piece.is_empty() => {}
            Some(text) => text.to_mut().push_str(piece),
            None => self.0 = Some(Cow::Borrowed(piece)),
        }
    }
}

/// Translates a message of the assistant.
pub fn assistant<'a>(
    message: &'a types::Message,
    profile: &Profile,
    warnings: &mut Warnings,
) -> Result<Message<'a>> {
    let state = read_state("messages.metadata", message.metadata.as_deref(), profile)?;
    let mut text = Pieces::default();
    let mut refusal = Pieces::default();
    let mut reasoning = Pieces::default();
    let mut proof = false;
    let mut translated = Message::new("assistant", Content::Text(Cow::Borrowed("")));
    for part in &message.parts {
        note_cache_mark(part, warnings);
        let state = || read_state("messages.parts.metadata", part.metadata.as_deref(), profile);
        match &part.content {
            PartContent::Text(piece) => text.push(piece),
            PartContent::Refusal(piece) if profile.openai_members => refusal.push(piece),
            PartContent::Refusal(piece) => text.push(piece),
            PartContent::Reasoning(piece) => {
                reasoning.push(&piece.text);
                proof |= piece.signature.is_some() || piece.redacted.is_some();
            }
            PartContent::ToolCall(call) => {
                let tool_call = tool_call(call, state()?.extra_content, profile);
                translated.tool_calls.push(tool_call);
            }
            PartContent::Audio(media) => match audio_id(media, state()?) {
                Some(id) if profile.openai_members => {
                    translated.audio = Some(AudioReference { id });
                }
                _ => left_out("messages.parts.audio", "sound", warnings),
            },
            PartContent::Image(_) => left_out("messages.parts.image", "a picture", warnings),
            PartContent::File(_) => left_out("messages.parts.file", "a file", warnings),
            PartContent::ToolResult(_) => {
                left_out("messages.parts.tool-result", "a tool result", warnings);
            }
            PartContent::Other(other) => unknown_part(&other.name, warnings),
        }
    }

    translated.name = members::name(message.name.as_deref(), profile, warnings);
    translated.refusal = refusal.0;
    match text.0 {
        Some(text) => translated.content = Some(Content::Text(text)),
        None if says_something_else(&translated) => translated.content = None,
        None => {}
    }
    if state.reasoning_details.is_some() {
        // They hold the reasoning and prove that it is the vendor's own.
        translated.reasoning_details = state.reasoning_details;
        return Ok(translated);
    }
    if let Some(reasoning) = reasoning.0 {
        hand_back(reasoning, &mut translated, profile, warnings);
    }
    if proof {
        warnings.add(
            "messages.parts.reasoning",
            "this API takes no signed or encrypted reasoning; that was left out",
        );
    }
    Ok(translated)
}

fn tool_call<'a>(
    call: &'a types::ToolCall,
    extra_content: Option<&'a RawValue>,
    profile: &Profile,
) -> ToolCall<'a> {
    ToolCall {
        id: tool_call_id(&call.id, profile),
        r#type: "function",
        function: Function {
            name: &call.name,
            // Calls without arguments come as the empty text, which is no JSON.
            arguments: match call.arguments.trim() {
                "" => "{}",
                _ => &call.arguments,
            },
        },
        extra_content,
    }
}

/// Sound is referred to by the id under which the vendor keeps it.
fn audio_id<'a>(media: &'a Media, state: State<'a>) -> Option<Cow<'a, str>> {
    match &media.source {
        MediaSource::Id(id) => Some(Cow::Borrowed(id)),
        MediaSource::Bytes(_) | MediaSource::Url(_) => state.audio_id,
    }
}

fn says_something_else(message: &Message) -> bool {
    !message.tool_calls.is_empty() || message.refusal.is_some() || message.audio.is_some()
}

fn hand_back<'a>(
    reasoning: Cow<'a, str>,
    message: &mut Message<'a>,
    profile: &Profile,
    warnings: &mut Warnings,
) {
    match profile.reasoning_history {
        ReasoningHistory::Dropped => warnings.add(
            "messages.parts.reasoning",
            "this API takes no reasoning of earlier turns; it was left out",
        ),
        ReasoningHistory::ReasoningContent => message.reasoning_content = Some(reasoning),
        ReasoningHistory::Reasoning => message.reasoning = Some(reasoning),
        ReasoningHistory::ThinkingChunks => {
            let mut parts = vec![Part::Thinking {
                thinking: vec![Part::Text { text: reasoning }],
            }];
            if let Some(Content::Text(text)) = message.content.take()
                && !text.is_empty()
            {
                parts.push(Part::Text { text });
            }
            message.content = Some(Content::Parts(parts));
        }
    }
}

fn read_state<'a>(field: &str, metadata: Option<&'a str>, profile: &Profile) -> Result<State<'a>> {
    let Some(metadata) = metadata else {
        return Ok(State::default());
    };
    let state: State = parse_field(field, metadata)?;
    if profile.vendor_state {
        return Ok(state);
    }
    // Sound is the one thing that all services refer to by id.
    Ok(State {
        audio_id: state.audio_id,
        ..State::default()
    })
}

fn left_out(subject: &str, what: &str, warnings: &mut Warnings) {
    warnings.add(
        subject,
        &format!("an assistant message cannot hold {what} in this API; it was left out"),
    );
}
