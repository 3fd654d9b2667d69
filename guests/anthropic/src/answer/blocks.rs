//! Content blocks to parts.
//!
//! | block | becomes |
//! |---|---|
//! | `text` | a text part; its citations, once it is complete, `source` events and metadata |
//! | `thinking` | a reasoning part with a signature |
//! | `redacted_thinking` | an encrypted reasoning part |
//! | `tool_use` | a tool call |
//! | anything else: `server_tool_use`, `web_search_tool_result`, … | a `raw` event, and metadata of the part after it |
//!
//! What is neither text, reasoning nor a call of the caller's tools is nothing the caller can act on,
//! but the vendor wants it back in its place: see [`PartState::before`].

use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value};
use tidegate_guest::types::*;
use tidegate_guest::{Choice, Io, Result, json};

use super::citation;
use super::wire::{self, Block, Delta};
use crate::state::{self, PartState};

/// The blocks of an answer.
pub struct Blocks {
    io: Io,
    pub choice: Choice,
    open: Vec<Open>,
    /// Blocks that are no parts, since the last part.
    between: Vec<Box<RawValue>>,
}

struct Open {
    index: u32,
    /// The part before it. A block without content, an empty text for example, begins none.
    after: Option<u32>,
    content: Content,
}

enum Content {
    Text {
        citations: Vec<Box<RawValue>>,
    },
    Thinking,
    Call {
        /// Arguments that came with the beginning of the block.
        whole: Option<Box<RawValue>>,
        pieces: bool,
        state: PartState,
    },
    Other {
        members: Map<String, Value>,
        input: String,
    },
}

impl Blocks {
    /// None yet.
    pub fn new(io: &Io) -> Self {
        Blocks {
            io: io.clone(),
            choice: Choice::new(io, 0),
            open: Vec::new(),
            between: Vec::new(),
        }
    }

    /// A block begins, or comes whole.
    pub fn start(&mut self, index: u32, raw: &RawValue) -> Result<()> {
        // Not seen from the vendor, but a number that begins again means the block before is over.
        self.stop(index)?;
        self.choice.end_part();
        let after = self.choice.last_part();
        let content = match wire::kind(raw.get()).as_deref() {
            Some("text") => {
                let block: Block = json::parse("a content block", raw.get())?;
                self.choice.text(&block.text);
                let citations = block.citations.unwrap_or_default();
                Content::Text {
                    citations: citations.into_iter().map(ToOwned::to_owned).collect(),
                }
            }
            Some("thinking") => {
                let block: Block = json::parse("a content block", raw.get())?;
                self.choice.reasoning(&block.thinking);
                self.choice.reasoning_signature(&block.signature);
                Content::Thinking
            }
            Some("redacted_thinking") => {
                let block: Block = json::parse("a content block", raw.get())?;
                self.choice.reasoning_redacted(&block.data);
                Content::Thinking
            }
            Some("tool_use") => self.call(index, &json::parse("a content block", raw.get())?),
            _ => Content::Other {
                members: json::parse("a content block", raw.get())?,
                input: String::new(),
            },
        };
        self.open.push(Open {
            index,
            after,
            content,
        });
        Ok(())
    }

    /// More of a block. `event` is the whole event, for kinds of delta that are not known here.
    pub fn delta(&mut self, index: u32, delta: &Delta, event: &str) {
        let Some(open) = self.open.iter_mut().find(|open| open.index == index) else {
            // Some relays leave out the beginning of a block.
            match &*delta.kind {
                "text_delta" => self.choice.text(&delta.text),
                "thinking_delta" => self.choice.reasoning(&delta.thinking),
                _ => {}
            }
            return;
        };
        match (&mut open.content, &*delta.kind) {
            (Content::Text { .. }, "text_delta") => self.choice.text(&delta.text),
            (Content::Text { citations }, "citations_delta") => {
                citations.extend(delta.citation.map(ToOwned::to_owned));
            }
            (Content::Thinking, "thinking_delta") => self.choice.reasoning(&delta.thinking),
            (Content::Thinking, "signature_delta") => {
                self.choice.reasoning_signature(&delta.signature);
            }
            (Content::Call { pieces, .. }, "input_json_delta") => {
                *pieces |= !delta.partial_json.is_empty();
                self.choice
                    .tool_call_piece(index, None, None, &delta.partial_json);
            }
            (Content::Other { input, .. }, "input_json_delta") => {
                input.push_str(&delta.partial_json);
            }
            (Content::Other { members, .. }, _) => merge(members, event),
            // A kind of delta that came up later; its block goes on without it.
            _ => {}
        }
    }

    /// A block is complete.
    pub fn stop(&mut self, index: u32) -> Result<()> {
        let Some(open) = self.open.iter().position(|open| open.index == index) else {
            return Ok(());
        };
        let open = self.open.remove(open);
        let last = self.choice.last_part();
        let part = last.filter(|_| last != open.after);
        match open.content {
            Content::Text { citations } => self.end_text(part, citations)?,
            Content::Thinking => self.hand_back(part, PartState::default())?,
            Content::Call {
                whole,
                pieces,
                state,
            } => {
                if !pieces {
                    let arguments = whole.as_deref().map_or("{}", RawValue::get);
                    self.choice.tool_call_piece(index, None, None, arguments);
                }
                self.choice.end_tool_call(index);
                self.hand_back(part, state)?;
            }
            Content::Other { members, input } => self.end_other(members, &input)?,
        }
        self.choice.end_part();
        Ok(())
    }

    /// The end of the message; returns the blocks behind the last part. A tool call that is still
    /// open will never be complete, which is an error.
    pub fn close(&mut self) -> Result<Vec<Box<RawValue>>> {
        while let Some(open) = self.open.first() {
            if matches!(open.content, Content::Call { .. }) {
                return Err(Error::new(
                    ErrorKind::Upstream,
                    "the upstream ended the answer inside a tool call",
                ));
            }
            self.stop(open.index)?;
        }
        Ok(std::mem::take(&mut self.between))
    }

    fn call(&mut self, index: u32, block: &Block) -> Content {
        self.choice
            .tool_call_piece(index, Some(&block.id), Some(&block.name), "");
        let mut state = PartState::default();
        // A call by the model itself is the rule and need not be told again.
        let direct = |caller: &&RawValue| wire::kind(caller.get()).as_deref() == Some("direct");
        if let Some(caller) = block.caller.filter(|caller| !direct(caller)) {
            state.block.insert("caller".into(), caller.to_owned());
        }
        if let Some(toolset) = block.toolset_name {
            let name = "toolset_name".into();
            state.block.insert(name, toolset.to_owned());
        }
        Content::Call {
            whole: block.input.map(ToOwned::to_owned),
            pieces: false,
            state,
        }
    }

    fn end_text(&mut self, part: Option<u32>, citations: Vec<Box<RawValue>>) -> Result<()> {
        for citation in &citations {
            let source = citation::source(part, citation);
            self.io.event(StreamEvent::Source(source));
        }
        let mut state = PartState::default();
        if !citations.is_empty() {
            let citations = to_raw_value(&citations).map_err(internal)?;
            state.block.insert("citations".into(), citations);
        }
        self.hand_back(part, state)
    }

    fn end_other(&mut self, mut members: Map<String, Value>, input: &str) -> Result<()> {
        if !input.is_empty() {
            let input: Value = serde_json::from_str(input).unwrap_or_else(|_| input.into());
            members.insert("input".into(), input);
        }
        let block = to_raw_value(&members).map_err(internal)?;
        self.io.event(StreamEvent::Raw(block.get().into()));
        self.between.push(block);
        Ok(())
    }

    /// Gives a part its state, with the blocks before it. A block that became no part, an empty text
    /// for example, leaves them to the next.
    fn hand_back(&mut self, part: Option<u32>, mut state: PartState) -> Result<()> {
        if part.is_none() {
            return Ok(());
        }
        state.before = std::mem::take(&mut self.between);
        if !state.is_empty() {
            self.choice.metadata(part, state::write(&state)?);
        }
        Ok(())
    }
}

/// A delta of an unknown block: texts grow, everything else is replaced.
fn merge(members: &mut Map<String, Value>, event: &str) {
    let event: Value = serde_json::from_str(event).unwrap_or_default();
    let Some(Value::Object(delta)) = event.get("delta").cloned() else {
        return;
    };
    for (name, value) in delta.into_iter().filter(|(name, _)| name != "type") {
        match (members.get_mut(&name), value) {
            (Some(Value::String(text)), Value::String(more)) => text.push_str(&more),
            (_, value) => {
                members.insert(name, value);
            }
        }
    }
}

fn internal(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, error.to_string())
}
