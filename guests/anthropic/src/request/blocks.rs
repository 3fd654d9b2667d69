//! Parts to [content blocks](https://platform.claude.com/docs/en/api/messages/create).

use std::borrow::Cow;
use std::collections::BTreeMap;

use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::*;

use super::block::{Block, Content, Made};
use super::cache::CacheControl;
use super::media;
use crate::state::{self, PartState};
use tidegate_guest::Place;
use tidegate_guest::Warnings;

/// The name under which a part of the kind `other` is a content block as it is.
const RAW_BLOCK: &str = "anthropic.com/content-block";

/// Members that the block itself writes; state may not write them again.
const OWN_MEMBERS: [&str; 12] = [
    "cache_control",
    "content",
    "data",
    "id",
    "input",
    "is_error",
    "name",
    "signature",
    "source",
    "text",
    "thinking",
    "type",
];

/// The blocks of a system or developer message, where only text may stand.
pub fn instructions<'a>(
    message: &'a Message,
    place: Place,
    warnings: &mut Warnings,
) -> Result<Vec<Block<'a>>> {
    let texts = message.parts.iter().map(|part| &part.content);
    for (index, content) in texts.enumerate() {
        if !matches!(content, PartContent::Text(_) | PartContent::Other(_)) {
            return Err(place
                .part(index)
                .unsupported("the system prompt can only hold text"));
        }
    }
    read(message, place, warnings)
}

/// The blocks of a message.
pub fn read<'a>(
    message: &'a Message,
    place: Place,
    warnings: &mut Warnings,
) -> Result<Vec<Block<'a>>> {
    let mut blocks = Vec::with_capacity(message.parts.len());
    for (index, part) in message.parts.iter().enumerate() {
        let place = place.part(index);
        let state: PartState = state::read(part.metadata.as_deref(), place)?;
        blocks.extend(state.before.into_iter().map(Block::Raw));
        let Some(mut block) = read_part(&part.content, place, warnings)? else {
            continue;
        };
        if let Block::Made(made) = &mut block {
            made.more = state.block;
            made.more
                .retain(|name, _| !OWN_MEMBERS.contains(&name.as_str()));
        }
        if let Some(mark) = &part.cache {
            set_cache(&mut block, mark, place, warnings);
        }
        blocks.push(block);
    }
    Ok(blocks)
}

fn set_cache(block: &mut Block, mark: &CacheMark, place: Place, warnings: &mut Warnings) {
    match block {
        Block::Made(Made {
            content: Content::Thinking { .. } | Content::RedactedThinking { .. },
            ..
        })
        | Block::Raw(_) => warnings.add(
            "messages.parts.cache",
            format!("{place}: no cache mark can stand here"),
        ),
        Block::Made(made) => {
            let control = CacheControl::new(mark, "messages.parts.cache.ttl-seconds", warnings);
            made.cache_control = Some(control);
        }
    }
}

/// `None` for what may be left out: an empty text, which the API refuses, and reasoning that it
/// could not verify.
fn read_part<'a>(
    content: &'a PartContent,
    place: Place,
    warnings: &mut Warnings,
) -> Result<Option<Block<'a>>> {
    let content = match content {
        PartContent::Text(text) | PartContent::Refusal(text) if text.is_empty() => return Ok(None),
        PartContent::Text(text) | PartContent::Refusal(text) => return Ok(Some(Block::text(text))),
        PartContent::Image(picture) => media::image(picture, place, warnings)?,
        PartContent::File(file) => media::document(file, place)?,
        PartContent::ToolCall(call) => Content::ToolUse {
            id: call_id(&call.id),
            name: &call.name,
            input: input(&call.arguments, place, warnings)?,
        },
        PartContent::ToolResult(result) => Content::ToolResult {
            tool_use_id: call_id(&result.call_id),
            content: result_blocks(&result.parts, place, warnings)?,
            is_error: result.is_error,
        },
        PartContent::Reasoning(reasoning) => match (&reasoning.redacted, &reasoning.signature) {
            (Some(data), _) => Content::RedactedThinking { data },
            (None, Some(signature)) => Content::Thinking {
                thinking: &reasoning.text,
                signature,
            },
            (None, None) => {
                warnings.add(
                    "messages.parts.reasoning",
                    format!("{place}: reasoning without a signature cannot be handed back"),
                );
                return Ok(None);
            }
        },
        PartContent::Other(other) if other.name == RAW_BLOCK => {
            let raw = raw(&other.json, place)?;
            return Ok(Some(Block::Raw(raw)));
        }
        PartContent::Audio(_) => {
            return Err(place.unsupported("the vendor takes no sound"));
        }
        PartContent::Other(other) => {
            return Err(place.unsupported(format!(
                "parts of the kind `{}` are not known\nhint: `{RAW_BLOCK}` hands a content block over as it is",
                other.name
            )));
        }
    };
    Ok(Some(content.into()))
}

fn result_blocks<'a>(
    parts: &'a [ResultPart],
    place: Place,
    warnings: &mut Warnings,
) -> Result<Vec<Block<'a>>> {
    let mut blocks = Vec::with_capacity(parts.len());
    for part in parts {
        blocks.push(match part {
            ResultPart::Text(text) if text.is_empty() => continue,
            ResultPart::Text(text) => Block::text(text),
            ResultPart::Image(picture) => media::image(picture, place, warnings)?.into(),
            ResultPart::File(file) => media::document(file, place)?.into(),
            ResultPart::Other(other) if other.name == RAW_BLOCK => {
                Block::Raw(raw(&other.json, place)?)
            }
            ResultPart::Other(other) => {
                return Err(place.unsupported(format!(
                    "results of the kind `{}` are not known",
                    other.name
                )));
            }
        });
    }
    Ok(blocks)
}

/// Ids of other vendors, which a conversation may bring along, can hold what the API refuses: it
/// takes letters, digits, `_` and `-`.
fn call_id(id: &str) -> Cow<'_, str> {
    let fits = |letter: char| letter.is_ascii_alphanumeric() || letter == '_' || letter == '-';
    match id.chars().all(fits) {
        true => id.into(),
        false => id.replace(|letter| !fits(letter), "_").into(),
    }
}

/// The arguments of a call, which have to be an object. What a model wrote is not always JSON; it is
/// handed back the way the
/// [vendor suggests](https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming).
fn input(arguments: &str, place: Place, warnings: &mut Warnings) -> Result<Box<RawValue>> {
    let text = match arguments.trim() {
        "" | "null" => "{}",
        text => text,
    };
    if text.starts_with('{')
        && let Ok(input) = RawValue::from_string(text.into())
    {
        return Ok(input);
    }
    warnings.add(
        "messages.parts.tool-call.arguments",
        format!("{place}: the arguments are no JSON object: they are wrapped in one"),
    );
    let wrapped = BTreeMap::from([("INVALID_JSON", arguments)]);
    serde_json::value::to_raw_value(&wrapped)
        .map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))
}

fn raw(json: &str, place: Place) -> Result<Box<RawValue>> {
    RawValue::from_string(json.into()).map_err(|error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("{place} is not valid JSON: {error}"),
        )
    })
}
