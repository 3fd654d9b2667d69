//! The conversation, in Cohere's roles.
//!
//! | part | becomes |
//! |---|---|
//! | text, refusal | content of type `text` |
//! | text of a message that calls tools | `tool_plan`, which is where models put it |
//! | reasoning | content of type `thinking` |
//! | picture | content of type `image_url` |
//! | file that is text or JSON | a text, under its name |
//! | tool call | `tool_calls` |
//! | tool result | a message with role `tool`; a failure begins with `Error: ` |
//! | sound, other files | an error |

use tidegate_guest::Result;
use tidegate_guest::types::{self, PartContent, ResultPart, Role, ToolResult};

use super::message::Message;
use super::part::{Part, unsupported};
use crate::warnings::Warnings;

pub fn messages<'a>(
    messages: &'a [types::Message],
    warnings: &mut Warnings,
) -> Result<Vec<Message<'a>>> {
    let mut conversation = Conversation {
        messages: Vec::with_capacity(messages.len()),
        pictures_of_results: Vec::new(),
        warnings,
    };
    for message in messages {
        conversation.add(message)?;
    }
    conversation.hand_over_pictures();
    Ok(conversation.messages)
}

struct Conversation<'a, 'b> {
    messages: Vec<Message<'a>>,
    /// Results hold text only, and nothing may stand between those of one turn, so their pictures
    /// follow after the last of them.
    pictures_of_results: Vec<Part<'a>>,
    warnings: &'b mut Warnings,
}

impl<'a> Conversation<'a, '_> {
    fn add(&mut self, message: &'a types::Message) -> Result<()> {
        self.note(message);
        if message.role == Role::Assistant {
            self.hand_over_pictures();
            let message = self.assistant(message);
            self.messages.push(message);
            return Ok(());
        }
        let mut parts = Vec::with_capacity(message.parts.len());
        let mut results = false;
        for part in &message.parts {
            match &part.content {
                PartContent::ToolResult(result) => {
                    results = true;
                    let result = self.tool_result(result)?;
                    self.messages.push(result);
                }
                content => parts.extend(self.prompt_part(content)?),
            }
        }
        if parts.is_empty() && (results || message.role == Role::Tool) {
            return Ok(());
        }
        let role = match message.role {
            // There is one kind of instructions.
            Role::System | Role::Developer => "system",
            Role::User | Role::Assistant => "user",
            Role::Tool => {
                self.warnings.add(
                    "messages.role",
                    "a tool message holds results only; the rest was sent as the user's",
                );
                "user"
            }
        };
        self.hand_over_pictures();
        self.messages.push(Message::new(role, parts));
        Ok(())
    }

    fn prompt_part(&mut self, content: &'a PartContent) -> Result<Option<Part<'a>>> {
        let subject = match content {
            PartContent::Text(text) | PartContent::Refusal(text) => {
                return Ok(Some(Part::text(text)));
            }
            PartContent::Image(image) => return Part::image(image).map(Some),
            PartContent::File(file) => return Part::file(file).map(Some),
            PartContent::Audio(_) => return Err(unsupported("sound")),
            PartContent::ToolResult(_) => return Ok(None),
            PartContent::ToolCall(_) => "messages.parts.tool-call",
            PartContent::Reasoning(_) => "messages.parts.reasoning",
            PartContent::Other(other) => {
                self.unknown(&other.name);
                return Ok(None);
            }
        };
        let message = "this is the assistant's alone, and was left out elsewhere";
        self.warnings.add(subject, message);
        Ok(None)
    }

    fn assistant(&mut self, message: &'a types::Message) -> Message<'a> {
        let mut thinking = Vec::new();
        let mut texts = Vec::new();
        let mut tool_calls = Vec::new();
        for part in &message.parts {
            let subject = match &part.content {
                PartContent::Text(text) | PartContent::Refusal(text) => {
                    texts.push(text.as_str());
                    continue;
                }
                PartContent::Reasoning(reasoning) => {
                    if !reasoning.text.is_empty() {
                        thinking.push(Part::Thinking {
                            thinking: &reasoning.text,
                        });
                    }
                    if reasoning.redacted.is_none() {
                        continue;
                    }
                    "messages.parts.reasoning.redacted"
                }
                PartContent::ToolCall(call) => {
                    tool_calls.push(call.into());
                    continue;
                }
                PartContent::Other(other) => {
                    self.unknown(&other.name);
                    continue;
                }
                PartContent::Image(_) => "messages.parts.image",
                PartContent::Audio(_) => "messages.parts.audio",
                PartContent::File(_) => "messages.parts.file",
                PartContent::ToolResult(_) => "messages.parts.tool-result",
            };
            let message = "an assistant message cannot hold it in this API; it was left out";
            self.warnings.add(subject, message);
        }
        if tool_calls.is_empty() {
            thinking.extend(texts.into_iter().map(Part::text));
            return Message::new("assistant", thinking);
        }
        let only_calls = thinking.is_empty();
        let mut message = Message::new("assistant", thinking);
        message.content = message.content.filter(|_| !only_calls);
        message.tool_plan = texts.join("\n");
        message.tool_calls = tool_calls;
        message
    }

    fn tool_result(&mut self, result: &'a ToolResult) -> Result<Message<'a>> {
        let mut texts = Vec::with_capacity(result.parts.len());
        for part in &result.parts {
            match part {
                ResultPart::Text(text) => texts.push(Part::text(text)),
                ResultPart::File(file) => texts.push(Part::file(file)?),
                ResultPart::Image(image) => {
                    self.pictures_of_results.push(Part::image(image)?);
                    self.warnings.add(
                        "messages.parts.tool-result.image",
                        "tool results are text in this API; it follows them as a message of the user",
                    );
                }
                ResultPart::Other(other) => self.unknown(&other.name),
            }
        }
        if result.is_error {
            match texts.first_mut() {
                Some(Part::Text { text }) => text.to_mut().insert_str(0, "Error: "),
                _ => texts.push(Part::text("Error")),
            }
        }
        Ok(Message {
            tool_call_id: Some(&result.call_id),
            ..Message::new("tool", texts)
        })
    }

    fn hand_over_pictures(&mut self) {
        if !self.pictures_of_results.is_empty() {
            let pictures = std::mem::take(&mut self.pictures_of_results);
            self.messages.push(Message::new("user", pictures));
        }
    }

    fn note(&mut self, message: &types::Message) {
        if message.name.is_some() {
            let message = "Cohere does not tell participants apart";
            self.warnings.add("messages.name", message);
        }
        if message.parts.iter().any(|part| part.cache.is_some()) {
            let message = "Cohere finds shared prefixes by itself";
            self.warnings.add("messages.parts.cache", message);
        }
    }

    fn unknown(&mut self, name: &str) {
        self.warnings.add(
            "messages.parts.other",
            format!("parts of the kind `{name}` are not known here; left out"),
        );
    }
}
