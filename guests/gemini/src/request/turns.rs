//! Messages to contents. The API knows `user` and `model`, and keeps instructions apart:
//!
//! | message | becomes |
//! |---|---|
//! | system, developer, before any other | a part of `systemInstruction` |
//! | system, developer, later | the same, with a warning: its place is lost |
//! | user, tool | `user`; results of tools in a content of their own, before anything else |
//! | assistant | `model` |
//!
//! Neighbours of the same kind become one content: the API wants all results of the calls of a turn
//! together. A message without content becomes nothing.

use serde::Serialize;
use tidegate_guest::Result;
use tidegate_guest::types::*;

use super::part::Part;
use super::parts::Reader;
use crate::state::{self, MessageState};
use tidegate_guest::Place;

/// A whole conversation.
#[derive(Default)]
pub struct Conversation<'a> {
    pub instructions: Vec<Part<'a>>,
    pub contents: Vec<Content<'a>>,
}

/// One turn.
#[derive(Serialize)]
pub struct Content<'a> {
    role: &'static str,
    parts: Vec<Part<'a>>,
    #[serde(skip)]
    kind: Kind,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    User,
    Results,
    Model,
}

impl<'a> Conversation<'a> {
    /// Translates all messages.
    pub fn read(messages: &'a [Message], reader: &mut Reader) -> Result<Self> {
        let mut conversation = Conversation::default();
        for (index, message) in messages.iter().enumerate() {
            let place = Place::message(index);
            if message.name.is_some() {
                reader.warnings.add(
                    "messages.name",
                    format!("the vendor does not tell participants apart: the name of {place} is left out"),
                );
            }
            if matches!(message.role, Role::System | Role::Developer) {
                conversation.instruct(message, place, reader)?;
                continue;
            }
            let state: MessageState = state::read(message.metadata.as_deref(), place)?;
            let mut parts = reader.read(message, messages, place)?;
            parts.others.extend(state.after.into_iter().map(Part::Raw));
            conversation.say(Kind::Results, parts.results);
            let kind = match message.role {
                Role::Assistant => Kind::Model,
                _ => Kind::User,
            };
            conversation.say(kind, parts.others);
        }
        Ok(conversation)
    }

    fn instruct(&mut self, message: &'a Message, place: Place, reader: &mut Reader) -> Result<()> {
        for (index, part) in message.parts.iter().enumerate() {
            let PartContent::Text(text) = &part.content else {
                return Err(place
                    .part(index)
                    .unsupported("instructions can only hold text"));
            };
            if part.cache.is_some() {
                reader.warnings.add(
                    "messages.parts.cache",
                    format!("{place}: the vendor finds shared prefixes by itself"),
                );
            }
            if !text.is_empty() {
                self.instructions.push(Part::text(text));
            }
        }
        if !self.contents.is_empty() {
            reader.warnings.add(
                "messages.role",
                format!("{place} cannot stay where it is: it joins the instructions"),
            );
        }
        Ok(())
    }

    fn say(&mut self, kind: Kind, parts: Vec<Part<'a>>) {
        if parts.is_empty() {
            return;
        }
        match self.contents.last_mut() {
            Some(content) if content.kind == kind => content.parts.extend(parts),
            _ => self.contents.push(Content {
                role: if kind == Kind::Model { "model" } else { "user" },
                parts,
                kind,
            }),
        }
    }
}
