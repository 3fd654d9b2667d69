//! Content blocks.
//!
//! | `type` | read as |
//! |---|---|
//! | `text` | text |
//! | `image` | picture |
//! | `document` | file; one whose source is `content` as it stands |
//! | `tool_use` | tool call |
//! | `tool_result` | tool result |
//! | `thinking`, `redacted_thinking` | reasoning |
//! | anything else | a part that only the vendor knows, as it stands |
//!
//! `citations`, `context` and the like have no place in the contract; they are state that the
//! provider for this vendor puts back into the block. `cache_control` marks the part.

use std::collections::{BTreeMap, HashMap};

use serde_json::value::RawValue;
use tidegate_host::types::{Part, PartContent, Reasoning, ResultPart, ToolCall, ToolResult};

use super::made;
use super::media;
use super::message::State;
use crate::anthropic::native;
use crate::cache_control::{CacheControl, cache_mark};
use crate::json::{self, Content, Misread, Strays, Text, object};

object! {
    /// All members of all types of block.
    struct Block<'a> {
        "type" => kind: Text<'a>,
        "text" => text: String,
        "source" => source: &'a RawValue,
        "title" => title: String,
        "context" => context: &'a RawValue,
        "citations" => citations: &'a RawValue,
        "id" => id: String,
        "name" => name: String,
        "input" => input: &'a RawValue,
        "caller" => caller: &'a RawValue,
        "toolset_name" => toolset_name: &'a RawValue,
        "tool_use_id" => tool_use_id: String,
        "content" => content: &'a RawValue,
        "is_error" => is_error: bool,
        "thinking" => thinking: String,
        "signature" => signature: String,
        "data" => data: String,
        "cache_control" => cache_control: CacheControl<'a>,
        "tidegate" => tidegate: State<'a>,
    }
}

object! {
    /// The type alone: what else is in a block that is not known may have any shape.
    struct Kind<'a> {
        "type" => kind: Text<'a>,
    }
}

/// The parts of `content`. `calls` are names of tools, by the ids of their calls so far.
pub fn read<'a>(
    content: Content<'a, &'a RawValue>,
    calls: &mut HashMap<String, String>,
    strays: &mut Strays,
) -> Result<Vec<Part>, Misread> {
    each(content, strays, |block, strays| part(block, calls, strays))
}

/// The parts of `system`, which are text.
pub fn instructions<'a>(
    content: Content<'a, &'a RawValue>,
    strays: &mut Strays,
) -> Result<Vec<Part>, Misread> {
    each(content, strays, |block, strays| {
        let part = part(block, &mut HashMap::new(), strays)?;
        match part.content {
            PartContent::Text(_) => Ok(part),
            _ => Err(Misread::new("the system prompt is made of text")),
        }
    })
}

/// Reads every block; a string stands for a text block, an empty one for none.
fn each<'a>(
    content: Content<'a, &'a RawValue>,
    strays: &mut Strays,
    read: impl FnMut(&'a RawValue, &mut Strays) -> Result<Part, Misread>,
) -> Result<Vec<Part>, Misread> {
    match content {
        Content::Text(text) => {
            let text = (!text.is_empty()).then(|| PartContent::Text(text).into());
            Ok(text.into_iter().collect())
        }
        Content::List(blocks) => strays.items(blocks.raw(), read),
    }
}

fn part(
    raw: &RawValue,
    calls: &mut HashMap<String, String>,
    strays: &mut Strays,
) -> Result<Part, Misread> {
    let Some(Text(kind)) = json::reread::<Kind>(raw)?.kind else {
        return Err(Misread::new("it has no `type`"));
    };
    let known = matches!(
        &*kind,
        "text"
            | "image"
            | "document"
            | "tool_use"
            | "tool_result"
            | "thinking"
            | "redacted_thinking"
    );
    if !known {
        return Ok(PartContent::Other(native::block(raw)).into());
    }
    let mut block: Block = json::reread(raw)?;
    if &*kind == "document" && block.source.is_some_and(media::is_content) {
        return Ok(PartContent::Other(native::block(raw)).into());
    }
    let cache = block.cache_control.take();
    let cache = cache.map(|mark| strays.within("cache_control", |strays| cache_mark(mark, strays)));
    let mut cache = cache.transpose()?;
    let metadata = block.state();
    strays.note(&block.rest);
    let missing = |name: &str| Misread::new(format!("a block of the type `{kind}` needs `{name}`"));
    let content = match &*kind {
        "text" => PartContent::Text(block.text.ok_or_else(|| missing("text"))?),
        "image" => {
            let source = block.source.ok_or_else(|| missing("source"))?;
            PartContent::Image(strays.within("source", |strays| media::read(source, None, strays))?)
        }
        "document" => {
            let source = block.source.ok_or_else(|| missing("source"))?;
            let title = block.title;
            PartContent::File(strays.within("source", |strays| media::read(source, title, strays))?)
        }
        "tool_use" => {
            let id = block.id.ok_or_else(|| missing("id"))?;
            let name = block.name.ok_or_else(|| missing("name"))?;
            let input = block.input.ok_or_else(|| missing("input"))?;
            calls.insert(id.clone(), name.clone());
            PartContent::ToolCall(ToolCall {
                id,
                name,
                arguments: input.get().into(),
            })
        }
        "tool_result" => {
            let call_id = block.tool_use_id.ok_or_else(|| missing("tool_use_id"))?;
            let parts = match block.content {
                Some(content) => strays.within("content", |strays| result(content, strays))?,
                None => Vec::new(),
            };
            cache = cache.or_else(|| parts.iter().find_map(|part| part.cache));
            PartContent::ToolResult(ToolResult {
                name: calls.get(&call_id).cloned(),
                call_id,
                parts: result_parts(parts)?,
                is_error: block.is_error.unwrap_or_default(),
            })
        }
        "thinking" => PartContent::Reasoning(Reasoning {
            text: block.thinking.ok_or_else(|| missing("thinking"))?,
            // An answer of a vendor that signs nothing had an empty one.
            signature: block.signature.filter(|signature| !signature.is_empty()),
            redacted: None,
        }),
        _ => PartContent::Reasoning(Reasoning {
            text: String::new(),
            signature: None,
            redacted: Some(block.data.ok_or_else(|| missing("data"))?),
        }),
    };
    Ok(Part {
        cache,
        metadata,
        ..content.into()
    })
}

impl Block<'_> {
    /// What goes back to the provider with the part.
    fn state(&self) -> Option<String> {
        // What other vendors cite was given this form by the gateway, which this vendor can tell.
        let citations = self.citations.filter(|citations| !made::is_made(citations));
        let members = [
            ("context", self.context),
            ("citations", citations),
            ("caller", self.caller),
            ("toolset_name", self.toolset_name),
        ];
        let members: BTreeMap<_, _> = members
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)))
            .filter(|(_, value)| value.get() != "[]")
            .collect();
        let given = self.tidegate.as_ref().and_then(|state| state.metadata);
        native::write(members, given)
    }
}

/// The blocks of a result. A result in a result is refused here, so that nothing nests without end.
fn result(content: &RawValue, strays: &mut Strays) -> Result<Vec<Part>, Misread> {
    each(
        json::reread(content)?,
        strays,
        |raw, strays| match json::reread::<Kind>(raw)?.kind.as_deref() {
            Some("tool_use" | "tool_result" | "thinking" | "redacted_thinking") => {
                Err(Misread::new("this cannot stand in the result of a tool"))
            }
            _ => part(raw, &mut HashMap::new(), strays),
        },
    )
}

fn result_parts(parts: Vec<Part>) -> Result<Vec<ResultPart>, Misread> {
    let parts = parts.into_iter().map(|part| match part.content {
        PartContent::Text(text) => Ok(ResultPart::Text(text)),
        PartContent::Image(media) => Ok(ResultPart::Image(media)),
        PartContent::File(media) => Ok(ResultPart::File(media)),
        PartContent::Other(other) => Ok(ResultPart::Other(other)),
        _ => Err(Misread::new("this cannot stand in the result of a tool")),
    });
    parts.collect()
}
