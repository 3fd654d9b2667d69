//! One of the answers to a request, as far as it has come.

use serde_json::value::RawValue;
use tidegate_guest::types::{FinishReason, Logprobs, Source, StreamEvent};
use tidegate_guest::{Choice, Io};

use super::filter::Filter;
use super::finish::reason;
use super::media::{self, Sound};
use super::reasoning_details::{ReasoningDetail, ReasoningDetails};
use super::sources::annotations;
use crate::wire::{self, Content};

/// An answer in the making.
pub struct Progress {
    pub index: u32,
    choice: Choice,
    io: Io,
    /// Set once the vendor has said why it ends; some say it twice, so that it is emitted last.
    finish: Option<String>,
    details: ReasoningDetails,
    sound: Option<Sound>,
    filter: Filter,
}

/// The key of the call of the API before `tools`, which has no number. No server counts that far.
const FUNCTION_CALL: u32 = u32::MAX;

impl Progress {
    pub fn new(io: &Io, index: u32) -> Self {
        Progress {
            index,
            choice: Choice::new(io, index),
            io: io.clone(),
            finish: None,
            details: ReasoningDetails::default(),
            sound: None,
            filter: Filter::default(),
        }
    }

    /// Takes what a chunk says of this answer.
    pub fn read(&mut self, choice: &wire::Choice) {
        if let Some(delta) = &choice.delta {
            self.delta(delta);
        } else if let Some(message) = &choice.message {
            self.message(message);
        }
        self.choice.text(&choice.text);
        if let Some(logprobs) = &choice.logprobs {
            self.logprobs(logprobs);
        }
        if let Some(found) = choice.content_filter_results {
            self.filter.read(found);
        }
        if let Some(finish) = choice.finish_reason.non_empty() {
            self.finish = Some(finish.into());
        }
    }

    /// A fragment of a message. Fragments of a tool call carry its number.
    fn delta(&mut self, delta: &wire::Message) {
        self.said(delta);
        for (position, call) in delta.tool_calls.iter().flatten().enumerate() {
            let (name, arguments) = name_and_arguments(call);
            let position = u32::try_from(position).unwrap_or(FUNCTION_CALL);
            let part = self.choice.tool_call_piece(
                call.index.unwrap_or(position),
                call.id.non_empty(),
                name,
                arguments,
            );
            self.call_state(part, call.extra_content);
        }
    }

    /// A whole message. Its tool calls are whole too, whatever numbers they carry.
    fn message(&mut self, message: &wire::Message) {
        self.said(message);
        for call in message.tool_calls.iter().flatten() {
            let (name, arguments) = name_and_arguments(call);
            let id = call.id.non_empty();
            let part = self
                .choice
                .tool_call(id, name.unwrap_or_default(), arguments);
            self.call_state(part, call.extra_content);
        }
    }

    /// Everything but tool calls, in the order in which models produce it.
    fn said(&mut self, message: &wire::Message) {
        let reasoning = message
            .reasoning_content
            .non_empty()
            .or(message.reasoning.non_empty());
        if let Some(reasoning) = reasoning {
            self.choice.reasoning(reasoning);
        }
        if let Some(details) = message.reasoning_details {
            self.reasoning_details(details, reasoning.is_none());
        }
        match &message.content {
            Content::Text(text) => self.choice.text(text),
            Content::Chunks(chunks) => self.chunks(chunks),
        }
        self.choice.refusal(&message.refusal);
        if let Some(audio) = &message.audio {
            self.sound
                .get_or_insert_default()
                .push(audio, &mut self.choice);
        }
        if let Some(raw) = message.images {
            media::images(raw, &mut self.choice);
        }
        if let Some(raw) = message.annotations {
            annotations(raw, self.index, self.choice.last_part(), &self.io);
        }
        if let Some(call) = &message.function_call {
            self.choice.tool_call_piece(
                FUNCTION_CALL,
                None,
                call.name.non_empty(),
                &call.arguments,
            );
        }
    }

    fn chunks(&mut self, chunks: &[wire::ContentChunk]) {
        for chunk in chunks {
            match &chunk.thinking {
                Content::Text(thinking) => self.choice.reasoning(thinking),
                Content::Chunks(thinking) => {
                    for chunk in thinking {
                        self.choice.reasoning(&chunk.text);
                    }
                }
            }
            self.choice.text(&chunk.text);
            self.choice.refusal(&chunk.refusal);
            let ids = chunk.reference_ids.iter().flatten();
            for id in ids.filter_map(wire::Text::non_empty) {
                self.io.event(StreamEvent::Source(Source {
                    choice: self.index,
                    part: self.choice.last_part(),
                    id: Some(id.into()),
                    ..Source::default()
                }));
            }
        }
    }

    /// `shown`: the message carries the reasoning nowhere else.
    fn reasoning_details(&mut self, raw: &RawValue, shown: bool) {
        self.details.push(raw.get());
        let details: Vec<ReasoningDetail> = serde_json::from_str(raw.get()).unwrap_or_default();
        for detail in details {
            if shown {
                self.choice.reasoning(&detail.text);
                self.choice.reasoning(&detail.summary);
            }
            self.choice.reasoning_signature(&detail.signature);
            self.choice.reasoning_redacted(&detail.data);
        }
    }

    fn call_state(&mut self, part: u32, extra_content: Option<&RawValue>) {
        if let Some(state) = extra_content {
            let metadata = format!(r#"{{"extra_content":{state}}}"#);
            self.choice.metadata(Some(part), metadata);
        }
    }

    fn logprobs(&mut self, logprobs: &wire::Logprobs) {
        for (tokens, refusal) in [(logprobs.of_text(), false), (logprobs.of_refusal(), true)] {
            if !tokens.is_empty() {
                self.io.event(StreamEvent::Logprobs(Logprobs {
                    choice: self.index,
                    tokens,
                    refusal,
                }));
            }
        }
    }

    /// Whether the vendor has said why it ends.
    pub fn is_finished(&self) -> bool {
        self.finish.is_some()
    }

    /// Emits what stands at the end of an answer.
    pub fn finish(mut self, sound_type: Option<&str>) {
        if let Some(sound) = self.sound.take() {
            sound.finish(sound_type, &mut self.choice);
        }
        let metadata = [self.details.metadata(), self.filter.metadata()];
        for metadata in metadata.into_iter().flatten() {
            self.choice.metadata(None, metadata);
        }
        let reason = match &self.finish {
            Some(raw) => reason(raw, self.choice.has_tool_calls()),
            None => FinishReason::Other,
        };
        self.choice.finish(reason, self.finish.as_deref());
    }
}

fn name_and_arguments<'a>(call: &'a wire::ToolCall) -> (Option<&'a str>, &'a str) {
    match (&call.function, &call.custom) {
        (Some(function), _) => (function.name.non_empty(), &function.arguments),
        (None, Some(custom)) => (custom.name.non_empty(), &custom.input),
        (None, None) => (None, ""),
    }
}
