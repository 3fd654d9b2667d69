//! One of the answers: its parts, and how it ends.
//!
//! | part | becomes |
//! |---|---|
//! | `text` | text; with `thought`, reasoning |
//! | `functionCall` | a tool call, once it is complete |
//! | `inlineData` | a file |
//! | anything else: `executableCode`, `codeExecutionResult`, `toolCall`, … | a `raw` event, and metadata of the part after it |
//!
//! What is neither text, reasoning, a file nor a call of the caller's tools is nothing that the caller
//! can act on, but the vendor wants it back in its place: see [`PartState::before`]. A signature belongs
//! to the part that it came with; pieces of a text are one part, and a signature ends it.

use serde_json::Value;
use serde_json::value::RawValue;
use tidegate_guest::media::from_base64;
use tidegate_guest::types::*;
use tidegate_guest::{Choice, Io, Result, json};

use super::arguments::Arguments;
use super::sources::Sources;
use super::wire::{self, FunctionCall, InlineData, Part};
use super::{finish, logprobs};
use crate::state::{self, MessageState, PartState};

/// An answer as it comes in.
pub struct Candidate {
    io: Io,
    pub index: u32,
    choice: Choice,
    sources: Sources,
    /// The text or reasoning that further pieces belong to.
    open: Option<Open>,
    /// The last text, for sources.
    text: Option<u32>,
    /// A tool call whose arguments are still coming.
    call: Option<Call>,
    /// Parts that are none of the contract's, since the last one that is.
    between: Vec<Box<RawValue>>,
    finish_reason: Option<String>,
    finish_message: Option<String>,
}

struct Open {
    part: u32,
    thought: bool,
    state: PartState,
}

struct Call {
    id: Option<String>,
    name: String,
    arguments: Arguments,
    signature: Option<String>,
}

impl Candidate {
    /// Nothing has come in yet.
    pub fn new(io: &Io, index: u32) -> Self {
        Candidate {
            io: io.clone(),
            index,
            choice: Choice::new(io, index),
            sources: Sources::new(io, index),
            open: None,
            text: None,
            call: None,
            between: Vec::new(),
            finish_reason: None,
            finish_message: None,
        }
    }

    /// Whether it said why it ends.
    pub fn is_complete(&self) -> bool {
        self.finish_reason.is_some()
    }

    /// More of it.
    pub fn take(&mut self, candidate: wire::Candidate) -> Result<()> {
        let parts = candidate.content.and_then(|content| content.parts);
        for raw in parts.unwrap_or_default() {
            self.part(raw)?;
        }
        if let Some(logprobs) = candidate.logprobs_result {
            logprobs::emit(logprobs, self.index, &self.io);
        }
        if let Some(raw) = candidate.citation_metadata {
            self.sources.citations(raw, self.text);
        }
        if let Some(raw) = candidate.grounding_metadata {
            self.sources.grounding(raw, self.text);
        }
        if let Some(raw) = candidate.url_context_metadata {
            self.sources.pages(raw, self.text);
        }
        if let Some(reason) = candidate.finish_reason {
            // What was rated matters where it ended the answer.
            if let (FinishReason::ContentFilter, Some(ratings)) =
                (finish::reason(&reason, false), candidate.safety_ratings)
            {
                let event = format!("{{\"safetyRatings\":{ratings}}}");
                self.io.event(StreamEvent::Raw(event));
            }
            self.finish_reason = Some(reason);
        }
        if candidate.finish_message.is_some() {
            self.finish_message = candidate.finish_message;
        }
        Ok(())
    }

    /// The end. An answer that gave no reason to end was cut off.
    pub fn finish(mut self) -> Result<()> {
        let Some(raw) = self.finish_reason.take() else {
            return Err(ended("without a `finishReason`"));
        };
        // A call that a limit or a filter has cut off is none.
        if self.call.take().is_some() && raw == "STOP" {
            return Err(ended("inside a tool call"));
        }
        self.close()?;
        if !self.between.is_empty() {
            let after = std::mem::take(&mut self.between);
            let state = state::write(&MessageState { after })?;
            self.choice.metadata(None, state);
        }
        let reason = finish::reason(&raw, self.choice.has_tool_calls());
        if let Some(message) = self.finish_message
            && !matches!(reason, FinishReason::Stop | FinishReason::ToolCalls)
        {
            self.io.event(StreamEvent::Warning(Warning {
                subject: None,
                message,
            }));
        }
        self.choice.finish(reason, Some(&raw));
        Ok(())
    }

    /// An answer that was never begun, because the prompt was refused.
    pub fn refuse(mut self, reason: &str, message: Option<&str>) {
        self.choice.refusal(message.unwrap_or_default());
        self.choice
            .finish(FinishReason::ContentFilter, Some(reason));
    }

    fn part(&mut self, raw: &RawValue) -> Result<()> {
        let part: Part = json::parse("a part", raw.get())?;
        let signature = part.thought_signature.filter(|it| !it.is_empty());
        if let Some(call) = part.function_call {
            return self.call(call, signature);
        }
        match (part.text, part.inline_data) {
            (Some(text), _) => self.text(&text, part.thought, signature, raw),
            (None, Some(data)) if !part.thought => self.file(data, signature),
            // A sketch is no part of the answer, and need not be handed back.
            (None, Some(_)) => {
                self.io.event(StreamEvent::Raw(raw.get().into()));
                Ok(())
            }
            (None, None) => {
                self.close()?;
                self.io.event(StreamEvent::Raw(raw.get().into()));
                self.between.push(raw.to_owned());
                Ok(())
            }
        }
    }

    fn text(
        &mut self,
        text: &str,
        thought: bool,
        signature: Option<String>,
        raw: &RawValue,
    ) -> Result<()> {
        let goes_on = self
            .open
            .as_ref()
            .is_some_and(|open| open.thought == thought);
        if text.is_empty() {
            match (signature, &mut self.open) {
                (None, _) => return Ok(()),
                (signature, Some(open)) if goes_on => open.state.thought_signature = signature,
                // Of nothing that is a part: it goes back on its own.
                _ => {
                    self.close()?;
                    self.between.push(raw.to_owned());
                    return Ok(());
                }
            }
            return self.close();
        }
        if !goes_on {
            self.close()?;
        }
        match thought {
            true => self.choice.reasoning(text),
            false => self.choice.text(text),
        }
        let part = self.choice.last_part().unwrap_or_default();
        if !thought {
            self.text = Some(part);
        }
        let before = &mut self.between;
        let open = self.open.get_or_insert_with(|| Open {
            part,
            thought,
            state: PartState {
                before: std::mem::take(before),
                thought_signature: None,
            },
        });
        if signature.is_some() {
            open.state.thought_signature = signature;
            return self.close();
        }
        Ok(())
    }

    fn file(&mut self, data: InlineData, signature: Option<String>) -> Result<()> {
        self.close()?;
        let Some(bytes) = from_base64(&data.data) else {
            return Err(Error::new(
                ErrorKind::Upstream,
                "the upstream sent a file that is not base64",
            ));
        };
        self.choice.file(Media {
            source: MediaSource::Bytes(bytes),
            media_type: data.mime_type,
            name: None,
            detail: None,
        });
        let part = self.choice.last_part();
        self.hand_back(part, signature)
    }

    /// A call, or some of one: the first piece has its name, the last does not say that it goes on.
    fn call(&mut self, call: FunctionCall, signature: Option<String>) -> Result<()> {
        self.close()?;
        if let Some(name) = call.name {
            self.end_call()?;
            if !call.will_continue && call.partial_args.is_empty() {
                let arguments = match call.args.map(RawValue::get) {
                    None | Some("null") => "{}",
                    Some(arguments) => arguments,
                };
                let part = self.choice.tool_call(call.id.as_deref(), &name, arguments);
                return self.hand_back(Some(part), signature);
            }
            let arguments = call.args.map(RawValue::get).unwrap_or("null");
            let arguments: Value = json::parse("the arguments", arguments)?;
            self.call = Some(Call {
                id: call.id,
                name,
                arguments: Arguments::new(arguments),
                signature: None,
            });
        }
        let Some(open) = &mut self.call else {
            return Ok(());
        };
        open.signature = signature.or(open.signature.take());
        for piece in call.partial_args {
            let path = piece.json_path.clone();
            if open.arguments.take(piece).is_none() {
                return Err(Error::new(
                    ErrorKind::Upstream,
                    format!("the upstream sent an argument for the place `{path}`, which is none"),
                ));
            }
        }
        match call.will_continue {
            true => Ok(()),
            false => self.end_call(),
        }
    }

    fn end_call(&mut self) -> Result<()> {
        let Some(call) = self.call.take() else {
            return Ok(());
        };
        let arguments = call.arguments.into_json();
        let part = self
            .choice
            .tool_call(call.id.as_deref(), &call.name, &arguments);
        self.hand_back(Some(part), call.signature)
    }

    /// The text or reasoning under way is complete.
    fn close(&mut self) -> Result<()> {
        self.choice.end_part();
        match self.open.take() {
            Some(open) if !open.state.is_empty() => {
                let state = state::write(&open.state)?;
                self.choice.metadata(Some(open.part), state);
                Ok(())
            }
            _ => Ok(()),
        }
    }

    /// Gives a part its state, with the parts before it.
    fn hand_back(&mut self, part: Option<u32>, thought_signature: Option<String>) -> Result<()> {
        let state = PartState {
            before: std::mem::take(&mut self.between),
            thought_signature,
        };
        if !state.is_empty() {
            self.choice.metadata(part, state::write(&state)?);
        }
        Ok(())
    }
}

fn ended(how: &str) -> Error {
    Error::new(
        ErrorKind::Upstream,
        format!("the upstream ended the answer {how}"),
    )
}
