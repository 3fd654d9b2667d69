//! A piece of reasoning in the making.

use super::parts::Parts;
use super::wire;
use crate::responses::state::State;

/// What stands between two pieces of a summary.
const BETWEEN: &str = "\n\n";

/// Which piece of what is shown of reasoning, by its number.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Shown {
    /// Of the summary.
    Summary(u32),
    /// Of the reasoning itself.
    Text(u32),
}

/// A piece of reasoning, one part of the answer.
#[derive(Debug, Default)]
pub struct Thought {
    part: Option<u32>,
    /// The piece that was emitted last.
    open: Option<Shown>,
    /// What has been emitted, to find out at the end what has not.
    said: String,
    /// Whether its encrypted form has been emitted.
    sealed: bool,
}

impl Thought {
    /// More of what is shown.
    pub fn show(&mut self, shown: Shown, text: &str, parts: &mut Parts) {
        if text.is_empty() {
            return;
        }
        let another = self.open.is_some_and(|open| open != shown);
        if another && !self.said.is_empty() {
            self.say(BETWEEN, parts);
        }
        self.open = Some(shown);
        self.say(text, parts);
    }

    /// The reasoning as it is in the end: emits what has not come before.
    pub fn settle(&mut self, reasoning: &wire::Reasoning, parts: &mut Parts) {
        let summary = reasoning.summary.iter().flatten();
        let pieces = summary.chain(reasoning.content.iter().flatten());
        let texts: Vec<&str> = pieces.filter_map(|piece| piece.text.non_empty()).collect();
        // What has been said differently cannot be unsaid.
        if let Some(rest) = texts.join(BETWEEN).strip_prefix(self.said.as_str())
            && !rest.is_empty()
        {
            self.say(rest, parts);
        }
        if let (Some(encrypted), false) = (reasoning.encrypted_content.non_empty(), self.sealed) {
            self.sealed = true;
            let part = self.part(parts);
            parts.redacted(part, encrypted);
        }
    }

    fn say(&mut self, text: &str, parts: &mut Parts) {
        let part = self.part(parts);
        self.said.push_str(text);
        parts.reasoning(part, text);
    }

    fn part(&mut self, parts: &mut Parts) -> u32 {
        *self
            .part
            .get_or_insert_with(|| parts.begin(State::default()))
    }
}
