//! Messages of a chat request.

use tidegate_host::types::{self, Part, PartContent, ResultPart, Role, ToolResult};

use super::assistant::assistant;
use super::calls::Calls;
use super::wire::{Message, State};
use crate::json::{Misread, Strays};

impl Message<'_> {
    /// The contract's message. `calls` are those that were made so far.
    pub fn read(
        mut self,
        calls: &mut Calls,
        strays: &mut Strays,
    ) -> Result<types::Message, Misread> {
        let Some(role) = self.role.take() else {
            return Err(Misread::new("it has no `role`"));
        };
        let is_function = &*role == "function";
        let role = match &*role {
            "system" => Role::System,
            "developer" => Role::Developer,
            "user" => Role::User,
            "assistant" => Role::Assistant,
            "tool" | "function" => Role::Tool,
            other => {
                let problem = format!(
                    "`{}` is no role; there are `system`, `developer`, `user`, `assistant` and `tool`",
                    other.escape_debug()
                );
                return Err(Misread::new(problem).within("role"));
            }
        };
        strays.note(&self.rest);
        let name = self.name.take();
        let metadata = State::metadata(self.tidegate.take());
        let parts = match role {
            Role::Assistant => assistant(self, calls, strays)?,
            Role::Tool if is_function => {
                let Some(name) = &name else {
                    return Err(Misread::new(
                        "a message of the role `function` needs `name`",
                    ));
                };
                let Some(id) = calls.answer(name) else {
                    let problem = "no `function_call` of this name comes before it";
                    return Err(Misread::new(problem).within("name"));
                };
                self.tool_call_id = Some(id);
                vec![result(self, calls, strays)?]
            }
            Role::Tool => vec![result(self, calls, strays)?],
            _ => match self.content {
                Some(content) => content.read(strays)?,
                None => return Err(Misread::new("it has no `content`")),
            },
        };
        Ok(types::Message {
            role,
            parts,
            name: name.filter(|_| !is_function),
            metadata,
        })
    }
}

fn result(message: Message<'_>, calls: &Calls, strays: &mut Strays) -> Result<Part, Misread> {
    let Some(call_id) = message.tool_call_id else {
        return Err(Misread::new(
            "a message of the role `tool` needs `tool_call_id`",
        ));
    };
    let parts = match message.content {
        Some(content) => content.read(strays)?,
        None => return Err(Misread::new("it has no `content`")),
    };
    let cache = parts.iter().find_map(|part| part.cache);
    let parts = parts.into_iter().enumerate().map(|(index, part)| {
        Ok(match part.content {
            PartContent::Text(text) => ResultPart::Text(text),
            PartContent::Image(media) => ResultPart::Image(media),
            PartContent::File(media) => ResultPart::File(media),
            PartContent::Other(other) => ResultPart::Other(other),
            _ => {
                let problem = "a tool's result is made of text, pictures and files";
                return Err(Misread::new(problem).within(format_args!("content[{index}]")));
            }
        })
    });
    let result = ToolResult {
        name: calls.name(&call_id).cloned(),
        call_id,
        parts: parts.collect::<Result<_, _>>()?,
        is_error: false,
    };
    Ok(Part {
        cache,
        ..PartContent::ToolResult(result).into()
    })
}
