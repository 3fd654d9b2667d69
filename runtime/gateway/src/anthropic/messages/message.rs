//! Messages of a request.
//!
//! | message | becomes |
//! |---|---|
//! | `user` | a message of the user, and one of the role `tool` for results that stand next to each other |
//! | `assistant` | a message of the assistant |
//! | `system` | a message of the system at this place |

use std::collections::HashMap;

use serde_json::value::RawValue;
use tidegate_host::types::{self, Part, PartContent, Role};

use super::block;
use crate::json::{Content, Misread, Strays, Text, object};

object! {
    /// A message.
    pub struct Message<'a> {
        "role" => role: Text<'a>,
        /// A string, or blocks.
        "content" => content: Content<'a, &'a RawValue>,
        "tidegate" => tidegate: State<'a>,
    }
}

object! {
    /// What an answer had under this name: the provider's own state.
    pub struct State<'a> {
        "metadata" => metadata: &'a RawValue,
    }
}

impl Message<'_> {
    /// The contract's messages. `calls` are names of tools, by the ids of their calls so far.
    pub fn read(
        self,
        calls: &mut HashMap<String, String>,
        strays: &mut Strays,
    ) -> Result<Vec<types::Message>, Misread> {
        let role = match self.role.as_deref() {
            None => return Err(Misread::new("it has no `role`")),
            Some("user") => Role::User,
            Some("assistant") => Role::Assistant,
            Some("system") => Role::System,
            Some(other) => {
                let problem = format!(
                    "`{}` is no role; there are `user`, `assistant` and `system`",
                    other.escape_debug()
                );
                return Err(Misread::new(problem).within("role"));
            }
        };
        // Clients hand back whole answers, with what else is in them.
        strays.note(&self.rest);
        let Some(content) = self.content else {
            return Err(Misread::new("it has no `content`"));
        };
        let parts = strays.within("content", |strays| block::read(content, calls, strays))?;
        let state = self.tidegate.and_then(|state| state.metadata);
        let metadata = state.map(|state| state.get().into());
        Ok(match role {
            Role::User => turns(parts),
            role => vec![types::Message {
                role,
                parts,
                name: None,
                metadata,
            }],
        })
    }
}

/// Results of tools have a role of their own in the contract.
fn turns(parts: Vec<Part>) -> Vec<types::Message> {
    let mut turns: Vec<types::Message> = Vec::with_capacity(1);
    for part in parts {
        let role = match part.content {
            PartContent::ToolResult(_) => Role::Tool,
            _ => Role::User,
        };
        match turns.last_mut() {
            Some(turn) if turn.role == role => turn.parts.push(part),
            _ => turns.push(types::Message {
                role,
                parts: vec![part],
                name: None,
                metadata: None,
            }),
        }
    }
    turns
}
