//! Numbers the parts of the answer and emits their events. Items may come in turns, so that every piece
//! says which part it belongs to.

use serde_json::value::RawValue;
use tidegate_guest::Io;
use tidegate_guest::types::{
    Delta, Finish, FinishReason, GeneratedFile, Logprobs, Media, Metadata, PartIndex, Source,
    StreamEvent, TokenLogprob, ToolCallStart,
};

use crate::responses::state::State;

/// This API gives one answer.
const CHOICE: u32 = 0;

/// The parts begun so far.
pub struct Parts {
    io: Io,
    next: u32,
    /// Items that are no parts, until the next part takes them along.
    between: Vec<Box<RawValue>>,
}

impl Parts {
    /// None yet.
    pub fn new(io: &Io) -> Self {
        Parts {
            io: io.clone(),
            next: 0,
            between: Vec::new(),
        }
    }

    /// Begins a part, with what the vendor wants back with it.
    pub fn begin(&mut self, state: State) -> u32 {
        let part = self.next;
        self.next += 1;
        let state = State {
            before: self.take_between(),
            ..state
        };
        if let (false, Ok(state)) = (state.is_empty(), serde_json::to_string(&state)) {
            self.metadata(Some(part), format!(r#"{{"openai":{state}}}"#));
        }
        part
    }

    /// More text.
    pub fn text(&self, part: u32, text: &str) {
        self.delta(part, text, StreamEvent::TextDelta);
    }

    /// More of the explanation why the model declines.
    pub fn refusal(&self, part: u32, text: &str) {
        self.delta(part, text, StreamEvent::RefusalDelta);
    }

    /// More reasoning.
    pub fn reasoning(&self, part: u32, text: &str) {
        self.delta(part, text, StreamEvent::ReasoningDelta);
    }

    /// The encrypted form of reasoning, whole.
    pub fn redacted(&self, part: u32, text: &str) {
        self.delta(part, text, StreamEvent::ReasoningRedacted);
    }

    /// A call begins. Without an id it gets one.
    pub fn call(&self, part: u32, id: Option<&str>, name: &str) {
        let id = match id {
            Some(id) => id.to_owned(),
            // Unique within a conversation: the seed differs per exchange, the part within it.
            None => format!("call_{:08x}_{CHOICE}_{part}", self.io.context().seed),
        };
        self.io.event(StreamEvent::ToolCallStart(ToolCallStart {
            choice: CHOICE,
            part,
            id,
            name: name.into(),
        }));
    }

    /// More of a call's arguments.
    pub fn arguments(&self, part: u32, text: &str) {
        self.delta(part, text, StreamEvent::ToolCallDelta);
    }

    /// A call's arguments are complete.
    pub fn end_call(&self, part: u32) {
        self.io.event(StreamEvent::ToolCallEnd(PartIndex {
            choice: CHOICE,
            part,
        }));
    }

    /// A picture.
    pub fn file(&self, part: u32, media: Media) {
        self.io.event(StreamEvent::File(GeneratedFile {
            choice: CHOICE,
            part,
            media,
        }));
    }

    /// Where a statement of a part comes from.
    pub fn source(&self, part: u32, source: Source) {
        self.io.event(StreamEvent::Source(Source {
            choice: CHOICE,
            part: Some(part),
            ..source
        }));
    }

    /// Log probabilities of the text.
    pub fn logprobs(&self, tokens: Vec<TokenLogprob>) {
        if !tokens.is_empty() {
            self.io.event(StreamEvent::Logprobs(Logprobs {
                choice: CHOICE,
                tokens,
                refusal: false,
            }));
        }
    }

    /// The vendor's own state: of a part, or of the message.
    pub fn metadata(&self, part: Option<u32>, json: String) {
        self.io.event(StreamEvent::Metadata(Metadata {
            choice: CHOICE,
            part,
            json,
        }));
    }

    /// An item that is no part, as it is.
    pub fn other(&mut self, item: &RawValue) {
        self.io.event(StreamEvent::Raw(item.get().into()));
        self.between.push(item.to_owned());
    }

    /// The items that no part has taken along.
    pub fn take_between(&mut self) -> Vec<Box<RawValue>> {
        std::mem::take(&mut self.between)
    }

    /// Why the answer ends.
    pub fn finish(&self, reason: FinishReason, raw: &str) {
        self.io.event(StreamEvent::Finish(Finish {
            choice: CHOICE,
            reason,
            raw: Some(raw.into()),
        }));
    }

    fn delta(&self, part: u32, text: &str, event: fn(Delta) -> StreamEvent) {
        if !text.is_empty() {
            self.io.event(event(Delta {
                choice: CHOICE,
                part,
                text: text.into(),
            }));
        }
    }
}
