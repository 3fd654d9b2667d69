//! Parts of the contract to parts of the API.
//!
//! | part | becomes |
//! |---|---|
//! | text, refusal | `text` |
//! | picture, sound, file | see [`media`] |
//! | reasoning | `text` with `thought` |
//! | tool call | `functionCall` |
//! | tool result | see [`results`] |
//! | `ai.google.dev/part` | itself |

use std::borrow::Cow;

use serde_json::json;
use serde_json::value::{RawValue, to_raw_value};
use tidegate_guest::Result;
use tidegate_guest::types::*;

use super::part::{Content, FunctionCall, Part};
use super::{media, results};
use crate::model::Model;
use crate::state::{self, PartState};
use crate::upstream::Upstream;
use tidegate_guest::Place;
use tidegate_guest::Warnings;

/// The name under which a part of the kind `other` is a part of the API as it is.
const RAW_PART: &str = "ai.google.dev/part";

/// What the vendor takes in the place of a
/// [signature](https://ai.google.dev/gemini-api/docs/thought-signatures) that nobody has: of calls that
/// another model made, or that a client has handed back without it.
const NO_SIGNATURE: &str = "skip_thought_signature_validator";

/// What all parts of a request are read with.
pub struct Reader<'r> {
    pub model: Model,
    pub upstream: &'r Upstream,
    pub warnings: &'r mut Warnings,
}

/// The parts of a message.
#[derive(Default)]
pub struct Parts<'a> {
    /// Results of tools, which stand alone.
    pub results: Vec<Part<'a>>,
    /// Everything else.
    pub others: Vec<Part<'a>>,
}

impl Reader<'_> {
    /// The parts of a message of this place in the conversation.
    pub fn read<'a>(
        &mut self,
        message: &'a Message,
        messages: &'a [Message],
        place: Place,
    ) -> Result<Parts<'a>> {
        let mut parts = Parts::default();
        for (index, part) in message.parts.iter().enumerate() {
            let place = place.part(index);
            if part.cache.is_some() {
                self.warnings.add(
                    "messages.parts.cache",
                    format!("{place}: the vendor finds shared prefixes by itself"),
                );
            }
            let state: PartState = state::read(part.metadata.as_deref(), place)?;
            parts.others.extend(state.before.into_iter().map(Part::Raw));
            if let PartContent::ToolResult(result) = &part.content {
                let (result, beside) = results::read(result, messages, place, self)?;
                parts.results.push(result);
                parts.others.extend(beside);
                continue;
            }
            let Some(mut read) = self.part(&part.content, place)? else {
                continue;
            };
            if let Part::Made(made) = &mut read {
                made.thought = matches!(part.content, PartContent::Reasoning(_));
                made.thought_signature = state.thought_signature.map(Cow::Owned);
            }
            parts.others.push(read);
        }
        if self.model.wants_signatures() {
            self.excuse(&mut parts.others, place);
        }
        Ok(parts)
    }

    /// `None` for what may be left out: an empty text, reasoning that nobody can read.
    fn part<'a>(&mut self, content: &'a PartContent, place: Place) -> Result<Option<Part<'a>>> {
        let content = match content {
            PartContent::Text(text) | PartContent::Refusal(text) if text.is_empty() => {
                return Ok(None);
            }
            PartContent::Text(text) | PartContent::Refusal(text) => Content::Text(text.into()),
            PartContent::Image(it) | PartContent::Audio(it) | PartContent::File(it) => {
                media::read(it, place, self.upstream, self.warnings)?
            }
            PartContent::ToolCall(call) => self.call(call, place)?,
            PartContent::Reasoning(reasoning) if reasoning.text.is_empty() => {
                self.warnings.add(
                    "messages.parts.reasoning",
                    format!("{place}: the vendor cannot read what another has encrypted"),
                );
                return Ok(None);
            }
            PartContent::Reasoning(reasoning) => Content::Text((&reasoning.text).into()),
            PartContent::Other(other) if other.name == RAW_PART => {
                let raw = RawValue::from_string(other.json.clone()).map_err(|error| {
                    Error::new(
                        ErrorKind::InvalidRequest,
                        format!("{place} is not valid JSON: {error}"),
                    )
                })?;
                return Ok(Some(Part::Raw(raw)));
            }
            PartContent::Other(other) => {
                return Err(place.unsupported(format!(
                    "parts of the kind `{}` are not known\nhint: `{RAW_PART}` hands a part over as it is",
                    other.name
                )));
            }
            // Read by the caller.
            PartContent::ToolResult(_) => return Ok(None),
        };
        Ok(Some(content.into()))
    }

    /// The arguments have to be an object. What a model wrote is not always JSON.
    fn call<'a>(&mut self, call: &'a ToolCall, place: Place) -> Result<Content<'a>> {
        let args = match call.arguments.trim() {
            "" | "null" => results::object("{}"),
            arguments => results::object(arguments),
        };
        let args = match args {
            Some(args) => Cow::Borrowed(args),
            None => {
                self.warnings.add(
                    "messages.parts.tool-call.arguments",
                    format!("{place}: the arguments are no JSON object: they are wrapped in one"),
                );
                let wrapped = to_raw_value(&json!({ "arguments": call.arguments }));
                Cow::Owned(
                    wrapped.map_err(|error| Error::new(ErrorKind::Internal, error.to_string()))?,
                )
            }
        };
        Ok(Content::FunctionCall(FunctionCall {
            id: &call.id,
            name: &call.name,
            args,
        }))
    }

    /// Of several calls at once, the first has the signature.
    fn excuse(&mut self, parts: &mut [Part], place: Place) {
        let mut calls = parts.iter_mut().filter_map(|part| match part {
            Part::Made(made) if matches!(made.content, Content::FunctionCall(_)) => Some(made),
            _ => None,
        });
        if let Some(first) = calls.next()
            && first.thought_signature.is_none()
        {
            first.thought_signature = Some(NO_SIGNATURE.into());
            self.warnings.add(
                "messages.parts.metadata",
                format!(
                    "{place} calls tools without the signature of this model's thoughts: it goes on without them"
                ),
            );
        }
    }
}
