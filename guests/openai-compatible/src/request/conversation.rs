//! The conversation, in this dialect's roles.

use std::borrow::Cow;

use tidegate_guest::Result;
use tidegate_guest::types::{self, PartContent, ResultPart, Role, ToolResult};

use super::assistant::assistant;
use super::members;
use super::message::{Content, Message, content};
use super::part::{Part, note_cache_mark, unknown_part};
use super::tool_call_id::tool_call_id;
use crate::profile::Profile;
use crate::warnings::Warnings;

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
    let mut messages = conversation.messages;
    if let Some(last) = messages.last_mut()
        && last.role == "assistant"
        && profile.answer_prefix
    {
        last.prefix = true;
    }
    Ok(messages)
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
            let message = assistant(message, self.profile, self.warnings)?;
            self.messages.push(message);
            return Ok(());
        }
        let mut parts = Vec::with_capacity(message.parts.len());
        for part in &message.parts {
            note_cache_mark(part, self.warnings);
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
            Role::Tool => {
                self.warnings.add(
                    "messages.role",
                    "a tool message holds results only; the rest was sent as the user's",
                );
                "user"
            }
        };
        self.hand_over_media();
        let only_results = parts.is_empty() && !message.parts.is_empty();
        if !only_results || message.role != Role::User {
            let name = members::name(message.name.as_deref(), self.profile, self.warnings);
            self.prompt(Message {
                name,
                ..Message::new(role, content(parts))
            });
        }
        Ok(())
    }

    fn prompt_part(&mut self, part: &'a types::Part) -> Option<Part<'a>> {
        let warnings = &mut *self.warnings;
        match &part.content {
            PartContent::Text(text) => Some(Part::text(text)),
            PartContent::Image(media) => Part::image(media, "messages.parts.image", warnings),
            PartContent::Audio(media) => {
                Part::audio(media, "messages.parts.audio", self.profile, warnings)
            }
            PartContent::File(media) => {
                Part::file(media, "messages.parts.file", self.profile, warnings)
            }
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
                    {
                        let part = Part::file(media, subject, self.profile, self.warnings);
                        (part, subject)
                    }
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
            tool_call_id: Some(tool_call_id(&result.call_id, self.profile)),
            ..Message::new("tool", content(texts))
        });
    }

    fn hand_over_media(&mut self) {
        if !self.media_of_results.is_empty() {
            let parts = std::mem::take(&mut self.media_of_results);
            self.prompt(Message::new("user", Content::Parts(parts)));
        }
    }

    /// Adds a message that is neither the assistant's nor a tool's.
    fn prompt(&mut self, message: Message<'a>) {
        let after_tool = self.messages.last().is_some_and(|last| last.role == "tool");
        if let Some(words) = self.profile.after_tools.filter(|_| after_tool) {
            self.warnings.add(
                "messages.role",
                "this API lets only the assistant speak after a tool; it was made to say a word",
            );
            let words = Content::Text(Cow::Borrowed(words));
            self.messages.push(Message::new("assistant", words));
        }
        self.messages.push(message);
    }
}
