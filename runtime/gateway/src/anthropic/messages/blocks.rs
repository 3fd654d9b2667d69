//! Parts to content blocks of a stream, one after the other.
//!
//! Here a block begins, grows and ends before the next begins; parts may grow at the same time. So
//! what belongs to another part than the open one is
//!
//! - written, after the open block has been ended, where the open one may be over: a text or
//!   reasoning is, once something else begins;
//! - kept, where the open one is a tool call whose arguments are not complete.
//!
//! A text that goes on after something else goes on in a block of its own: nothing is held back that
//! can be shown.

use std::collections::HashMap;

use bytes::{BufMut as _, BytesMut};
use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_host::types::ToolCallStart;

use super::kept::Kept;
use super::piece::Piece;

/// The blocks of an answer.
#[derive(Default)]
pub struct Blocks {
    open: Option<Open>,
    kept: Kept,
    /// How many blocks have begun on the wire.
    begun: usize,
    /// The last block of each part.
    parts: HashMap<Option<u32>, usize>,
    /// State that came too late for the beginning of its block.
    pub late: Vec<(usize, Box<RawValue>)>,
}

/// The block that grows.
struct Open {
    part: Option<u32>,
    kind: Kind,
    /// Written only with its first piece, so that state may still join it.
    is_written: bool,
    state: Option<Box<RawValue>>,
}

enum Kind {
    Text,
    Thinking,
    /// Comes in pieces, and goes out in one.
    Redacted(String),
    Call(ToolCallStart),
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Start<'a> {
    Text {
        text: &'static str,
    },
    Thinking {
        thinking: &'static str,
        signature: &'static str,
    },
    RedactedThinking {
        data: &'a str,
    },
    ToolUse {
        id: &'a str,
        name: &'a str,
        input: Empty,
    },
}

#[derive(Serialize)]
struct Empty {}

/// The beginning of a block, with the provider's state in it.
#[derive(Serialize)]
struct Begun<'a> {
    #[serde(flatten)]
    start: Start<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<State<'a>>,
}

#[derive(Serialize)]
struct State<'a> {
    metadata: &'a RawValue,
}

#[derive(Serialize)]
#[serde(tag = "type")]
enum Delta<'a> {
    #[serde(rename = "text_delta")]
    Text { text: &'a str },
    #[serde(rename = "thinking_delta")]
    Thinking { thinking: &'a str },
    #[serde(rename = "signature_delta")]
    Signature { signature: &'a str },
    #[serde(rename = "input_json_delta")]
    Arguments { partial_json: &'a str },
    #[serde(rename = "citations_delta")]
    Citation { citation: &'a RawValue },
}

impl Blocks {
    /// Takes the next piece of a part; of none for what stands by itself.
    pub fn take(&mut self, part: Option<u32>, piece: Piece, out: &mut BytesMut) {
        if let Some(pieces) = self.kept.of(part) {
            pieces.push(piece);
            return;
        }
        match &self.open {
            Some(open) if open.part != part && !open.may_end() => self.kept.push(part, piece),
            _ => self.write(part, piece, out),
        }
        self.release(out);
    }

    /// Ends what is open, and writes what was kept. A call that was never completed is none, unless it
    /// is on the wire already.
    pub fn end(&mut self, out: &mut BytesMut) {
        self.close(out);
        while let Some((part, pieces)) = self.kept.pop() {
            let is_call = matches!(pieces.first(), Some(Piece::Call(_)));
            if !is_call || pieces.iter().any(|piece| matches!(piece, Piece::CallEnd)) {
                self.write_all(part, pieces, out);
            }
        }
        self.close(out);
    }

    /// Writes kept parts, as long as the open one may end.
    fn release(&mut self, out: &mut BytesMut) {
        while self.open.as_ref().is_none_or(Open::may_end)
            && let Some((part, pieces)) = self.kept.pop()
        {
            self.write_all(part, pieces, out);
        }
    }

    fn write_all(&mut self, part: Option<u32>, pieces: Vec<Piece>, out: &mut BytesMut) {
        for piece in pieces {
            self.write(part, piece, out);
        }
    }

    fn write(&mut self, part: Option<u32>, piece: Piece, out: &mut BytesMut) {
        match piece {
            Piece::Text(text) if text.is_empty() => {}
            Piece::Text(text) => {
                self.turn_to(part, Kind::Text, out);
                self.delta(&Delta::Text { text: &text }, out);
            }
            Piece::Thinking(thinking) => {
                self.turn_to(part, Kind::Thinking, out);
                let thinking = &thinking;
                self.delta(&Delta::Thinking { thinking }, out);
            }
            Piece::Signature(signature) => {
                self.turn_to(part, Kind::Thinking, out);
                let signature = &signature;
                self.delta(&Delta::Signature { signature }, out);
            }
            Piece::Redacted(data) => {
                self.turn_to(part, Kind::Redacted(String::new()), out);
                if let Some(Open {
                    kind: Kind::Redacted(all),
                    ..
                }) = &mut self.open
                {
                    all.push_str(&data);
                }
            }
            Piece::Citation(citation) => {
                let in_text = matches!(&self.open, Some(open) if matches!(open.kind, Kind::Text));
                if !in_text {
                    self.turn_to(part, Kind::Text, out);
                }
                let citation = &*citation;
                self.delta(&Delta::Citation { citation }, out);
            }
            Piece::Call(start) => self.turn_to(part, Kind::Call(start), out),
            Piece::Arguments(partial_json) => {
                let partial_json = &*partial_json;
                if self.is_open(part) && !partial_json.is_empty() {
                    self.delta(&Delta::Arguments { partial_json }, out);
                }
            }
            Piece::CallEnd => {
                if self.is_open(part) {
                    self.close(out);
                }
            }
            Piece::State(state) => match &mut self.open {
                Some(open) if open.part == part && !open.is_written => open.state = Some(state),
                _ => {
                    let index = self.parts.get(&part).copied();
                    self.late.push((index.unwrap_or(self.begun), state));
                }
            },
            Piece::Whole(block) => {
                self.close(out);
                self.start(&*block, out);
                self.stop(out);
            }
        }
    }

    fn is_open(&self, part: Option<u32>) -> bool {
        self.open.as_ref().is_some_and(|open| open.part == part)
    }

    /// Makes this the open block, unless it is.
    fn turn_to(&mut self, part: Option<u32>, kind: Kind, out: &mut BytesMut) {
        if let Some(open) = &self.open
            && open.part == part
            && open.kind.is_like(&kind)
        {
            return;
        }
        self.close(out);
        self.open = Some(Open {
            part,
            kind,
            is_written: false,
            state: None,
        });
    }

    fn delta(&mut self, delta: &Delta<'_>, out: &mut BytesMut) {
        self.show(out);
        #[derive(Serialize)]
        struct Event<'a> {
            r#type: &'static str,
            index: usize,
            delta: &'a Delta<'a>,
        }
        let r#type = "content_block_delta";
        let index = self.begun.saturating_sub(1);
        event(
            r#type,
            &Event {
                r#type,
                index,
                delta,
            },
            out,
        );
    }

    /// Writes the beginning of the open block, if that has not happened.
    fn show(&mut self, out: &mut BytesMut) {
        let Some(mut open) = self.open.take() else {
            return;
        };
        if !open.is_written {
            open.is_written = true;
            self.parts.insert(open.part, self.begun);
            let start = match &open.kind {
                Kind::Text => Start::Text { text: "" },
                Kind::Thinking => Start::Thinking {
                    thinking: "",
                    signature: "",
                },
                Kind::Redacted(data) => Start::RedactedThinking { data },
                Kind::Call(call) => Start::ToolUse {
                    id: &call.id,
                    name: &call.name,
                    input: Empty {},
                },
            };
            let state = open.state.as_deref();
            let tidegate = state.map(|metadata| State { metadata });
            self.start(&Begun { start, tidegate }, out);
        }
        self.open = Some(open);
    }

    fn close(&mut self, out: &mut BytesMut) {
        if self.open.is_some() {
            self.show(out);
            self.open = None;
            self.stop(out);
        }
    }

    fn start<T: Serialize + ?Sized>(&mut self, content_block: &T, out: &mut BytesMut) {
        #[derive(Serialize)]
        struct Event<'a, T: ?Sized> {
            r#type: &'static str,
            index: usize,
            content_block: &'a T,
        }
        let r#type = "content_block_start";
        let index = self.begun;
        self.begun += 1;
        let start = Event {
            r#type,
            index,
            content_block,
        };
        event(r#type, &start, out);
    }

    fn stop(&mut self, out: &mut BytesMut) {
        #[derive(Serialize)]
        struct Event {
            r#type: &'static str,
            index: usize,
        }
        let r#type = "content_block_stop";
        let index = self.begun.saturating_sub(1);
        event(r#type, &Event { r#type, index }, out);
    }
}

impl Open {
    /// Whether it is over once something else begins.
    fn may_end(&self) -> bool {
        !matches!(self.kind, Kind::Call(_))
    }
}

impl Kind {
    fn is_like(&self, other: &Kind) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }
}

/// Appends an event.
pub fn event<T: Serialize>(name: &str, data: &T, out: &mut BytesMut) {
    out.put_slice(b"event: ");
    out.put_slice(name.as_bytes());
    out.put_slice(b"\ndata: ");
    // All that is written here has a JSON form, and memory takes it.
    let _ = serde_json::to_writer(out.writer(), data);
    out.put_slice(b"\n\n");
}
