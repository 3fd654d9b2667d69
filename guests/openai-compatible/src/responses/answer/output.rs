//! The items of an answer, as far as they have come.
//!
//! Three things tell of an item: the deltas, the item when it is done, and the answer when it is. Any of
//! them may be missing, and all must come to the same; what one has said is not said again by the next.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::{Io, Result, json};

use super::call::Call;
use super::message::Message;
use super::parts::Parts;
use super::thought::{Shown, Thought};
use super::{picture, wire};
use crate::wire::Token;

/// The items begun so far.
pub struct Output {
    /// What they have come to.
    pub parts: Parts,
    items: Vec<Item>,
}

struct Item {
    /// Its number in the answer.
    index: u32,
    /// What the vendor calls it; some servers do so anew every time.
    id: String,
    kind: Kind,
    /// Whether the answer as a whole has named it.
    settled: bool,
}

enum Kind {
    Message(Message),
    Thought(Thought),
    Call(Call),
    /// Of a tool that the vendor runs, or of a type that is not known here; not done yet.
    Begun,
    /// The same, done.
    Other,
}

impl Output {
    /// No items.
    pub fn new(io: &Io) -> Self {
        Output {
            parts: Parts::new(io),
            items: Vec::new(),
        }
    }

    /// More text of a message.
    pub fn text(&mut self, index: u32, piece: u32, text: &str, logprobs: &Option<Vec<Token>>) {
        let logprobs = logprobs.as_deref().unwrap_or_default();
        if let Some((message, parts)) = self.message(index) {
            message.text(piece, text, logprobs, parts);
        }
    }

    /// More of a refusal.
    pub fn refusal(&mut self, index: u32, piece: u32, text: &str) {
        if let Some((message, parts)) = self.message(index) {
            message.refusal(piece, text, parts);
        }
    }

    /// Where a statement of a message comes from.
    pub fn annotation(&mut self, index: u32, piece: u32, raw: Option<&RawValue>) {
        if let (Some(raw), Some((message, parts))) = (raw, self.message(index)) {
            message.annotation(piece, raw, parts);
        }
    }

    /// More of what is shown of reasoning.
    pub fn reasoning(&mut self, index: u32, shown: Shown, text: &str) {
        let position = self.position(index, || Kind::Thought(Thought::default()));
        if let Some(Item {
            kind: Kind::Thought(thought),
            ..
        }) = self.items.get_mut(position)
        {
            thought.show(shown, text, &mut self.parts);
        }
    }

    /// More arguments of a call. Of one that has not begun they come once more, with its name.
    pub fn arguments(&mut self, index: u32, text: &str) {
        let item = self.items.iter_mut().find(|item| item.index == index);
        if let Some(Item {
            kind: Kind::Call(call),
            ..
        }) = item
        {
            call.arguments(text, &self.parts);
        }
    }

    /// An item begins.
    pub fn added(&mut self, index: u32, raw: Option<&RawValue>) -> Result<()> {
        match raw {
            Some(raw) if !self.items.iter().any(|item| item.index == index) => {
                self.begin(index, raw).map(|_| ())
            }
            _ => Ok(()),
        }
    }

    /// An item is complete.
    pub fn done(&mut self, index: u32, raw: Option<&RawValue>) -> Result<()> {
        let Some(raw) = raw else { return Ok(()) };
        let known = self.items.iter().position(|item| item.index == index);
        let position = match known {
            Some(position) => position,
            None => self.begin(index, raw)?,
        };
        self.settle_one(position, raw)
    }

    /// The answer is complete, with these items.
    pub fn settle(&mut self, output: &[&RawValue]) -> Result<()> {
        self.items.sort_by_key(|item| item.index);
        for raw in output {
            let head: wire::Head = read(raw)?;
            let position = match self.meant(&head) {
                Some(position) => position,
                None => {
                    let last = self.items.last().map(|item| item.index);
                    self.begin(last.map_or(0, |last| last.saturating_add(1)), raw)?
                }
            };
            if let Some(item) = self.items.get_mut(position) {
                item.settled = true;
            }
            self.settle_one(position, raw)?;
        }
        Ok(())
    }

    /// Ends the calls of an answer that is whole: some relays leave out the ends of items.
    pub fn end_calls(&mut self) {
        for item in &mut self.items {
            if let Kind::Call(call) = &mut item.kind {
                call.end(&self.parts);
            }
        }
    }

    /// Whether the model waits for results.
    pub fn has_calls(&self) -> bool {
        let complete = |item: &Item| matches!(&item.kind, Kind::Call(it) if it.is_complete());
        self.items.iter().any(complete)
    }

    /// Which of the items so far one of the whole answer is: the one of its id, else the next of its
    /// kind.
    fn meant(&self, head: &wire::Head) -> Option<usize> {
        let open = |item: &Item| !item.settled;
        let by_id = |item: &Item| open(item) && !head.id.is_empty() && item.id == *head.id;
        let by_kind = |item: &Item| open(item) && item.kind.is(&head.kind);
        let position = self.items.iter().position(by_id);
        position.or_else(|| self.items.iter().position(by_kind))
    }

    fn begin(&mut self, index: u32, raw: &RawValue) -> Result<usize> {
        let head: wire::Head = read(raw)?;
        let kind = match &*head.kind {
            "message" => Kind::Message(Message::new(&read(raw)?)),
            "reasoning" => Kind::Thought(Thought::default()),
            "function_call" | "custom_tool_call" => {
                let call: wire::Call = read(raw)?;
                let id = call.call_id.non_empty().or(head.id.non_empty());
                Kind::Call(Call::new(id, &call.name, &mut self.parts))
            }
            _ => Kind::Begun,
        };
        self.items.push(Item {
            index,
            id: head.id.to_string(),
            kind,
            settled: false,
        });
        Ok(self.items.len() - 1)
    }

    fn settle_one(&mut self, position: usize, raw: &RawValue) -> Result<()> {
        let Some(item) = self.items.get_mut(position) else {
            return Ok(());
        };
        match &mut item.kind {
            Kind::Message(message) => message.settle(&read(raw)?, &mut self.parts),
            Kind::Thought(thought) => thought.settle(&read(raw)?, &mut self.parts),
            Kind::Call(call) => call.settle(&read(raw)?, &self.parts),
            Kind::Begun => {
                item.kind = Kind::Other;
                self.other(raw)?;
            }
            Kind::Other => {}
        }
        Ok(())
    }

    fn other(&mut self, raw: &RawValue) -> Result<()> {
        let head: wire::Head = read(raw)?;
        let is_picture = &*head.kind == "image_generation_call";
        if !(is_picture && picture::emit(&read(raw)?, &head.id, &mut self.parts)) {
            self.parts.other(raw);
        }
        Ok(())
    }

    fn message(&mut self, index: u32) -> Option<(&mut Message, &mut Parts)> {
        let position = self.position(index, || Kind::Message(Message::default()));
        match self.items.get_mut(position) {
            Some(Item {
                kind: Kind::Message(message),
                ..
            }) => Some((message, &mut self.parts)),
            _ => None,
        }
    }

    /// Where the item of this number is; some relays leave out its beginning.
    fn position(&mut self, index: u32, begin: fn() -> Kind) -> usize {
        let known = self.items.iter().position(|item| item.index == index);
        known.unwrap_or_else(|| {
            self.items.push(Item {
                index,
                id: String::new(),
                kind: begin(),
                settled: false,
            });
            self.items.len() - 1
        })
    }
}

impl Kind {
    /// Whether items of this type are of this kind.
    fn is(&self, of_type: &str) -> bool {
        match self {
            Kind::Message(_) => of_type == "message",
            Kind::Thought(_) => of_type == "reasoning",
            Kind::Call(_) => matches!(of_type, "function_call" | "custom_tool_call"),
            Kind::Begun | Kind::Other => !matches!(
                of_type,
                "message" | "reasoning" | "function_call" | "custom_tool_call"
            ),
        }
    }
}

fn read<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T> {
    json::parse("an item", raw.get())
}
