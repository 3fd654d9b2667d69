//! A streamed answer.
//!
//! <https://platform.claude.com/docs/en/build-with-claude/streaming>
//!
//! `message_start`, the blocks, `message_delta` with the reason and the tokens, `message_stop`. The
//! last two wait for the end of the events: a stream that fails has neither, but an `error`.

use bytes::{BufMut as _, BytesMut};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use tidegate_host::types::{self, Finish, FinishReason, StreamEvent, Warning};

use super::blocks::{Blocks, event};
use super::identity::Identity;
use super::made::{self, Media};
use super::piece::Piece;
use crate::anthropic::error;
use crate::anthropic::native::{self, MessageState};
use crate::anthropic::remarks::Remarks;
use crate::anthropic::stop::Stop;
use crate::anthropic::usage::Usage;
use crate::call::Writer;
use crate::failure::Failure;
use crate::only_choice::OnlyChoice;

/// Writes events.
pub struct Events {
    identity: Identity,
    /// Whether `message_start` is out.
    is_begun: bool,
    blocks: Blocks,
    declined: bool,
    usage: Option<types::Usage>,
    only_choice: OnlyChoice,
    warnings: Vec<Warning>,
    /// The provider's state of the message, as it came.
    state: Vec<String>,
    finish: Option<Finish>,
}

#[derive(Serialize)]
struct MessageStart<'a> {
    r#type: &'static str,
    message: Message<'a>,
}

#[derive(Serialize)]
struct Message<'a> {
    id: &'a str,
    r#type: &'static str,
    role: &'static str,
    model: &'a str,
    content: [(); 0],
    stop_reason: Option<&'a str>,
    stop_sequence: Option<&'a str>,
    usage: Usage<'a>,
}

#[derive(Serialize)]
struct MessageDelta<'a> {
    r#type: &'static str,
    delta: Delta<'a>,
    usage: Usage<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Remarks<'a>>,
}

#[derive(Serialize)]
struct Delta<'a> {
    stop_reason: &'a str,
    stop_sequence: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    stop_details: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    container: Option<&'a RawValue>,
}

impl Events {
    pub fn new(identity: Identity) -> Self {
        Events {
            identity,
            is_begun: false,
            blocks: Blocks::default(),
            declined: false,
            usage: None,
            only_choice: OnlyChoice::default(),
            warnings: Vec::new(),
            state: Vec::new(),
            finish: None,
        }
    }

    /// Writes `message_start`, if that has not happened.
    fn begin(&mut self, out: &mut BytesMut) {
        if self.is_begun {
            return;
        }
        self.is_begun = true;
        let start = MessageStart {
            r#type: "message_start",
            message: Message {
                id: &self.identity.id,
                r#type: "message",
                role: "assistant",
                model: &self.identity.model,
                content: [],
                stop_reason: None,
                stop_sequence: None,
                usage: Usage::new(self.usage.as_ref()),
            },
        };
        event(start.r#type, &start, out);
    }

    fn take(&mut self, part: impl Into<Option<u32>>, piece: Piece, out: &mut BytesMut) {
        self.begin(out);
        self.blocks.take(part.into(), piece, out);
    }

    /// The vendor's own state has other places: citations are sources, and blocks of its tools come
    /// as `raw` events.
    fn state(&mut self, metadata: types::Metadata, out: &mut BytesMut) {
        let Some(part) = metadata.part else {
            return self.state.push(metadata.json);
        };
        if let Some(state) = native::foreign(Some(&metadata.json)) {
            self.take(part, Piece::State(state), out);
        }
    }

    fn finish(&mut self, out: &mut BytesMut) -> Result<(), Failure> {
        let finish = self.finish.take();
        let reason = finish.as_ref().map(|finish| finish.reason);
        let raw = finish.as_ref().and_then(|finish| finish.raw.as_deref());
        let stop = Stop::new(reason.unwrap_or(FinishReason::Other), raw, self.declined)?;
        self.begin(out);
        self.blocks.end(out);
        let metadata = self.state.last().map(String::as_str);
        let state: MessageState = native::read(metadata);
        let remarks = Remarks {
            warnings: &self.warnings,
            stop_reason: stop.native,
            metadata: native::foreign(metadata),
            blocks: std::mem::take(&mut self.blocks.late).into_iter().collect(),
        };
        let delta = MessageDelta {
            r#type: "message_delta",
            delta: Delta {
                stop_reason: stop.reason,
                stop_sequence: state.stop_sequence,
                stop_details: state.stop_details,
                container: state.container,
            },
            usage: Usage::new(self.usage.as_ref()),
            tidegate: remarks.if_any(),
        };
        event(delta.r#type, &delta, out);
        out.put_slice(b"event: message_stop\ndata: {\"type\":\"message_stop\"}\n\n");
        Ok(())
    }
}

impl Writer for Events {
    fn event(&mut self, event: StreamEvent, out: &mut BytesMut) {
        if !self.only_choice.admits(&event, &mut self.warnings) {
            return;
        }
        match event {
            StreamEvent::TextDelta(piece) => self.take(piece.part, Piece::Text(piece.text), out),
            StreamEvent::RefusalDelta(piece) => {
                self.declined = true;
                self.take(piece.part, Piece::Text(piece.text), out);
            }
            StreamEvent::ReasoningDelta(piece) => {
                self.take(piece.part, Piece::Thinking(piece.text), out);
            }
            StreamEvent::ReasoningSignature(piece) => {
                self.take(piece.part, Piece::Signature(piece.text), out);
            }
            StreamEvent::ReasoningRedacted(piece) => {
                self.take(piece.part, Piece::Redacted(piece.text), out);
            }
            StreamEvent::ToolCallStart(start) => self.take(start.part, Piece::Call(start), out),
            StreamEvent::ToolCallDelta(piece) => {
                self.take(piece.part, Piece::Arguments(piece.text), out);
            }
            StreamEvent::ToolCallEnd(index) => self.take(index.part, Piece::CallEnd, out),
            StreamEvent::Source(source) => {
                if let Some(citation) = made::citation(&source) {
                    self.take(source.part, Piece::Citation(citation), out);
                }
            }
            StreamEvent::File(file) => {
                if let Ok(block) = to_raw_value(&Media::new(&file.media)) {
                    self.take(file.part, Piece::Whole(block), out);
                }
            }
            StreamEvent::Raw(json) if native::is_block(&json) => {
                if let Ok(block) = RawValue::from_string(json) {
                    self.take(None, Piece::Whole(block), out);
                }
            }
            StreamEvent::Metadata(metadata) => self.state(metadata, out),
            // The answer keeps the name with which it began.
            StreamEvent::Answer(answer) if !self.is_begun => self.identity.learn(answer),
            StreamEvent::Warning(warning) => self.warnings.push(warning),
            StreamEvent::Usage(usage) => self.usage = Some(usage),
            StreamEvent::Finish(finish) => self.finish = Some(finish),
            // The rest has no place in this dialect.
            StreamEvent::Answer(_)
            | StreamEvent::Logprobs(_)
            | StreamEvent::Raw(_)
            | StreamEvent::Other(_) => {}
        }
    }

    fn end(&mut self, out: &mut BytesMut) {
        if let Err(failure) = self.finish(out) {
            self.failure(&failure, out);
        }
    }

    fn failure(&mut self, failure: &Failure, out: &mut BytesMut) {
        out.put_slice(b"event: error\ndata: ");
        out.put_slice(&error::body(failure, &self.identity.request));
        out.put_slice(b"\n\n");
    }

    fn keep_alive(&mut self, out: &mut BytesMut) {
        out.put_slice(b"event: ping\ndata: {\"type\":\"ping\"}\n\n");
    }
}
