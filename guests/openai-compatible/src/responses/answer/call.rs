//! A tool call in the making.

use super::parts::Parts;
use super::wire;
use crate::responses::state::State;

/// A call, one part of the answer.
#[derive(Debug)]
pub struct Call {
    part: u32,
    /// What has been emitted, to find out at the end what has not.
    said: String,
    ended: bool,
}

impl Call {
    /// One that begins so.
    pub fn new(id: Option<&str>, name: &str, parts: &mut Parts) -> Self {
        let part = parts.begin(State::default());
        parts.call(part, id, name);
        Call {
            part,
            said: String::new(),
            ended: false,
        }
    }

    /// More of its arguments.
    pub fn arguments(&mut self, text: &str, parts: &Parts) {
        if !self.ended {
            self.said.push_str(text);
            parts.arguments(self.part, text);
        }
    }

    /// The call as it is in the end: emits what has not come before.
    pub fn settle(&mut self, call: &wire::Call, parts: &Parts) {
        let whole = call.arguments.non_empty().unwrap_or(&call.input);
        if let Some(rest) = whole.strip_prefix(self.said.as_str()) {
            self.arguments(rest, parts);
        }
        self.end(parts);
    }

    /// Whether its arguments are complete.
    pub fn is_complete(&self) -> bool {
        self.ended
    }

    /// Its arguments are complete.
    pub fn end(&mut self, parts: &Parts) {
        if !self.ended {
            self.ended = true;
            parts.end_call(self.part);
        }
    }
}
