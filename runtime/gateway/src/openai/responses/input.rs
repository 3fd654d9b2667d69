//! The conversation: `input`, and what it is in the contract.
//!
//! | item | becomes |
//! |---|---|
//! | `message`, or `role` and `content` alone | a message; the assistant's are joined with what follows |
//! | `reasoning`, `function_call`, `image_generation_call` | parts of the assistant's message |
//! | `function_call_output` | a message of the tool |
//!
//! All that the model has said between two messages of others is one message of the contract, as it
//! was when the model said it: vendors that sign reasoning want it beside the calls that follow it.

use std::collections::HashMap;

use tidegate_host::types::{
    self, Media, MediaSource, PartContent, Reasoning, ResultPart, Role, ToolCall, ToolResult,
};

use super::part::{Content, bare};
use super::proof;
use super::state::Kept;
use super::unsupported;
use crate::json::{self, List, Misread, Strays, Text, object};
use crate::openai::media::decode;

object! {
    /// An item of the conversation.
    pub struct Item<'a> {
        "type" => kind: Text<'a>,
        /// What the answer called it. It is not looked up anywhere.
        "id" => id: Text<'a>,
        "status" => status: Text<'a>,
        "role" => role: Text<'a>,
        "content" => content: Content<'a>,
        "call_id" => call_id: String,
        "name" => name: String,
        "arguments" => arguments: String,
        "output" => output: Content<'a>,
        "summary" => summary: List<'a, Summary<'a>>,
        "encrypted_content" => encrypted_content: String,
        "result" => result: Text<'a>,
        "output_format" => output_format: Text<'a>,
        "tidegate" => tidegate: Kept<'a>,
    }
}

object! {
    /// A piece of reasoning that is shown.
    pub struct Summary<'a> {
        "type" => kind: Text<'a>,
        "text" => text: String,
    }
}

impl Item<'_> {
    /// What it is. Messages may leave it out.
    pub fn kind(&self) -> &str {
        match (&self.kind, &self.role) {
            (Some(kind), _) => kind,
            (None, Some(_)) => "message",
            (None, None) => "",
        }
    }
}

/// The messages of a conversation.
pub fn messages(
    input: json::Content<'_, Item<'_>>,
    strays: &mut Strays,
) -> Result<Vec<types::Message>, Misread> {
    let items = match input {
        json::Content::Text(text) => {
            return Ok(vec![message(
                Role::User,
                vec![PartContent::Text(text).into()],
            )]);
        }
        json::Content::List(items) => items,
    };
    if items.is_empty() {
        return Err(Misread::new("there is nothing in it").within("input"));
    }
    let mut conversation = Conversation::default();
    strays.each("input", items, |item, strays| {
        conversation.add(item, strays)
    })?;
    Ok(conversation.messages)
}

#[derive(Default)]
struct Conversation {
    messages: Vec<types::Message>,
    /// Names of tools by the ids of their calls, for the results that follow.
    calls: HashMap<String, String>,
}

impl Conversation {
    fn add(&mut self, mut item: Item<'_>, strays: &mut Strays) -> Result<(), Misread> {
        strays.note(&item.rest);
        let kept = item.tidegate.take().unwrap_or_default();
        let turn = kept.message.map(|raw| raw.get().to_owned());
        let metadata = kept.metadata();
        let part = |content: PartContent| types::Part {
            metadata,
            ..content.into()
        };
        let kind = item.kind().to_owned();
        let missing =
            |what: &str| Misread::new(format!("an item of the type `{kind}` needs `{what}`"));
        match kind.as_str() {
            "message" => {
                let role = role(item.role.as_deref().ok_or_else(|| missing("role"))?)?;
                let content = item.content.ok_or_else(|| missing("content"))?;
                let parts = content.read("content", strays)?;
                match role {
                    Role::Assistant => self.said(parts, turn),
                    _ => self.messages.push(message(role, parts)),
                }
            }
            "reasoning" => self.reasoning(item, turn, strays)?,
            "function_call" => {
                let id = item.call_id.ok_or_else(|| missing("call_id"))?;
                let name = item.name.ok_or_else(|| missing("name"))?;
                self.calls.insert(id.clone(), name.clone());
                let call = ToolCall {
                    id,
                    name,
                    arguments: item.arguments.unwrap_or_default(),
                };
                self.said(vec![part(PartContent::ToolCall(call))], turn);
            }
            "image_generation_call" => {
                let result = item.result.ok_or_else(|| missing("result"))?;
                let bytes = decode(&result).map_err(|it| it.within("result"))?;
                let format = item.output_format.as_deref().unwrap_or("png");
                let media = Media {
                    media_type: Some(format!("image/{format}")),
                    ..bare(MediaSource::Bytes(bytes))
                };
                self.said(vec![part(PartContent::Image(media))], turn);
            }
            "function_call_output" => {
                let call_id = item.call_id.ok_or_else(|| missing("call_id"))?;
                let output = item.output.ok_or_else(|| missing("output"))?;
                let result = ToolResult {
                    name: item.name.or_else(|| self.calls.get(&call_id).cloned()),
                    call_id,
                    parts: results(output.read("output", strays)?)?,
                    is_error: false,
                };
                let parts = vec![PartContent::ToolResult(result).into()];
                self.messages.push(message(Role::Tool, parts));
            }
            "item_reference" => return Err(Misread::unsupported(unsupported::MEMORY)),
            "" => return Err(Misread::new("it has neither `type` nor `role`")),
            other => {
                let problem = format!(
                    "items of the type `{}` are not supported\nhint: there are `message`, `reasoning`, `function_call`, `function_call_output` and `image_generation_call`",
                    other.escape_debug()
                );
                return Err(Misread::new(problem).within("type"));
            }
        }
        Ok(())
    }

    /// More of what the model said. `turn` is the vendor's state of the whole message.
    fn said(&mut self, parts: Vec<types::Part>, turn: Option<String>) {
        let open = self.messages.last_mut();
        match open.filter(|message| message.role == Role::Assistant) {
            Some(open) => {
                open.parts.extend(parts);
                open.metadata = turn.or(open.metadata.take());
            }
            None => self.messages.push(types::Message {
                metadata: turn,
                ..message(Role::Assistant, parts)
            }),
        }
    }

    fn reasoning(
        &mut self,
        item: Item<'_>,
        turn: Option<String>,
        strays: &mut Strays,
    ) -> Result<(), Misread> {
        let proof = match item.encrypted_content {
            Some(encrypted) => {
                proof::unpack(encrypted).map_err(|it| it.within("encrypted_content"))?
            }
            None => proof::Proof::default(),
        };
        let shown = strays.each(
            "summary",
            item.summary.unwrap_or_default(),
            |piece, strays| {
                strays.note(&piece.rest);
                Ok(piece.text.unwrap_or_default())
            },
        )?;
        let mut text = shown.join("\n\n");
        // Some servers show the reasoning itself, and not a summary of it.
        if let (true, Some(content)) = (text.is_empty(), item.content) {
            text = match content {
                Content::Text(text) => text,
                Content::List(parts) => {
                    let texts = strays.each("content", parts, |part, _| Ok(part.text));
                    texts?.into_iter().flatten().collect()
                }
            };
        }
        let turn = proof.message.map(|raw| raw.get().to_owned()).or(turn);
        if text.is_empty() && proof.signature.is_none() && proof.redacted.is_none() {
            // All that there was of it stayed with the vendor.
            if turn.is_some() {
                self.said(Vec::new(), turn);
            }
            return Ok(());
        }
        let reasoning = Reasoning {
            text,
            signature: proof.signature,
            redacted: proof.redacted,
        };
        let part = types::Part {
            metadata: proof.metadata.map(|raw| raw.get().to_owned()),
            ..PartContent::Reasoning(reasoning).into()
        };
        self.said(vec![part], turn);
        Ok(())
    }
}

/// A message without a name or state.
pub fn message(role: Role, parts: Vec<types::Part>) -> types::Message {
    types::Message {
        role,
        parts,
        name: None,
        metadata: None,
    }
}

fn role(role: &str) -> Result<Role, Misread> {
    Ok(match role {
        "system" => Role::System,
        "developer" => Role::Developer,
        "user" => Role::User,
        "assistant" => Role::Assistant,
        other => {
            let problem = format!(
                "`{}` is no role; there are `system`, `developer`, `user` and `assistant`",
                other.escape_debug()
            );
            return Err(Misread::new(problem).within("role"));
        }
    })
}

fn results(parts: Vec<types::Part>) -> Result<Vec<ResultPart>, Misread> {
    let parts = parts.into_iter().enumerate().map(|(index, part)| {
        Ok(match part.content {
            PartContent::Text(text) => ResultPart::Text(text),
            PartContent::Image(media) => ResultPart::Image(media),
            PartContent::File(media) => ResultPart::File(media),
            _ => {
                let problem = "a tool's result is made of text, pictures and files";
                return Err(Misread::new(problem).within(format_args!("output[{index}]")));
            }
        })
    });
    parts.collect()
}
