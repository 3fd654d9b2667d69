//! Messages to turns. The API keeps `system` apart and wants `user` and `assistant` to take turns:
//!
//! | message | becomes |
//! |---|---|
//! | system, developer, before any other | blocks of `system` |
//! | system, developer, later | the same, with a warning: its place is lost |
//! | user | user turn |
//! | tool | user turn, results before anything else |
//! | assistant | assistant turn |
//!
//! Neighbours of the same role become one turn. A message without content becomes nothing.

use std::collections::BTreeSet;

use serde::{Serialize, Serializer};
use tidegate_guest::Result;
use tidegate_guest::types::*;

use super::block::Block;
use super::blocks::{self, Piece};
use super::names::Names;
use crate::model::Model;
use crate::state::{self, MessageState};
use tidegate_guest::Place;
use tidegate_guest::Warnings;

/// A whole conversation.
#[derive(Default)]
pub struct Conversation<'a> {
    pub system: Vec<Block<'a>>,
    pub turns: Vec<Turn<'a>>,
    /// The tools that were called in it.
    pub called: BTreeSet<&'a str>,
}

/// One turn.
#[derive(Serialize)]
pub struct Turn<'a> {
    role: Speaker,
    #[serde(serialize_with = "in_a_row")]
    content: Vec<Piece<'a>>,
}

#[derive(Serialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Speaker {
    User,
    Assistant,
}

impl<'a> Conversation<'a> {
    /// Translates all messages.
    pub fn read(messages: &'a [Message], model: Model, warnings: &mut Warnings) -> Result<Self> {
        let mut conversation = Conversation::default();
        let mut names = Names::default();
        for (index, message) in messages.iter().enumerate() {
            let place = Place::message(index);
            let state: MessageState = state::read(message.metadata.as_deref(), place)?;
            if message.name.is_some() {
                warnings.add(
                    "messages.name",
                    format!("the vendor does not tell participants apart: the name of {place} is left out"),
                );
            }
            let instructs = matches!(message.role, Role::System | Role::Developer);
            if instructs {
                blocks::check_instructions(message, place)?;
            }
            let mut content = blocks::read(message, model, place, &mut names, warnings)?;
            content.extend(state.after.into_iter().map(|raw| vec![Block::Raw(raw)]));
            conversation
                .called
                .extend(message.parts.iter().filter_map(called));

            match message.role {
                Role::User | Role::Tool => conversation.say(Speaker::User, content),
                Role::Assistant => conversation.say(Speaker::Assistant, content),
                Role::System | Role::Developer => {
                    if !conversation.turns.is_empty() {
                        warnings.add(
                            "messages.role",
                            format!("{place} cannot stay where it is: it joins the system prompt"),
                        );
                    }
                    conversation.system.extend(content.into_iter().flatten());
                }
            }
        }
        for turn in &mut conversation.turns {
            // Claude refuses a turn in which anything stands before the results of the tools that
            // the turn before called. The sort is stable.
            let is_result = |piece: &Piece| matches!(piece.first(), Some(Block::ToolResult(_)));
            turn.content.sort_by_key(|piece| !is_result(piece));
        }
        Ok(conversation)
    }

    fn say(&mut self, role: Speaker, content: Vec<Piece<'a>>) {
        if content.is_empty() {
            return;
        }
        match self.turns.last_mut() {
            Some(turn) if turn.role == role => turn.content.extend(content),
            _ => self.turns.push(Turn { role, content }),
        }
    }
}

fn called(part: &Part) -> Option<&str> {
    match &part.content {
        PartContent::ToolCall(call) => Some(&call.name),
        PartContent::ToolResult(result) => result.name.as_deref(),
        _ => None,
    }
}

fn in_a_row<S: Serializer>(
    pieces: &[Piece],
    serializer: S,
) -> std::result::Result<S::Ok, S::Error> {
    serializer.collect_seq(pieces.iter().flatten())
}
