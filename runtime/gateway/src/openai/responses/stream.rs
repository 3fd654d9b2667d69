//! A streamed answer.
//!
//! <https://platform.openai.com/docs/api-reference/responses-streaming>
//!
//! `response.created` and `response.in_progress` come with the first piece of the answer. Every item
//! is added before its pieces, and several may be open at a time. The contract does not say when a
//! text or a piece of reasoning is complete, and what the vendor wants back with it may be the last
//! to come: so all items are done at the end, in their order, but arguments of a call as soon as they
//! are complete. Last is `response.completed`, or `response.incomplete`, or `response.failed`.

use bytes::BytesMut;
use tidegate_host::types::{
    self, ErrorKind, Finish, Media, Metadata, Source, StreamEvent, TokenLogprob, Usage, Warning,
};

use super::answer::{Answer, Head, Outcome, homeless};
use super::output::Output;
use super::shown::Shown;
use super::wire::{Broken, Whole};
use crate::call::Writer;
use crate::failure::{Failure, FailureKind};
use crate::only_choice::OnlyChoice;
use crate::openai::finish;

/// Writes typed events.
pub struct Events {
    head: Head,
    shown: Shown,
    begun: bool,
    /// Text whose log probabilities may come next.
    held: Option<types::Delta>,
    /// Log probabilities whose text is to come.
    tokens: Vec<TokenLogprob>,
    /// Sources whose text is to come.
    sources: Vec<Source>,
    /// The vendor's state, which is part of items that are done.
    state: Vec<Metadata>,
    /// What no item can hold.
    files: Vec<Media>,
    only_choice: OnlyChoice,
    warnings: Vec<Warning>,
    usage: Option<Usage>,
    finish: Option<Finish>,
}

impl Events {
    pub fn new(head: Head) -> Self {
        Events {
            shown: Shown::new(Output::new(&head.tag)),
            head,
            begun: false,
            held: None,
            tokens: Vec::new(),
            sources: Vec::new(),
            state: Vec::new(),
            files: Vec::new(),
            only_choice: OnlyChoice::default(),
            warnings: Vec::new(),
            usage: None,
            finish: None,
        }
    }

    /// The items, after it was said that there will be an answer.
    fn show(&mut self, out: &mut BytesMut) -> &mut Shown {
        if !self.begun {
            self.begun = true;
            self.tell("response.created", Outcome::InProgress, out);
            self.tell("response.in_progress", Outcome::InProgress, out);
        }
        &mut self.shown
    }

    /// The answer as it is now.
    fn tell(&mut self, r#type: &'static str, outcome: Outcome<'_>, out: &mut BytesMut) {
        let mut wire = std::mem::take(&mut self.shown.wire);
        let finish = self.finish.as_ref();
        let response = Answer {
            head: &self.head,
            outcome,
            output: self.shown.output.items(),
            usage: self.usage.as_ref(),
            warnings: &self.warnings,
            files: &self.files,
            finish_reason: finish.and_then(|it| finish::native(it.reason, it.raw.as_deref())),
        };
        wire.send(r#type, &Whole { response }, out);
        self.shown.wire = wire;
    }

    /// More of a text or refusal. Nothing begins with nothing.
    fn say(
        &mut self,
        delta: &types::Delta,
        is_refusal: bool,
        logprobs: Vec<TokenLogprob>,
        out: &mut BytesMut,
    ) {
        if delta.text.is_empty() && logprobs.is_empty() {
            return;
        }
        self.show(out).say(delta, is_refusal, logprobs, out);
        if !is_refusal {
            for source in std::mem::take(&mut self.sources) {
                self.cite(source, out);
            }
        }
    }

    fn cite(&mut self, source: Source, out: &mut BytesMut) {
        let early = self.show(out).cite(source, out);
        self.sources.extend(early);
    }

    /// Reasoning as the vendor wants it back, which is not shown before it is done.
    fn prove(&mut self, part: u32, out: &mut BytesMut) -> Option<&mut types::Reasoning> {
        let shown = self.show(out);
        shown.reasoning(part, out);
        Some(shown.output.reasoning(part)?.1)
    }

    /// Writes text that was held back.
    fn release(&mut self, out: &mut BytesMut) {
        if let Some(held) = self.held.take() {
            let tokens = std::mem::take(&mut self.tokens);
            self.say(&held, false, tokens, out);
        }
    }

    /// Nothing comes any more: what was waiting for something else has its last chance.
    fn settle(&mut self, out: &mut BytesMut) {
        self.release(out);
        for state in std::mem::take(&mut self.state) {
            self.shown.output.keep(state.part, &state.json);
        }
        let late = std::mem::take(&mut self.tokens);
        let output = &mut self.shown.output;
        if let Some(piece) = output.last_text().and_then(|it| output.piece_at(it)) {
            piece.logprobs.extend(late);
        }
        let homeless = self.sources.drain(..).map(|_| homeless());
        self.warnings.extend(homeless);
    }

    /// Says what has become of the answer.
    fn conclude(&mut self, outcome: Outcome<'_>, out: &mut BytesMut) {
        let dropped = self.shown.output.drop_open_calls();
        self.warnings.extend(dropped);
        let r#type = match outcome {
            Outcome::InProgress => "response.in_progress",
            Outcome::Completed => "response.completed",
            Outcome::Incomplete(_) => "response.incomplete",
            Outcome::Failed { .. } => "response.failed",
        };
        self.tell(r#type, outcome, out);
    }
}

impl Writer for Events {
    fn event(&mut self, event: StreamEvent, out: &mut BytesMut) {
        if !self.only_choice.admits(&event, &mut self.warnings) {
            return;
        }
        if let StreamEvent::Logprobs(logprobs) = event {
            if !logprobs.refusal {
                self.tokens.extend(logprobs.tokens);
                self.release(out);
            }
            return;
        }
        self.release(out);
        match event {
            StreamEvent::TextDelta(delta) => {
                self.held = Some(delta);
                if !self.head.settings.logprobs || !self.tokens.is_empty() {
                    self.release(out);
                }
            }
            StreamEvent::RefusalDelta(delta) => self.say(&delta, true, Vec::new(), out),
            StreamEvent::ReasoningDelta(delta) if delta.text.is_empty() => {}
            StreamEvent::ReasoningDelta(delta) => self.show(out).reason(&delta, out),
            StreamEvent::ReasoningSignature(delta) => {
                if let Some(reasoning) = self.prove(delta.part, out) {
                    reasoning.signature = Some(delta.text);
                }
            }
            StreamEvent::ReasoningRedacted(delta) => {
                if let Some(reasoning) = self.prove(delta.part, out) {
                    let redacted = reasoning.redacted.get_or_insert_default();
                    redacted.push_str(&delta.text);
                }
            }
            StreamEvent::ToolCallStart(start) => self.show(out).start_call(start, out),
            StreamEvent::ToolCallDelta(delta) => self.shown.argue(&delta, out),
            StreamEvent::ToolCallEnd(call) => self.shown.end_call(call.part, out),
            StreamEvent::Source(source) => self.cite(source, out),
            StreamEvent::File(file) => {
                let left = self.show(out).file(file.part, file.media, out);
                self.files.extend(left);
            }
            StreamEvent::Metadata(metadata) => self.state.push(metadata),
            StreamEvent::Answer(answer) if !self.begun => self.head.learn(answer),
            StreamEvent::Warning(warning) => self.warnings.push(warning),
            StreamEvent::Usage(usage) => self.usage = Some(usage),
            StreamEvent::Finish(finish) => self.finish = Some(finish),
            // Once something has been said, the answer keeps its name. The rest has no place.
            StreamEvent::Answer(_)
            | StreamEvent::Logprobs(_)
            | StreamEvent::Raw(_)
            | StreamEvent::Other(_) => {}
        }
    }

    fn end(&mut self, out: &mut BytesMut) {
        self.show(out);
        self.settle(out);
        let outcome = match &self.finish {
            Some(finish) => Outcome::of(finish.reason, &self.shown.output),
            // The host lets no such stream end well; it would not be whole.
            None => Outcome::Failed {
                code: "server_error",
                message: "the answer has no end",
            },
        };
        self.shown.output.close(outcome == Outcome::Completed);
        for index in 0..self.shown.output.items().len() {
            self.shown.done(index, out);
        }
        self.conclude(outcome, out);
    }

    fn failure(&mut self, failure: &Failure, out: &mut BytesMut) {
        let code = code(failure.kind);
        if !self.begun && self.held.is_none() {
            let members = Broken {
                code,
                message: &failure.message,
                param: failure.parameter.as_deref(),
            };
            return self.shown.wire.send("error", &members, out);
        }
        self.settle(out);
        self.shown.output.close(false);
        let message = &failure.message;
        self.conclude(Outcome::Failed { code, message }, out);
    }
}

/// Codes that official clients know, of those that an answer can fail with.
fn code(kind: FailureKind) -> &'static str {
    match kind {
        FailureKind::Call(kind) => match kind {
            ErrorKind::RateLimited => "rate_limit_exceeded",
            ErrorKind::QuotaExceeded => "insufficient_quota",
            ErrorKind::ContextLengthExceeded => "context_length_exceeded",
            ErrorKind::InvalidRequest | ErrorKind::ContentFiltered => "invalid_prompt",
            _ => "server_error",
        },
        _ => "server_error",
    }
}
