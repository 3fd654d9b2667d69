//! The conversation, in this dialect's roles.

use std::borrow::Cow;

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::{self, PartContent, ResultPart, Role, ToolResult};

use super::field::parse_field;
use super::part::Part;
use crate::profile::{Profile, ReasoningHistory};
use crate::warnings::Warnings;

/// A message.
///
/// <https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages>
#[derive(Debug, Serialize)]
pub struct Message<'a> {
    role: &'static str,
    /// `null` where the model only called tools.
    content: Option<Content<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refusal: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_content: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    reasoning_details: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<AudioReference<'a>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    tool_calls: Vec<ToolCall<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tool_call_id: Option<&'a str>,
}

/// A single text goes as a string, which every service understands.
#[derive(Debug, Serialize)]
#[serde(untagged)]
enum Content<'a> {
    Text(Cow<'a, str>),
    Parts(Vec<Part<'a>>),
}

#[derive(Debug, Serialize)]
struct AudioReference<'a> {
    id: Cow<'a, str>,
}

#[derive(Debug, Serialize)]
struct ToolCall<'a> {
    id: &'a str,
    r#type: &'static str,
    function: Function<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    extra_content: Option<&'a RawValue>,
}

#[derive(Debug, Serialize)]
struct Function<'a> {
    name: &'a str,
    arguments: &'a str,
}

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

impl<'a> Message<'a> {
    fn new(role: &'static str, content: Content<'a>) -> Self {
        Message {
            role,
            content: Some(content),
            name: None,
            refusal: None,
            reasoning_content: None,
            reasoning: None,
            reasoning_details: None,
            audio: None,
            tool_calls: Vec::new(),
            tool_call_id: None,
        }
    }
}

/// Translates a conversation.
pub fn messages<'a>(
    messages: &'a [types::Message],
    profile: &Profile,
    warnings: &mut Warnings,
) -> Result<Vec<Message<'a>>> {
    let mut conversation = Conversation {
        messages: Vec::with_capacity(messages.len()),
        media_of_results: Vec::new(),
        profile,
        warnings,
    };
    for message in messages {
        conversation.add(message)?;
    }
    conversation.hand_over_media();
    Ok(conversation.messages)
}

struct Conversation<'a, 'b> {
    messages: Vec<Message<'a>>,
    /// Pictures and files of tool results. A tool message carries text only, and nothing may stand
    /// between the tool messages of one turn, so these follow after the last of them.
    media_of_results: Vec<Part<'a>>,
    profile: &'b Profile,
    warnings: &'b mut Warnings,
}

impl<'a> Conversation<'a, '_> {
    fn add(&mut self, message: &'a types::Message) -> Result<()> {
        if message.role == Role::Assistant {
            self.hand_over_media();
            return self.assistant(message);
        }
        let mut parts = Vec::with_capacity(message.parts.len());
        for part in &message.parts {
            if let PartContent::ToolResult(result) = &part.content {
                self.tool_result(result);
            } else {
                parts.extend(self.prompt_part(part));
            }
        }
        let role = match message.role {
            Role::System => "system",
            Role::Developer if self.profile.developer_role => "developer",
            Role::Developer => "system",
            Role::User | Role::Assistant => "user",
            // Its results have been added, and there is nothing else in it by right.
            Role::Tool if parts.is_empty() => return Ok(()),
            Role::Tool => "user",
        };
        self.hand_over_media();
        let only_results = parts.is_empty() && !message.parts.is_empty();
        if !only_results || message.role != Role::User {
            self.messages.push(Message {
                name: message.name.as_deref(),
                ..Message::new(role, content(parts))
            });
        }
        Ok(())
    }

    fn prompt_part(&mut self, part: &'a types::Part) -> Option<Part<'a>> {
        self.cache_mark(part);
        let warnings = &mut *self.warnings;
        match &part.content {
            PartContent::Text(text) => Some(Part::text(text)),
            PartContent::Image(media) => Part::image(media, "messages.parts.image", warnings),
            PartContent::Audio(media) => Part::audio(media, "messages.parts.audio", warnings),
            PartContent::File(media) => Part::file(media, "messages.parts.file", warnings),
            PartContent::Refusal(text) => Some(Part::text(text)),
            PartContent::ToolResult(_) => None,
            PartContent::ToolCall(_) => {
                warnings.add(
                    "messages.parts.tool-call",
                    "only the assistant can call tools; the call was left out",
                );
                None
            }
            PartContent::Reasoning(_) => {
                warnings.add(
                    "messages.parts.reasoning",
                    "only the assistant can reason; the part was left out",
                );
                None
            }
            PartContent::Other(other) => {
                unknown_part(&other.name, warnings);
                None
            }
        }
    }

    fn assistant(&mut self, message: &'a types::Message) -> Result<()> {
        let state = self.state("messages.metadata", message.metadata.as_deref())?;
        let mut text = Pieces::default();
        let mut refusal = Pieces::default();
        let mut reasoning = Pieces::default();
        let mut tool_calls = Vec::new();
        let mut audio = None;
        for part in &message.parts {
            self.cache_mark(part);
            match &part.content {
                PartContent::Text(piece) => text.push(piece),
                PartContent::Refusal(piece) => refusal.push(piece),
                PartContent::Reasoning(piece) => reasoning.push(&piece.text),
                PartContent::ToolCall(call) => {
                    let state = self.state("messages.parts.metadata", part.metadata.as_deref())?;
                    tool_calls.push(ToolCall {
                        id: &call.id,
                        r#type: "function",
                        function: Function {
                            name: &call.name,
                            // Calls without arguments come as the empty text, which is no JSON.
                            arguments: match call.arguments.trim() {
                                "" => "{}",
                                _ => &call.arguments,
                            },
                        },
                        extra_content: state.extra_content,
                    });
                }
                PartContent::Audio(media) => match &media.source {
                    types::MediaSource::Id(id) => audio = Some(Cow::Borrowed(id.as_str())),
                    _ => {
                        let state =
                            self.state("messages.parts.metadata", part.metadata.as_deref())?;
                        audio = state.audio_id;
                        if audio.is_none() {
                            self.left_out("messages.parts.audio", "sound");
                        }
                    }
                },
                PartContent::Image(_) => self.left_out("messages.parts.image", "a picture"),
                PartContent::File(_) => self.left_out("messages.parts.file", "a file"),
                PartContent::ToolResult(_) => {
                    self.left_out("messages.parts.tool-result", "a tool result")
                }
                PartContent::Other(other) => unknown_part(&other.name, self.warnings),
            }
        }

        let mut translated = Message {
            name: message.name.as_deref(),
            refusal: refusal.0,
            audio: audio.map(|id| AudioReference { id }),
            tool_calls,
            ..Message::new("assistant", Content::Text(Cow::Borrowed("")))
        };
        translated.content = match text.0 {
            Some(text) => Some(Content::Text(text)),
            None if translated.says_something_else() => None,
            None => translated.content,
        };
        if state.reasoning_details.is_some() {
            // They hold the reasoning and prove that it is the vendor's own.
            translated.reasoning_details = state.reasoning_details;
        } else if let Some(reasoning) = reasoning.0 {
            self.hand_back(reasoning, &mut translated);
        }
        self.messages.push(translated);
        Ok(())
    }

    fn hand_back(&mut self, reasoning: Cow<'a, str>, message: &mut Message<'a>) {
        match self.profile.reasoning_history {
            ReasoningHistory::Dropped => self.warnings.add(
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

    fn tool_result(&mut self, result: &'a ToolResult) {
        if result.is_error {
            self.warnings.add(
                "messages.parts.tool-result.is-error",
                "this API has no mark for a tool that failed; its text is all the model sees",
            );
        }
        let mut texts = Vec::with_capacity(result.parts.len());
        for part in &result.parts {
            let (media, subject) = match part {
                ResultPart::Text(text) => {
                    texts.push(Part::text(text));
                    continue;
                }
                ResultPart::Image(media) => {
                    let subject = "messages.parts.tool-result.image";
                    (Part::image(media, subject, self.warnings), subject)
                }
                ResultPart::File(media) => {
                    let subject = "messages.parts.tool-result.file";
                    (Part::file(media, subject, self.warnings), subject)
                }
                ResultPart::Other(other) => {
                    unknown_part(&other.name, self.warnings);
                    continue;
                }
            };
            if let Some(media) = media {
                self.warnings.add(
                    subject,
                    "tool results are text in this API; it follows them as a message of the user",
                );
                self.media_of_results.push(media);
            }
        }
        self.messages.push(Message {
            tool_call_id: Some(&result.call_id),
            ..Message::new("tool", content(texts))
        });
    }

    fn hand_over_media(&mut self) {
        if !self.media_of_results.is_empty() {
            let parts = std::mem::take(&mut self.media_of_results);
            self.messages
                .push(Message::new("user", Content::Parts(parts)));
        }
    }

    fn state(&self, field: &str, metadata: Option<&'a str>) -> Result<State<'a>> {
        match metadata {
            Some(metadata) if self.profile.vendor_state => parse_field(field, metadata),
            // Of what all services know, sound is referred to by id.
            Some(metadata) => {
                let state: State = parse_field(field, metadata)?;
                Ok(State {
                    audio_id: state.audio_id,
                    ..State::default()
                })
            }
            None => Ok(State::default()),
        }
    }

    fn cache_mark(&mut self, part: &types::Part) {
        if part.cache.is_some() {
            self.warnings.add("messages.parts.cache", CACHE);
        }
    }

    fn left_out(&mut self, subject: &str, what: &str) {
        self.warnings.add(
            subject,
            &format!("an assistant message cannot hold {what} in this API; it was left out"),
        );
    }
}

/// Why a cache mark has no effect.
pub const CACHE: &str =
    "this API has no marks for caching; prompts are cached by the service itself";

impl Message<'_> {
    fn says_something_else(&self) -> bool {
        !self.tool_calls.is_empty() || self.refusal.is_some() || self.audio.is_some()
    }
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

fn content(mut parts: Vec<Part>) -> Content {
    match parts.pop() {
        None => Content::Text(Cow::Borrowed("")),
        Some(Part::Text { text }) if parts.is_empty() => Content::Text(text),
        Some(part) => {
            parts.push(part);
            Content::Parts(parts)
        }
    }
}

fn unknown_part(name: &str, warnings: &mut Warnings) {
    warnings.add(
        "messages.parts.other",
        &format!("parts of the kind `{name}` are not known here; left out"),
    );
}
