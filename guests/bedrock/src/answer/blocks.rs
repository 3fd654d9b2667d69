//! Content blocks to parts.
//!
//! | block | becomes |
//! |---|---|
//! | `text`, `citationsContent` | a text part; its citations, once it is complete, `source` events and metadata |
//! | `reasoningContent` | a reasoning part with a signature, or an encrypted one |
//! | `toolUse` | a tool call |
//! | `image` | a file |
//! | `toolUse` of a tool that the vendor runs, `toolResult`, citations without a text, anything else | a `raw` event, and metadata of the part after it |
//!
//! What is nothing the caller can act on has to be handed back in its place all the same: see
//! [`PartState::before`].

use std::collections::BTreeMap;

use serde_json::value::{RawValue, to_raw_value};
use tidegate_guest::media::{base64, from_base64};
use tidegate_guest::types::*;
use tidegate_guest::{Choice, Io, Result, json};

use super::citation;
use super::wire::{self, Block, Delta, Start, ToolUse};
use crate::state::{self, PartState};

/// The blocks of an answer.
pub struct Blocks {
    io: Io,
    pub choice: Choice,
    open: Vec<Open>,
    /// Blocks that are no parts, since the last part.
    between: Vec<Box<RawValue>>,
    /// The last part that was a text.
    last_text: Option<u32>,
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
    Thought {
        redacted: Vec<u8>,
    },
    Call {
        pieces: bool,
    },
    Image {
        format: String,
        bytes: Vec<u8>,
    },
    /// A block of the vendor's, as it began, and what it grew by.
    Vendor {
        start: Box<RawValue>,
        input: String,
        results: Vec<Box<RawValue>>,
    },
}

impl Content {
    /// What a block is that was not announced, by the first of it.
    fn of(delta: &Delta) -> Self {
        match delta {
            Delta {
                reasoning_content: Some(_),
                ..
            } => Content::Thought {
                redacted: Vec::new(),
            },
            Delta { image: Some(_), .. } => Content::Image {
                format: String::new(),
                bytes: Vec::new(),
            },
            _ => Content::Text {
                citations: Vec::new(),
            },
        }
    }
}

impl Blocks {
    /// None yet.
    pub fn new(io: &Io) -> Self {
        Blocks {
            io: io.clone(),
            choice: Choice::new(io, 0),
            open: Vec::new(),
            between: Vec::new(),
            last_text: None,
        }
    }

    /// A block that comes whole.
    pub fn whole(&mut self, index: u32, raw: &RawValue) -> Result<()> {
        let block: Block = json::parse("a content block", raw.get())?;
        let after = self.begin(index)?;
        let content = match block {
            Block {
                text: Some(text), ..
            } => {
                self.choice.text(&text.0);
                Content::Text {
                    citations: Vec::new(),
                }
            }
            Block {
                citations_content: Some(cited),
                ..
            } => {
                let statements = cited.content.into_iter().flatten();
                for text in statements.filter_map(|statement| statement.text) {
                    self.choice.text(&text.0);
                }
                let citations = cited.citations.into_iter().flatten();
                Content::Text {
                    citations: citations.map(ToOwned::to_owned).collect(),
                }
            }
            Block {
                reasoning_content: Some(thought),
                ..
            } => {
                let (text, signature) = match thought.reasoning_text {
                    Some(written) => (written.text, written.signature),
                    None => (None, None),
                };
                let redacted = self.thought(&wire::ThoughtDelta {
                    text,
                    signature,
                    redacted_content: thought.redacted_content,
                })?;
                Content::Thought { redacted }
            }
            Block {
                tool_use: Some(call),
                ..
            } if !call.is_of_the_vendor() => {
                self.call(index, &call);
                Content::Call {
                    pieces: call.input.is_some(),
                }
            }
            Block {
                image: Some(image), ..
            } => {
                self.file(&image)?;
                return self.end_file();
            }
            _ => {
                self.vendor(raw.to_owned());
                return Ok(());
            }
        };
        self.open.push(Open {
            index,
            after,
            content,
        });
        self.stop(index)
    }

    /// A block begins. Texts and reasoning are not announced.
    pub fn start(&mut self, index: u32, raw: &RawValue) -> Result<()> {
        let start: Start = json::parse("a content block", raw.get())?;
        let after = self.begin(index)?;
        let content = match start {
            Start {
                tool_use: Some(call),
                ..
            } if !call.is_of_the_vendor() => {
                self.call(index, &call);
                Content::Call {
                    pieces: call.input.is_some(),
                }
            }
            Start {
                image: Some(image), ..
            } => Content::Image {
                format: image.format.map(|it| it.0.into_owned()).unwrap_or_default(),
                bytes: Vec::new(),
            },
            _ => Content::Vendor {
                start: raw.to_owned(),
                input: String::new(),
                results: Vec::new(),
            },
        };
        self.open.push(Open {
            index,
            after,
            content,
        });
        Ok(())
    }

    /// More of a block.
    pub fn delta(&mut self, index: u32, delta: Delta) -> Result<()> {
        if !self.open.iter().any(|open| open.index == index) {
            let after = self.begin(index)?;
            let content = Content::of(&delta);
            self.open.push(Open {
                index,
                after,
                content,
            });
        }
        let thought = match &delta.reasoning_content {
            Some(thought) => self.thought(thought)?,
            None => Vec::new(),
        };
        let Some(open) = self.open.iter_mut().find(|open| open.index == index) else {
            return Ok(());
        };
        match &mut open.content {
            Content::Text { citations } => {
                if let Some(text) = delta.text {
                    self.choice.text(&text.0);
                }
                citations.extend(delta.citation.map(ToOwned::to_owned));
            }
            Content::Thought { redacted } => redacted.extend(thought),
            Content::Call { pieces } => {
                let arguments = delta.tool_use.and_then(|it| it.input);
                let arguments = arguments.as_ref().map_or("", |it| &*it.0);
                *pieces |= !arguments.is_empty();
                self.choice.tool_call_piece(index, None, None, arguments);
            }
            Content::Image { bytes, format } => {
                if let Some(image) = delta.image {
                    if let Some(data) = image.source.and_then(|it| it.bytes) {
                        bytes.extend(decoded(&data.0)?);
                    }
                    if let Some(named) = image.format {
                        *format = named.0.into_owned();
                    }
                }
            }
            Content::Vendor { input, results, .. } => {
                if let Some(piece) = delta.tool_use.and_then(|it| it.input) {
                    input.push_str(&piece.0);
                }
                let more = delta.tool_result.into_iter().flatten();
                results.extend(more.map(ToOwned::to_owned));
            }
        }
        Ok(())
    }

    /// A block is complete.
    pub fn stop(&mut self, index: u32) -> Result<()> {
        let Some(position) = self.open.iter().position(|open| open.index == index) else {
            return Ok(());
        };
        let open = self.open.remove(position);
        let last = self.choice.last_part();
        let part = last.filter(|_| last != open.after);
        match open.content {
            Content::Text { citations } => self.end_text(part, citations)?,
            Content::Thought { redacted } => {
                if !redacted.is_empty() {
                    self.choice.reasoning_redacted(&base64(&redacted));
                }
                let last = self.choice.last_part();
                self.hand_back(last.filter(|_| last != open.after), PartState::default())?;
            }
            Content::Call { pieces } => {
                if !pieces {
                    self.choice.tool_call_piece(index, None, None, "{}");
                }
                self.choice.end_tool_call(index);
                self.hand_back(part, PartState::default())?;
            }
            Content::Image { format, bytes } => {
                self.choice.file(media(&format, MediaSource::Bytes(bytes)));
                self.end_file()?;
            }
            Content::Vendor {
                start,
                input,
                results,
            } => self.end_vendor(&start, &input, results)?,
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

    /// Makes way for a block; returns the part before it.
    fn begin(&mut self, index: u32) -> Result<Option<u32>> {
        // Not seen from the vendor, but a number that begins again means the block before is over.
        self.stop(index)?;
        self.choice.end_part();
        Ok(self.choice.last_part())
    }

    /// Tells a piece of reasoning, and returns the bytes of what is encrypted.
    fn thought(&mut self, thought: &wire::ThoughtDelta) -> Result<Vec<u8>> {
        if let Some(text) = &thought.text {
            self.choice.reasoning(&text.0);
        }
        if let Some(signature) = &thought.signature {
            self.choice.reasoning_signature(&signature.0);
        }
        match &thought.redacted_content {
            Some(data) => decoded(&data.0),
            None => Ok(Vec::new()),
        }
    }

    fn call(&mut self, index: u32, call: &ToolUse) {
        let arguments = call.input.map_or("", RawValue::get);
        let (id, name) = (&call.tool_use_id, &call.name);
        self.choice
            .tool_call_piece(index, Some(id), Some(name), arguments);
    }

    fn file(&mut self, image: &wire::Image) -> Result<()> {
        let format = image.format.as_ref().map_or("", |it| &*it.0);
        let source = image.source.as_ref();
        let source = match source {
            Some(wire::Source {
                bytes: Some(data), ..
            }) => MediaSource::Bytes(decoded(&data.0)?),
            Some(wire::Source {
                s3_location: Some(place),
                ..
            }) => MediaSource::Url(place.uri.as_ref().map_or("", |it| &*it.0).into()),
            _ => return Ok(()),
        };
        self.choice.file(media(format, source));
        Ok(())
    }

    fn end_file(&mut self) -> Result<()> {
        self.hand_back(self.choice.last_part(), PartState::default())
    }

    fn end_text(&mut self, part: Option<u32>, citations: Vec<Box<RawValue>>) -> Result<()> {
        let cited = part.or(self.last_text);
        for citation in &citations {
            let source = citation::source(cited, citation);
            self.io.event(StreamEvent::Source(source));
        }
        if part.is_some() {
            self.last_text = part;
            return self.hand_back(
                part,
                PartState {
                    citations,
                    ..PartState::default()
                },
            );
        }
        if !citations.is_empty() {
            let cited = BTreeMap::from([("citations", citations)]);
            let block = BTreeMap::from([("citationsContent", cited)]);
            self.vendor(to_raw_value(&block).map_err(internal)?);
        }
        Ok(())
    }

    /// Puts a block of the vendor's together as it would have come whole.
    fn end_vendor(
        &mut self,
        start: &RawValue,
        input: &str,
        results: Vec<Box<RawValue>>,
    ) -> Result<()> {
        let mut block: serde_json::Value = json::parse("a content block", start.get())?;
        if let Some(call) = block.get_mut("toolUse") {
            let text = if input.is_empty() { "{}" } else { input };
            call["input"] = serde_json::from_str(text).unwrap_or_else(|_| text.into());
        }
        if let Some(result) = block.get_mut("toolResult") {
            result["content"] = serde_json::to_value(results).map_err(internal)?;
        }
        self.vendor(to_raw_value(&block).map_err(internal)?);
        Ok(())
    }

    fn vendor(&mut self, block: Box<RawValue>) {
        self.io.event(StreamEvent::Raw(block.get().into()));
        self.between.push(block);
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

fn media(format: &str, source: MediaSource) -> Media {
    Media {
        source,
        media_type: (!format.is_empty()).then(|| format!("image/{format}")),
        name: None,
        detail: None,
    }
}

fn decoded(data: &str) -> Result<Vec<u8>> {
    from_base64(data).ok_or_else(|| {
        Error::new(
            ErrorKind::Upstream,
            "the upstream sent bytes that are not base64",
        )
    })
}

fn internal(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, error.to_string())
}
