//! For dialects in which there is one answer to a request: what comes of others is left out, and the
//! client is told once. None can be asked for; a provider may give them all the same.

use tidegate_host::Completion;
use tidegate_host::types::{StreamEvent, Warning};

/// Whether others have come.
#[derive(Debug, Default)]
pub struct OnlyChoice {
    others: bool,
}

impl OnlyChoice {
    /// Whether an event is of the first answer, or of none. The first that is not leaves a warning.
    pub fn admits(&mut self, event: &StreamEvent, warnings: &mut Vec<Warning>) -> bool {
        if choice(event) == 0 {
            return true;
        }
        if !std::mem::replace(&mut self.others, true) {
            warnings.push(warning());
        }
        false
    }
}

/// Leaves nothing but the first answer in a completion.
pub fn keep_first(completion: &mut Completion) {
    if completion.choices.len() > 1 {
        completion.choices.truncate(1);
        completion.warnings.push(warning());
    }
}

fn warning() -> Warning {
    Warning {
        subject: None,
        message: "the provider gave more than one answer; all but the first are left out".into(),
    }
}

/// Which answer an event is about.
fn choice(event: &StreamEvent) -> u32 {
    match event {
        StreamEvent::TextDelta(delta)
        | StreamEvent::ReasoningDelta(delta)
        | StreamEvent::ReasoningSignature(delta)
        | StreamEvent::ReasoningRedacted(delta)
        | StreamEvent::ToolCallDelta(delta)
        | StreamEvent::RefusalDelta(delta) => delta.choice,
        StreamEvent::ToolCallStart(start) => start.choice,
        StreamEvent::ToolCallEnd(call) => call.choice,
        StreamEvent::Logprobs(logprobs) => logprobs.choice,
        StreamEvent::Source(source) => source.choice,
        StreamEvent::File(file) => file.choice,
        StreamEvent::Metadata(metadata) => metadata.choice,
        StreamEvent::Finish(finish) => finish.choice,
        StreamEvent::Answer(_)
        | StreamEvent::Warning(_)
        | StreamEvent::Usage(_)
        | StreamEvent::Raw(_)
        | StreamEvent::Other(_) => 0,
    }
}
