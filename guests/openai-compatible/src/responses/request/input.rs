//! The conversation, as items.

use tidegate_guest::Result;
use tidegate_guest::types::{self, ChatRequest, Message, PartContent, Role};

use super::assistant::Assistant;
use super::content::{Content, Piece};
use super::item::{Item, Known};
use super::results::result;
use crate::profile::Profile;
use crate::request::{note_cache_mark, parse_field, unknown_part};
use crate::warnings::Warnings;

/// A part of this kind is an item in the vendor's form, the answer to a call of `computer_use` for
/// example.
pub const RAW_ITEM: &str = "openai.com/item";

/// The conversation.
pub struct Input<'a> {
    /// The first message, where it is one text of the system's.
    pub instructions: Option<&'a str>,
    /// Everything else, oldest first.
    pub items: Vec<Item<'a>>,
    /// Whether reasoning of earlier turns is among them.
    pub has_reasoning: bool,
}

impl<'a> Input<'a> {
    /// Translates a conversation.
    pub fn read(
        request: &'a ChatRequest,
        profile: &Profile,
        warnings: &mut Warnings,
    ) -> Result<Self> {
        let instructions = instructions(&request.messages);
        let rest = usize::from(instructions.is_some());
        let mut conversation = Conversation {
            items: Vec::with_capacity(request.messages.len()),
            request,
            profile,
            warnings,
        };
        for message in request.messages.iter().skip(rest) {
            conversation.add(message)?;
        }
        let items = conversation.items;
        let has_reasoning = items
            .iter()
            .any(|item| matches!(item, Item::Known(Known::Reasoning { .. })));
        Ok(Input {
            instructions,
            items,
            has_reasoning,
        })
    }
}

fn instructions(messages: &[Message]) -> Option<&str> {
    let first = messages.first()?;
    let is_plain = first.role == Role::System && first.name.is_none();
    match first.parts.as_slice() {
        [part] if is_plain && part.cache.is_none() => match &part.content {
            PartContent::Text(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

struct Conversation<'a, 'b> {
    items: Vec<Item<'a>>,
    request: &'a ChatRequest,
    profile: &'b Profile,
    warnings: &'b mut Warnings,
}

impl<'a> Conversation<'a, '_> {
    fn add(&mut self, message: &'a Message) -> Result<()> {
        if message.name.is_some() {
            self.warnings.add(
                "messages.name",
                "this API does not tell participants apart; names were left out",
            );
        }
        if message.role == Role::Assistant {
            let mut assistant = Assistant::new(&self.request.tools, self.warnings);
            assistant.read(message)?;
            self.items.append(&mut assistant.items);
            return Ok(());
        }
        let mut pieces = Vec::with_capacity(message.parts.len());
        let mut others = false;
        for part in &message.parts {
            note_cache_mark(part, self.warnings);
            match &part.content {
                PartContent::ToolResult(it) => {
                    others = true;
                    let item = result(it, self.request, self.warnings);
                    self.items.push(Item::Known(item));
                }
                PartContent::Other(it) if it.name == RAW_ITEM => {
                    others = true;
                    let item = parse_field("messages.parts.other.json", &it.json)?;
                    self.items.push(Item::AsItIs(item));
                }
                _ => pieces.extend(self.piece(part)),
            }
        }
        // What a message of results or items held has been said.
        if pieces.is_empty() && (others || message.role == Role::Tool) {
            return Ok(());
        }
        let role = self.role(message.role);
        self.items.push(Item::Known(Known::Message {
            role,
            content: Content::of(pieces),
            phase: None,
        }));
        Ok(())
    }

    fn role(&mut self, role: Role) -> &'static str {
        match role {
            Role::System => "system",
            Role::Developer if self.profile.developer_role => "developer",
            Role::Developer => "system",
            Role::User | Role::Assistant => "user",
            Role::Tool => {
                self.warnings.add(
                    "messages.role",
                    "a tool message holds results only; the rest was sent as the user's",
                );
                "user"
            }
        }
    }

    fn piece(&mut self, part: &'a types::Part) -> Option<Piece<'a>> {
        let mut left_out = |subject, message| {
            self.warnings.add(subject, message);
            None
        };
        match &part.content {
            PartContent::Text(text) | PartContent::Refusal(text) => Some(Piece::InputText { text }),
            PartContent::Image(media) => Some(Piece::image(media)),
            PartContent::File(media) => Some(Piece::file(media)),
            PartContent::Audio(media) => Piece::audio(media, "messages.parts.audio", self.warnings),
            PartContent::ToolResult(_) => None,
            PartContent::ToolCall(_) => left_out(
                "messages.parts.tool-call",
                "only the assistant can call tools; the call was left out",
            ),
            PartContent::Reasoning(_) => left_out(
                "messages.parts.reasoning",
                "only the assistant can reason; the part was left out",
            ),
            PartContent::Other(other) => {
                unknown_part(&other.name, self.warnings);
                None
            }
        }
    }
}
