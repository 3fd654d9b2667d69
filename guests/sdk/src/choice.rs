//! Numbers the parts of one answer and emits their events.

use crate::Io;
use crate::types::*;

/// One answer in the making. Consecutive pieces of the same kind share a part; a piece of another
/// kind begins a new one. Empty pieces are left out.
pub struct Choice {
    io: Io,
    index: u32,
    next_part: u32,
    /// The part that further text, reasoning or refusal belongs to.
    open: Option<(Kind, u32)>,
    calls: Vec<Call>,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Text,
    Reasoning,
    Redacted,
    Refusal,
}

struct Call {
    /// The vendor's number for it. Several calls may share one.
    key: u32,
    id: String,
    part: u32,
    ended: bool,
}

impl Choice {
    /// The answer with this number.
    pub fn new(io: &Io, index: u32) -> Self {
        Choice {
            io: io.clone(),
            index,
            next_part: 0,
            open: None,
            calls: Vec::new(),
        }
    }

    /// More text.
    pub fn text(&mut self, text: &str) {
        self.delta(Kind::Text, text, StreamEvent::TextDelta);
    }

    /// More reasoning.
    pub fn reasoning(&mut self, text: &str) {
        self.delta(Kind::Reasoning, text, StreamEvent::ReasoningDelta);
    }

    /// More of the explanation why the model declines.
    pub fn refusal(&mut self, text: &str) {
        self.delta(Kind::Refusal, text, StreamEvent::RefusalDelta);
    }

    /// A reasoning part that the vendor encrypts, whole.
    pub fn reasoning_redacted(&mut self, data: &str) {
        if data.is_empty() {
            return;
        }
        self.open = None;
        self.delta(Kind::Redacted, data, StreamEvent::ReasoningRedacted);
        self.open = None;
    }

    /// The signature of the reasoning before it.
    pub fn reasoning_signature(&mut self, signature: &str) {
        if signature.is_empty() {
            return;
        }
        let part = self.part(Kind::Reasoning);
        self.io.event(StreamEvent::ReasoningSignature(Delta {
            choice: self.index,
            part,
            text: signature.into(),
        }));
    }

    /// The next piece of text or reasoning begins a part of its own.
    pub fn end_part(&mut self) {
        self.open = None;
    }

    /// A piece of a tool call, as vendors stream them: `key` is the vendor's number for the call,
    /// `id` and `name` come with its first piece. Vendors that number all calls alike begin a new
    /// one by a new id together with a name.
    ///
    /// Returns the part's number.
    pub fn tool_call_piece(
        &mut self,
        key: u32,
        id: Option<&str>,
        name: Option<&str>,
        arguments: &str,
    ) -> u32 {
        let id = id.filter(|id| !id.is_empty());
        let name = name.filter(|name| !name.is_empty());
        let open = self
            .calls
            .iter()
            .rposition(|call| call.key == key && !call.ended);
        let known = open.filter(|&call| match (id, name) {
            (Some(id), Some(_)) => self.calls.get(call).is_some_and(|call| call.id == id),
            _ => true,
        });
        let part = match known.and_then(|call| self.calls.get(call)) {
            Some(call) => call.part,
            None => self.tool_call_start(key, id, name.unwrap_or_default()),
        };
        if !arguments.is_empty() {
            self.io.event(StreamEvent::ToolCallDelta(Delta {
                choice: self.index,
                part,
                text: arguments.into(),
            }));
        }
        part
    }

    /// A whole tool call. Returns the part's number.
    pub fn tool_call(&mut self, id: Option<&str>, name: &str, arguments: &str) -> u32 {
        let key = u32::try_from(self.calls.len()).unwrap_or(u32::MAX);
        let id = id.filter(|id| !id.is_empty());
        let part = self.tool_call_start(key, id, name);
        if !arguments.is_empty() {
            self.io.event(StreamEvent::ToolCallDelta(Delta {
                choice: self.index,
                part,
                text: arguments.into(),
            }));
        }
        self.end_tool_call(key);
        part
    }

    fn tool_call_start(&mut self, key: u32, id: Option<&str>, name: &str) -> u32 {
        let part = self.begin();
        let id = match id {
            Some(id) => id.to_owned(),
            // Unique within a conversation: the seed differs per exchange, the part within it.
            None => format!("call_{:08x}_{}_{part}", self.io.context().seed, self.index),
        };
        self.io.event(StreamEvent::ToolCallStart(ToolCallStart {
            choice: self.index,
            part,
            id: id.clone(),
            name: name.into(),
        }));
        self.calls.push(Call {
            key,
            id,
            part,
            ended: false,
        });
        part
    }

    /// The arguments of the calls with this number are complete.
    pub fn end_tool_call(&mut self, key: u32) {
        for call in self.calls.iter_mut().filter(|call| call.key == key) {
            end(&self.io, self.index, call);
        }
    }

    /// The arguments of all calls are complete.
    pub fn end_tool_calls(&mut self) {
        for call in &mut self.calls {
            end(&self.io, self.index, call);
        }
    }

    /// Whether any tool was called.
    pub fn has_tool_calls(&self) -> bool {
        !self.calls.is_empty()
    }

    /// A picture or file the model made.
    pub fn file(&mut self, media: Media) {
        let part = self.begin();
        self.io.event(StreamEvent::File(GeneratedFile {
            choice: self.index,
            part,
            media,
        }));
    }

    /// The vendor's own state: of the part begun last, or of the message when `part` is `None`.
    pub fn metadata(&mut self, part: Option<u32>, json: String) {
        self.io.event(StreamEvent::Metadata(Metadata {
            choice: self.index,
            part,
            json,
        }));
    }

    /// The number of the part begun last.
    pub fn last_part(&self) -> Option<u32> {
        self.next_part.checked_sub(1)
    }

    /// Why the answer ends. Ends all open tool calls first.
    pub fn finish(&mut self, reason: FinishReason, raw: Option<&str>) {
        self.end_tool_calls();
        self.io.event(StreamEvent::Finish(Finish {
            choice: self.index,
            reason,
            raw: raw.map(Into::into),
        }));
    }

    fn delta(&mut self, kind: Kind, text: &str, event: fn(Delta) -> StreamEvent) {
        if text.is_empty() {
            return;
        }
        let part = self.part(kind);
        self.io.event(event(Delta {
            choice: self.index,
            part,
            text: text.into(),
        }));
    }

    fn part(&mut self, kind: Kind) -> u32 {
        match self.open {
            Some((open, part)) if open == kind => part,
            _ => {
                let part = self.begin();
                self.open = Some((kind, part));
                part
            }
        }
    }

    fn begin(&mut self) -> u32 {
        let part = self.next_part;
        self.next_part += 1;
        self.open = None;
        part
    }
}

fn end(io: &Io, choice: u32, call: &mut Call) {
    if !call.ended {
        call.ended = true;
        io.event(StreamEvent::ToolCallEnd(PartIndex {
            choice,
            part: call.part,
        }));
    }
}
