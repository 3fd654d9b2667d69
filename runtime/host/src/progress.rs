//! What an exchange has handed over so far: counted against its limits, and whether it is whole.

use std::collections::BTreeMap;

use crate::error::Fault;
use crate::limits::Limits;
use crate::types::*;

/// The outputs of one exchange so far.
#[derive(Default)]
pub(crate) struct Progress {
    outputs: u64,
    bytes: usize,
    /// The choices that have begun, and whether each has finished. Nearly always one.
    choices: BTreeMap<u32, bool>,
}

impl Progress {
    /// Takes note of an output.
    pub(crate) fn note(&mut self, output: &Output, limits: &Limits) -> Result<(), Fault> {
        self.outputs += 1;
        if self.outputs > limits.events {
            return Err(Fault::Events(limits.events));
        }
        self.bytes = self.bytes.saturating_add(weight(output));
        if self.bytes > limits.output {
            return Err(Fault::Output(limits.output));
        }
        if let Output::Event(event) = output
            && let Some(choice) = choice(event)
        {
            let finished = self.choices.entry(choice).or_default();
            *finished |= matches!(event, StreamEvent::Finish(_));
        }
        Ok(())
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
        StreamEvent::Answer(_)
        | StreamEvent::Logprobs(_)
        | StreamEvent::Source(_)
        | StreamEvent::Metadata(_)
        | StreamEvent::Warning(_)
        | StreamEvent::Usage(_)
        | StreamEvent::Raw(_)
        | StreamEvent::Other(_) => None,
    }
}

/// About how much memory an output holds: its texts and bytes, and something for the rest.
fn weight(output: &Output) -> usize {
    const REST: usize = 128;
    let option = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    let content = match output {
        Output::Event(event) => match event {
            StreamEvent::TextDelta(delta)
            | StreamEvent::ReasoningDelta(delta)
            | StreamEvent::ReasoningSignature(delta)
            | StreamEvent::ReasoningRedacted(delta)
            | StreamEvent::ToolCallDelta(delta)
            | StreamEvent::RefusalDelta(delta) => delta.text.len(),
            StreamEvent::ToolCallStart(start) => start.id.len() + start.name.len(),
            StreamEvent::File(file) => match &file.media.source {
                MediaSource::Bytes(bytes) => bytes.len(),
                MediaSource::Url(text) | MediaSource::Id(text) => text.len(),
            },
            StreamEvent::Metadata(metadata) => metadata.json.len(),
            StreamEvent::Raw(json) => json.len(),
            StreamEvent::Other(other) => other.json.len(),
            StreamEvent::Warning(warning) => warning.message.len(),
            StreamEvent::Usage(usage) => option(&usage.raw),
            StreamEvent::Logprobs(logprobs) => logprobs
                .tokens
                .iter()
                .map(|token| (token.top.len() + 1) * REST)
                .sum(),
            StreamEvent::Source(source) => {
                option(&source.url) + option(&source.quote) + option(&source.metadata)
            }
            StreamEvent::Answer(answer) => option(&answer.id) + option(&answer.model),
            StreamEvent::Finish(finish) => option(&finish.raw),
            StreamEvent::ToolCallEnd(_) => 0,
        },
        Output::Embeddings(embeddings) => embeddings
            .vectors
            .iter()
            .map(|vector| vector.len() * size_of::<f32>() + REST)
            .sum(),
        Output::Ranking(ranking) => ranking.results.len() * size_of::<Ranked>(),
        Output::Models(models) => models
            .iter()
            .map(|model| model.id.len() + option(&model.raw) + size_of::<ModelInfo>())
            .sum(),
        Output::Tokens(_) => 0,
        Output::Health(health) => health.message.len(),
        Output::Other(other) => other.json.len(),
    };
    content + REST
}
