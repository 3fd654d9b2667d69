//! A whole answer.
//!
//! <https://platform.claude.com/docs/en/api/messages/create>

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_host::types::{ErrorKind, Part, PartContent};
use tidegate_host::{Choice, Completion};

use super::identity::Identity;
use super::made::{self, Media};
use crate::anthropic::native::{self, MessageState, PartState};
use crate::anthropic::remarks::Remarks;
use crate::anthropic::stop::Stop;
use crate::anthropic::usage::Usage;
use crate::failure::{Failure, FailureKind};

#[derive(Serialize)]
struct Message<'a> {
    id: &'a str,
    r#type: &'static str,
    role: &'static str,
    model: &'a str,
    content: Vec<Block<'a>>,
    stop_reason: &'a str,
    stop_sequence: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_details: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<&'a RawValue>,
    usage: Usage<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Remarks<'a>>,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Block<'a> {
    Made(Made<'a>),
    Media(Media<'a>),
    Raw(&'a RawValue),
}

/// A block made from a part.
#[derive(Serialize)]
struct Made<'a> {
    #[serde(flatten)]
    content: Content<'a>,
    #[serde(flatten)]
    more: BTreeMap<&'a str, &'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Remarks<'a>>,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content<'a> {
    Text {
        text: &'a str,
        #[serde(skip_serializing_if = "Vec::is_empty")]
        citations: Vec<Box<RawValue>>,
    },
    Thinking {
        thinking: &'a str,
        signature: &'a str,
    },
    RedactedThinking {
        data: &'a str,
    },
    ToolUse {
        id: &'a str,
        name: &'a str,
        input: Box<RawValue>,
    },
}

/// The JSON of an answer.
pub fn write(completion: &Completion, mut identity: Identity) -> Result<Vec<u8>, Failure> {
    identity.learn(completion.answer.clone());
    let Some(choice) = completion.choices.first() else {
        return Err(internal("the provider gave no answer"));
    };
    let parts = &choice.message.parts;
    let declined = parts
        .iter()
        .any(|part| matches!(part.content, PartContent::Refusal(_)));
    let stop = Stop::new(choice.finish, choice.finish_raw.as_deref(), declined)?;
    let metadata = choice.message.metadata.as_deref();
    let state: MessageState = native::read(metadata);
    let remarks = Remarks {
        warnings: &completion.warnings,
        stop_reason: stop.native,
        metadata: native::foreign(metadata),
        ..Remarks::default()
    };
    let mut content = Vec::with_capacity(parts.len());
    for (index, part) in (0u32..).zip(parts) {
        push(part, citations(choice, index), &mut content)?;
    }
    let of_none = citations(choice, None);
    if !of_none.is_empty() {
        content.push(Block::made(Content::Text {
            text: "",
            citations: of_none,
        }));
    }
    content.extend(state.after.into_iter().map(Block::Raw));
    let message = Message {
        id: &identity.id,
        r#type: "message",
        role: "assistant",
        model: &identity.model,
        content,
        stop_reason: stop.reason,
        stop_sequence: state.stop_sequence,
        stop_details: state.stop_details,
        container: state.container,
        usage: Usage::new(completion.usage.as_ref()),
        tidegate: remarks.if_any(),
    };
    serde_json::to_vec(&message).map_err(|error| internal(&error.to_string()))
}

fn push<'a>(
    part: &'a Part,
    citations: Vec<Box<RawValue>>,
    content: &mut Vec<Block<'a>>,
) -> Result<(), Failure> {
    let metadata = part.metadata.as_deref();
    let mut state: PartState = native::read(metadata);
    content.extend(state.before.into_iter().map(Block::Raw));
    let block = match &part.content {
        PartContent::Text(text) | PartContent::Refusal(text) => {
            // They are there as sources already.
            state.block.remove("citations");
            Content::Text { text, citations }
        }
        PartContent::Reasoning(reasoning) => {
            let encrypted = reasoning.redacted.as_deref();
            let shown = !reasoning.text.is_empty() || reasoning.signature.is_some();
            if shown && let Some(data) = encrypted {
                content.push(Block::made(Content::Thinking {
                    thinking: &reasoning.text,
                    signature: reasoning.signature.as_deref().unwrap_or_default(),
                }));
                Content::RedactedThinking { data }
            } else if let Some(data) = encrypted {
                Content::RedactedThinking { data }
            } else {
                Content::Thinking {
                    thinking: &reasoning.text,
                    signature: reasoning.signature.as_deref().unwrap_or_default(),
                }
            }
        }
        PartContent::ToolCall(call) => Content::ToolUse {
            id: &call.id,
            name: &call.name,
            input: input(&call.arguments)?,
        },
        PartContent::Image(media) | PartContent::Audio(media) | PartContent::File(media) => {
            content.push(Block::Media(Media::new(media)));
            return Ok(());
        }
        // Models make none of these.
        PartContent::ToolResult(_) | PartContent::Other(_) => return Ok(()),
    };
    let remarks = Remarks {
        metadata: native::foreign(metadata),
        ..Remarks::default()
    };
    content.push(Block::Made(Made {
        content: block,
        more: state.block,
        tidegate: remarks.if_any(),
    }));
    Ok(())
}

impl<'a> Block<'a> {
    fn made(content: Content<'a>) -> Self {
        Block::Made(Made {
            content,
            more: BTreeMap::new(),
            tidegate: None,
        })
    }
}

/// The citations in a part; those of no part for `None`.
fn citations(choice: &Choice, part: impl Into<Option<u32>>) -> Vec<Box<RawValue>> {
    let part = part.into();
    let sources = choice.sources.iter().filter(|source| source.part == part);
    sources.filter_map(made::citation).collect()
}

/// The arguments of a call, which are an object here. What a model wrote is not always JSON; it is
/// wrapped the way the
/// [vendor suggests](https://platform.claude.com/docs/en/agents-and-tools/tool-use/fine-grained-tool-streaming).
fn input(arguments: &str) -> Result<Box<RawValue>, Failure> {
    let text = match arguments.trim() {
        "" | "null" => "{}",
        text => text,
    };
    if text.starts_with('{')
        && let Ok(input) = RawValue::from_string(text.into())
    {
        return Ok(input);
    }
    let wrapped = BTreeMap::from([("INVALID_JSON", arguments)]);
    serde_json::value::to_raw_value(&wrapped).map_err(|error| internal(&error.to_string()))
}

fn internal(problem: &str) -> Failure {
    Failure::new(FailureKind::Call(ErrorKind::Internal), problem)
}
