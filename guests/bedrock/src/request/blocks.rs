//! Parts to [content blocks](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ContentBlock.html).

use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types::*;

use super::block::{Block, Cited, Statement, Thought, ToolResult, ToolUse};
use super::cache::CachePoint;
use super::media;
use super::names::{Names, call_id};
use crate::model::Model;
use crate::state::{self, PartState};
use tidegate_guest::Place;
use tidegate_guest::Warnings;

/// The name under which a part of the kind `other` is a content block as it is: a `guardContent`, a
/// `searchResult`.
const RAW_BLOCK: &str = "aws.amazon.com/content-block";

/// Members that a document writes itself; state may not write them again.
const OWN_MEMBERS: [&str; 3] = ["format", "name", "source"];

/// Blocks that stay together: one, and the cache point behind it.
pub type Piece<'a> = Vec<Block<'a>>;

/// Refuses what cannot stand in a system or developer message.
pub fn check_instructions(message: &Message, place: Place) -> Result<()> {
    let texts = message.parts.iter().map(|part| &part.content);
    for (index, content) in texts.enumerate() {
        if !matches!(content, PartContent::Text(_) | PartContent::Other(_)) {
            return Err(place
                .part(index)
                .unsupported("the system prompt can only hold text"));
        }
    }
    Ok(())
}

/// The blocks of a message.
pub fn read<'a>(
    message: &'a Message,
    model: Model,
    place: Place,
    names: &mut Names,
    warnings: &mut Warnings,
) -> Result<Vec<Piece<'a>>> {
    let mut pieces = Vec::with_capacity(message.parts.len());
    for (index, part) in message.parts.iter().enumerate() {
        let place = place.part(index);
        let state: PartState = state::read(part.metadata.as_deref(), place)?;
        let before = state.before.into_iter();
        pieces.extend(before.map(|raw| vec![Block::Raw(raw)]));
        let Some(mut block) = read_part(&part.content, place, names, warnings)? else {
            continue;
        };
        match (&mut block, &part.content) {
            (Block::Document(document), _) => {
                document.more = state.document;
                document
                    .more
                    .retain(|name, _| !OWN_MEMBERS.contains(&name.as_str()));
            }
            (Block::Text(_), PartContent::Text(text)) if !state.citations.is_empty() => {
                block = Block::CitationsContent(Cited {
                    content: [Statement { text }],
                    citations: state.citations,
                });
            }
            _ => {}
        }
        let point = part
            .cache
            .as_ref()
            .and_then(|mark| cache_point(&block, mark, model, place, warnings));
        let mut piece = vec![block];
        piece.extend(point);
        pieces.push(piece);
    }
    Ok(pieces)
}

fn cache_point<'a>(
    block: &Block,
    mark: &CacheMark,
    model: Model,
    place: Place,
    warnings: &mut Warnings,
) -> Option<Block<'a>> {
    let problem = match block {
        _ if !model.caches() => "this model caches no prompts",
        Block::ReasoningContent(_) => "no cache mark can stand behind reasoning",
        _ => {
            let subject = "messages.parts.cache.ttl-seconds";
            return Some(Block::CachePoint(CachePoint::new(mark, subject, warnings)));
        }
    };
    warnings.add("messages.parts.cache", format!("{place}: {problem}"));
    None
}

/// `None` for what may be left out: a text without a letter, which the API refuses, and reasoning
/// that the model could not verify.
fn read_part<'a>(
    content: &'a PartContent,
    place: Place,
    names: &mut Names,
    warnings: &mut Warnings,
) -> Result<Option<Block<'a>>> {
    Ok(Some(match content {
        PartContent::Text(text) | PartContent::Refusal(text) => {
            return Ok(written(text));
        }
        PartContent::Image(picture) => media::image(picture, place, warnings)?,
        PartContent::Audio(sound) => media::audio(sound, place)?,
        PartContent::File(file) => media::file(file, place, names, warnings)?,
        PartContent::ToolCall(call) => Block::ToolUse(ToolUse {
            tool_use_id: call_id(&call.id),
            name: &call.name,
            input: input(&call.arguments, place, warnings)?,
        }),
        PartContent::ToolResult(result) => Block::ToolResult(ToolResult {
            tool_use_id: call_id(&result.call_id),
            content: results(&result.parts, place, names, warnings)?,
            // Not every model takes the field, and this is what it says if it is not there.
            status: result.is_error.then_some("error"),
        }),
        PartContent::Reasoning(reasoning) => match (&reasoning.redacted, &reasoning.signature) {
            (Some(data), _) => Block::ReasoningContent(Thought::RedactedContent(data)),
            (None, Some(signature)) => Block::ReasoningContent(Thought::ReasoningText {
                text: &reasoning.text,
                signature,
            }),
            (None, None) => {
                warnings.add(
                    "messages.parts.reasoning",
                    format!("{place}: reasoning without a signature cannot be handed back"),
                );
                return Ok(None);
            }
        },
        PartContent::Other(other) if other.name == RAW_BLOCK => {
            Block::Raw(raw(&other.json, place)?)
        }
        PartContent::Other(other) => {
            return Err(place.unsupported(format!(
                "parts of the kind `{}` are not known\nhint: `{RAW_BLOCK}` hands a content block over as it is",
                other.name
            )));
        }
    }))
}

fn written(text: &str) -> Option<Block<'_>> {
    (!text.trim().is_empty()).then(|| Block::Text(text.into()))
}

fn results<'a>(
    parts: &'a [ResultPart],
    place: Place,
    names: &mut Names,
    warnings: &mut Warnings,
) -> Result<Vec<Block<'a>>> {
    let mut blocks = Vec::with_capacity(parts.len());
    for part in parts {
        blocks.push(match part {
            ResultPart::Text(text) => match written(text) {
                Some(block) => block,
                None => continue,
            },
            ResultPart::Image(picture) => media::image(picture, place, warnings)?,
            ResultPart::File(file) => media::file(file, place, names, warnings)?,
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

/// The arguments of a call, which have to be an object. What a model wrote is not always JSON.
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
    let wrapped = std::collections::BTreeMap::from([("INVALID_JSON", arguments)]);
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
