//! What the model said in earlier turns, in the order in which it did.

use tidegate_guest::Result;
use tidegate_guest::media::base64;
use tidegate_guest::types::{
    Media, MediaSource, Message, Part, PartContent, Reasoning, Tool, ToolCall,
};

use super::content::{Content, Piece};
use super::input::RAW_ITEM;
use super::item::{Item, Known, Summary};
use super::tools::is_custom;
use crate::request::{note_cache_mark, parse_field, unknown_part};
use crate::responses::state::State;
use crate::warnings::Warnings;

/// A message of the assistant, as items.
pub struct Assistant<'a, 'b> {
    /// Its items.
    pub items: Vec<Item<'a>>,
    tools: &'a [Tool],
    warnings: &'b mut Warnings,
}

impl<'a, 'b> Assistant<'a, 'b> {
    /// An empty one. `tools`: of the request.
    pub fn new(tools: &'a [Tool], warnings: &'b mut Warnings) -> Self {
        Assistant {
            items: Vec::new(),
            tools,
            warnings,
        }
    }

    /// Translates a message.
    pub fn read(&mut self, message: &'a Message) -> Result<()> {
        for part in &message.parts {
            note_cache_mark(part, self.warnings);
            self.part(part)?;
        }
        let state = State::read("messages.metadata", message.metadata.as_deref())?;
        let after = state.unwrap_or_default().after;
        self.items.extend(after.into_iter().map(Item::AsItIs));
        Ok(())
    }

    fn part(&mut self, part: &'a Part) -> Result<()> {
        let state = State::read("messages.parts.metadata", part.metadata.as_deref())?;
        let is_foreign = state.is_none();
        let mut state = state.unwrap_or_default();
        let before = std::mem::take(&mut state.before);
        self.items.extend(before.into_iter().map(Item::AsItIs));
        match &part.content {
            PartContent::Text(text) => self.say(Piece::OutputText { text }, state.phase),
            PartContent::Refusal(refusal) => self.say(Piece::Refusal { refusal }, state.phase),
            PartContent::Reasoning(reasoning) => self.reasoning(reasoning, is_foreign),
            PartContent::ToolCall(call) => self.call(call),
            PartContent::Image(media) => self.picture(media, state.id),
            PartContent::Audio(_) => self.left_out("messages.parts.audio", "sound"),
            PartContent::File(_) => self.left_out("messages.parts.file", "a file"),
            PartContent::ToolResult(_) => {
                self.left_out("messages.parts.tool-result", "a tool result");
            }
            PartContent::Other(other) if other.name == RAW_ITEM => {
                let item = parse_field("messages.parts.other.json", &other.json)?;
                self.items.push(Item::AsItIs(item));
            }
            PartContent::Other(other) => unknown_part(&other.name, self.warnings),
        }
        Ok(())
    }

    /// Texts that follow each other are one message, as they were, unless one is a comment on the way
    /// and the other the answer.
    fn say(&mut self, piece: Piece<'a>, phase: Option<String>) {
        if let Some(Item::Known(Known::Message {
            content: Content::Pieces(pieces),
            phase: open,
            ..
        })) = self.items.last_mut()
            && *open == phase
        {
            return pieces.push(piece);
        }
        self.items.push(Item::Known(Known::Message {
            role: "assistant",
            content: Content::Pieces(vec![piece]),
            phase,
        }));
    }

    /// The vendor takes back what it has encrypted, and nothing else.
    fn reasoning(&mut self, reasoning: &'a Reasoning, is_foreign: bool) {
        match reasoning.redacted.as_deref() {
            // A signature is another vendor's way to know its own.
            Some(encrypted_content) if reasoning.signature.is_none() && !is_foreign => {
                self.items.push(Item::Known(Known::Reasoning {
                    summary: Summary::of(&reasoning.text),
                    encrypted_content,
                }));
            }
            _ => self.warnings.add(
                "messages.parts.reasoning",
                "this API takes reasoning back in its own encrypted form only; other was left out",
            ),
        }
    }

    fn call(&mut self, call: &'a ToolCall) {
        let (call_id, name) = (call.id.as_str(), call.name.as_str());
        self.items
            .push(Item::Known(match is_custom(name, self.tools) {
                true => Known::CustomToolCall {
                    call_id,
                    name,
                    input: &call.arguments,
                },
                false => Known::FunctionCall {
                    call_id,
                    name,
                    // Calls without arguments come as the empty text, which is no JSON.
                    arguments: match call.arguments.trim() {
                        "" => "{}",
                        _ => &call.arguments,
                    },
                },
            }));
    }

    fn picture(&mut self, media: &Media, id: Option<String>) {
        match (&media.source, id) {
            (MediaSource::Bytes(bytes), Some(id)) => {
                self.items.push(Item::Known(Known::ImageGenerationCall {
                    id,
                    status: "completed",
                    result: base64(bytes),
                }));
            }
            _ => self.left_out("messages.parts.image", "a picture that it has not made"),
        }
    }

    fn left_out(&mut self, subject: &str, what: &str) {
        self.warnings.add(
            subject,
            &format!("an assistant message cannot hold {what} in this API; it was left out"),
        );
    }
}
