//! What the model said in earlier turns.

use tidegate_host::types::{self, Media, MediaSource, NamedJson, Part, PartContent};

use super::calls::Calls;
use super::reasoning;
use super::wire::{Message, State, ToolCall};
use crate::json::{Misread, Strays, members, push_member};
use crate::openai::part::Content;

/// The parts of an assistant's message, in the order in which models make them: reasoning, text,
/// tool calls.
pub fn assistant(
    message: Message<'_>,
    calls: &mut Calls,
    strays: &mut Strays,
) -> Result<Vec<Part>, Misread> {
    let text = message.reasoning_content.or(message.reasoning);
    let mut text = text.filter(|text| !text.is_empty());
    let mut all = match message.reasoning_details {
        Some(details) if !details.is_empty() => {
            strays.each("reasoning_details", details, |mut detail, strays| {
                // A stream has the text in `reasoning_content` alone.
                if detail.is_bare() {
                    detail.text = text.take();
                }
                reasoning::read(detail, strays)
            })?
        }
        _ => text.map(reasoning::unsigned).into_iter().collect(),
    };
    match message.content {
        // Where there are calls, clients write either for "nothing".
        None => {}
        Some(Content::Text(text)) if text.is_empty() => {}
        Some(content) => all.extend(content.read(strays)?),
    }
    if let Some(refusal) = message.refusal.filter(|text| !text.is_empty()) {
        all.push(PartContent::Refusal(refusal).into());
    }
    let audio = message.audio.unwrap_or_default();
    if let Some(id) = audio.id.filter(|id| !id.is_empty()) {
        let media = Media {
            source: MediaSource::Id(id),
            media_type: None,
            name: None,
            detail: None,
        };
        all.push(PartContent::Audio(media).into());
    } else if let Some(transcript) = audio.transcript.filter(|text| !text.is_empty()) {
        // The vendor does not know the sound any more; what was said in it is still there.
        all.push(PartContent::Text(transcript).into());
    }
    if let Some(function) = message.function_call {
        all.push(strays.within("function_call", |strays| {
            strays.note(&function.rest);
            let name = function
                .name
                .ok_or_else(|| Misread::new("it has no `name`"))?;
            let call = types::ToolCall {
                id: calls.add_nameless(&name),
                name,
                arguments: function.arguments.unwrap_or_default().0,
            };
            Ok(PartContent::ToolCall(call).into())
        })?);
    }
    let tool_calls = message.tool_calls.unwrap_or_default();
    all.extend(strays.each("tool_calls", tool_calls, |call, strays| {
        call.read(calls, strays)
    })?);
    Ok(all)
}

impl ToolCall<'_> {
    fn read(self, calls: &mut Calls, strays: &mut Strays) -> Result<Part, Misread> {
        let id = self.id.ok_or_else(|| Misread::new("it has no `id`"))?;
        let kind = self.kind.as_deref().unwrap_or("function");
        if kind != "function" {
            let mut json = members(&self.rest).unwrap_or_default();
            json.pop();
            for (name, text) in [("type", kind), ("id", &id)] {
                push_member(
                    &mut json,
                    name,
                    &serde_json::to_string(text).unwrap_or_default(),
                );
            }
            json.push('}');
            let name = kind.into();
            return Ok(PartContent::Other(NamedJson { name, json }).into());
        }
        strays.note(&self.rest);
        let metadata = State::metadata(self.tidegate);
        let function = self
            .function
            .ok_or_else(|| Misread::new("it has no `function`"))?;
        strays.within("function", |strays| {
            strays.note(&function.rest);
            let name = function
                .name
                .ok_or_else(|| Misread::new("it has no `name`"))?;
            calls.add(&id, &name);
            let call = types::ToolCall {
                id,
                name,
                arguments: function.arguments.unwrap_or_default().0,
            };
            Ok(Part {
                metadata,
                ..PartContent::ToolCall(call).into()
            })
        })
    }
}
