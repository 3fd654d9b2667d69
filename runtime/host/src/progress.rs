//! What an exchange has handed over so far: counted against its limits, and whether it is whole.

use std::collections::BTreeMap;

use crate::error::Fault;
use crate::limits::Limits;
use crate::types::*;
use crate::weight::weight;

/// The most choices of one answer. Vendors allow 128; each costs the host a message in the making.
const CHOICES: u32 = 1_024;

/// The outputs of one exchange so far.
#[derive(Default)]
pub(crate) struct Progress {
    outputs: u64,
    bytes: usize,
    /// The choices that have begun, and whether each has finished. Nearly always one.
    choices: BTreeMap<u32, bool>,
}

impl Progress {
    /// Takes note of an output, and says how much memory it holds.
    pub(crate) fn note(&mut self, output: &Output, limits: &Limits) -> Result<usize, Fault> {
        self.outputs += 1;
        if self.outputs > limits.events {
            return Err(Fault::Events(limits.events));
        }
        let weight = weight(output);
        self.bytes = self.bytes.saturating_add(weight);
        if self.bytes > limits.output {
            return Err(Fault::Output(limits.output));
        }
        if let Output::Event(event) = output
            && let Some(choice) = choice(event)
        {
            if choice >= CHOICES {
                return Err(Fault::Contract(format!(
                    "it speaks of choice {choice}, and there are {CHOICES} at most"
                )));
            }
            let finished = self.choices.entry(choice).or_default();
            *finished |= matches!(event, StreamEvent::Finish(_));
        }
        Ok(weight)
    }

    /// Whether there is any output.
    pub(crate) fn has_begun(&self) -> bool {
        self.outputs > 0
    }

    /// What is missing of an answer that is said to be done.
    pub(crate) fn missing(&self) -> Option<String> {
        if self.choices.is_empty() {
            return Some("it is done without a `finish` event".into());
        }
        let open = self.choices.iter().find(|(_, finished)| !**finished);
        open.map(|(choice, _)| format!("it is done without a `finish` event for choice {choice}"))
    }
}

/// The choice that an event belongs to.
fn choice(event: &StreamEvent) -> Option<u32> {
    match event {
        StreamEvent::TextDelta(delta)
        | StreamEvent::ReasoningDelta(delta)
        | StreamEvent::ReasoningSignature(delta)
        | StreamEvent::ReasoningRedacted(delta)
        | StreamEvent::ToolCallDelta(delta)
        | StreamEvent::RefusalDelta(delta) => Some(delta.choice),
        StreamEvent::ToolCallStart(start) => Some(start.choice),
        StreamEvent::ToolCallEnd(index) => Some(index.choice),
        StreamEvent::File(file) => Some(file.choice),
        StreamEvent::Finish(finish) => Some(finish.choice),
        StreamEvent::Logprobs(logprobs) => Some(logprobs.choice),
        StreamEvent::Source(source) => Some(source.choice),
        StreamEvent::Metadata(metadata) => Some(metadata.choice),
        StreamEvent::Answer(_)
        | StreamEvent::Warning(_)
        | StreamEvent::Usage(_)
        | StreamEvent::Raw(_)
        | StreamEvent::Other(_) => None,
    }
}
