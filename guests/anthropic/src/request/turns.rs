//! Messages to turns. The API knows `user` and `assistant`, and keeps `system` apart:
//!
//! | message | becomes |
//! |---|---|
//! | system, developer, before any other | a block of `system` |
//! | system, developer, later, where the model takes one: after a user turn and before an assistant turn or the end | a turn of role `system` |
//! | system, developer, anywhere else | a block of `system`, with a warning: its place is lost |
//! | user | user turn |
//! | tool | user turn, results before anything else |
//! | assistant | assistant turn |
//!
//! Neighbours of the same role become one turn. A message without content becomes nothing.

use serde::Serialize;
use tidegate_guest::types::*;
use tidegate_guest::{Result, time};

use super::block::Block;
use super::blocks;
use crate::model::Model;
use crate::state::{self, MessageState};
use tidegate_guest::Place;
use tidegate_guest::Warnings;

/// A whole conversation.
#[derive(Default)]
pub struct Conversation<'a> {
    pub system: Vec<Block<'a>>,
    pub turns: Vec<Turn<'a>>,
    /// The container in which code of the last answer ran, if it is still there.
    pub container: Option<String>,
}

/// One turn.
#[derive(Serialize)]
pub struct Turn<'a> {
    role: Speaker,
    content: Vec<Block<'a>>,
}

#[derive(Serialize, Clone, Copy, PartialEq)]
#[serde(rename_all = "lowercase")]
enum Speaker {
    User,
    Assistant,
    System,
}

impl<'a> Conversation<'a> {
    /// Translates all messages.
    pub fn read(
        messages: &'a [Message],
        model: Model,
        context: &Context,
        warnings: &mut Warnings,
    ) -> Result<Self> {
        let mut conversation = Conversation::default();
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
            let mut content = match instructs {
                true => blocks::instructions(message, place, warnings)?,
                false => blocks::read(message, place, warnings)?,
            };
            content.extend(state.after.into_iter().map(Block::Raw));
            if let Some(container) = state.container {
                let gone = container
                    .expires_at
                    .and_then(|date| time::rfc3339_ms(&date))
                    .is_some_and(|date| date <= context.now_ms);
                conversation.container = Some(container.id).filter(|_| !gone);
            }

            match message.role {
                Role::User | Role::Tool => conversation.say(Speaker::User, content),
                Role::Assistant => conversation.say(Speaker::Assistant, content),
                Role::System | Role::Developer if conversation.turns.is_empty() => {
                    conversation.system.extend(content);
                }
                Role::System | Role::Developer => {
                    let rest = messages.get(index + 1..).unwrap_or_default();
                    if model.takes_system_turns() && conversation.admits_system(rest) {
                        conversation.say(Speaker::System, content);
                    } else {
                        warnings.add(
                            "messages.role",
                            format!("{place} cannot stay where it is: it joins the system prompt"),
                        );
                        conversation.system.extend(content);
                    }
                }
            }
        }
        for turn in &mut conversation.turns {
            // The API refuses a turn in which anything stands before the results of the tools that
            // the turn before called. The sort is stable.
            turn.content.sort_by_key(|block| !block.is_tool_result());
        }
        Ok(conversation)
    }

    /// Whether a system turn may stand here, `rest` being what is yet to come.
    fn admits_system(&self, rest: &[Message]) -> bool {
        let after = self.turns.last().map(|turn| turn.role);
        let next = rest
            .iter()
            .find(|message| !matches!(message.role, Role::System | Role::Developer));
        matches!(after, Some(Speaker::User | Speaker::System))
            && next.is_none_or(|message| message.role == Role::Assistant)
    }

    fn say(&mut self, role: Speaker, content: Vec<Block<'a>>) {
        if content.is_empty() {
            return;
        }
        match self.turns.last_mut() {
            Some(turn) if turn.role == role => turn.content.extend(content),
            _ => self.turns.push(Turn { role, content }),
        }
    }
}
