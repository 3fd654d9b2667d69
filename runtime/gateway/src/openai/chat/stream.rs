//! A streamed chat answer.
//!
//! <https://platform.openai.com/docs/api-reference/chat-streaming>
//!
//! The first chunk of a choice has the role; then come deltas; the last has the finish reason. A
//! chunk with the number of tokens follows if it was asked for, then `data: [DONE]`. Finish reasons
//! wait for the end of the events: a stream that fails after one of them must not have said that all
//! is well.

use bytes::{BufMut as _, BytesMut};
use tidegate_host::types::{self, Finish, StreamEvent, Usage, Warning};

use super::audio::Audio;
use super::delta::{Called, Delta, Function};
use super::functions::{self, finish_word};
use super::places::Places;
use super::reasoning::{Detail, ENCRYPTED, Opaque, TEXT};
use super::shape::Shape;
use super::sources::Annotation;
use crate::call::Writer;
use crate::failure::Failure;
use crate::openai::envelope::{Envelope, json};
use crate::openai::identity::Identity;
use crate::openai::logprobs::Logprobs;
use crate::openai::made::Made;
use crate::openai::warnings::Remarks;
use crate::openai::{error, finish};

/// Writes chunks.
pub struct Chunks {
    envelope: Envelope,
    shape: Shape,
    /// Those that have begun.
    choices: Places,
    /// The parts of each of them that are tool calls: their places are what clients know them by.
    calls: Vec<Places>,
    /// Text whose log probabilities may come next.
    held: Option<types::Delta>,
    /// Choice and part of the last sound, whose name comes after it.
    sound: Option<(u32, u32)>,
    warnings: Vec<Warning>,
    usage: Option<Usage>,
    finishes: Vec<Finish>,
}

impl Chunks {
    pub fn new(identity: Identity, shape: Shape) -> Self {
        Chunks {
            envelope: Envelope::new(identity, "chat.completion.chunk", shape.include_usage),
            shape,
            sound: None,
            choices: Places::default(),
            calls: Vec::new(),
            held: None,
            warnings: Vec::new(),
            usage: None,
            finishes: Vec::new(),
        }
    }

    /// Writes a chunk with one choice: a delta, and what belongs beside it.
    fn chunk(
        &mut self,
        choice: u32,
        delta: &Delta<'_>,
        logprobs: Option<Logprobs<'_>>,
        out: &mut BytesMut,
    ) {
        let calls = delta.tool_calls.is_some() || delta.function_call.is_some();
        self.introduce(choice, calls, out);
        self.open(choice, out);
        json(out, delta);
        out.put_slice(b",\"logprobs\":");
        json(out, &logprobs);
        self.close(out);
    }

    /// A chunk with nothing but text in it: nearly all of them.
    fn text(&mut self, choice: u32, text: &str, out: &mut BytesMut) {
        self.introduce(choice, false, out);
        self.open(choice, out);
        out.put_slice(b"{\"content\":");
        json(out, text);
        out.put_slice(b"},\"logprobs\":null");
        self.close(out);
    }

    /// Writes the first chunk of a choice, if this is its first.
    fn introduce(&mut self, choice: u32, calls: bool, out: &mut BytesMut) {
        if self.choices.find(choice).is_some() {
            return;
        }
        self.choices.add(choice);
        self.calls.push(Places::default());
        self.open(choice, out);
        out.put_slice(match calls {
            true => br#"{"role":"assistant","content":null,"refusal":null},"logprobs":null"#,
            false => br#"{"role":"assistant","content":"","refusal":null},"logprobs":null"#,
        });
        self.close(out);
    }

    fn open(&mut self, choice: u32, out: &mut BytesMut) {
        self.envelope.open(out);
        out.put_slice(b"{\"index\":");
        out.put_slice(itoa::Buffer::new().format(choice).as_bytes());
        out.put_slice(b",\"delta\":");
    }

    fn close(&self, out: &mut BytesMut) {
        out.put_slice(b",\"finish_reason\":null}]");
        self.envelope.close(out);
    }

    fn finish(&mut self, finished: &Finish, out: &mut BytesMut) {
        self.introduce(finished.choice, false, out);
        self.open(finished.choice, out);
        out.put_slice(b"{},\"logprobs\":null,\"finish_reason\":");
        json(out, finish_word(finished.reason, self.shape.functions));
        if let Some(native) = finish::native(finished.reason, finished.raw.as_deref()) {
            out.put_slice(b",\"native_finish_reason\":");
            json(out, native);
        }
        out.put_slice(b"}]");
        if let Some(remarks) = Remarks::new(&self.warnings) {
            out.put_slice(b",\"tidegate\":");
            json(out, &remarks);
        }
        self.warnings.clear();
        self.envelope.close(out);
    }

    /// The place of a tool call among those of its choice.
    fn place(&mut self, choice: u32, part: u32) -> Option<usize> {
        self.calls_of(choice)?.find(part)
    }

    fn calls_of(&mut self, choice: u32) -> Option<&mut Places> {
        let place = self.choices.find(choice)?;
        self.calls.get_mut(place)
    }

    fn start_call(&mut self, start: &types::ToolCallStart, out: &mut BytesMut) {
        self.introduce(start.choice, true, out);
        let Some(calls) = self.calls_of(start.choice) else {
            return;
        };
        let index = calls.add(start.part);
        let call = Called {
            index,
            id: Some(&start.id),
            r#type: Some("function"),
            function: Some(Function {
                name: Some(&start.name),
                arguments: "",
            }),
            tidegate: None,
        };
        self.call(start.choice, call, out);
    }

    fn call(&mut self, choice: u32, call: Called<'_>, out: &mut BytesMut) {
        if self.shape.functions {
            return self.function_call(choice, call, out);
        }
        let delta = Delta {
            tool_calls: Some([call]),
            ..Delta::default()
        };
        self.chunk(choice, &delta, None, out);
    }

    /// The older form, which has a place for one call.
    fn function_call(&mut self, choice: u32, call: Called<'_>, out: &mut BytesMut) {
        match call {
            Called {
                index: 0,
                function: Some(function),
                ..
            } => {
                let delta = Delta {
                    function_call: Some(function),
                    ..Delta::default()
                };
                self.chunk(choice, &delta, None, out);
            }
            // The beginning of a second one.
            Called {
                index: 1,
                id: Some(_),
                ..
            } => self.warnings.push(functions::warning()),
            _ => {}
        }
    }

    fn detail(&mut self, choice: u32, detail: Detail<'_>, out: &mut BytesMut) {
        let delta = Delta {
            reasoning_details: Some([detail]),
            ..Delta::default()
        };
        self.chunk(choice, &delta, None, out);
    }

    /// The vendor's own state, beside what it belongs to.
    fn state(&mut self, metadata: &types::Metadata, out: &mut BytesMut) {
        let choice = metadata.choice;
        let tidegate = Opaque::new(&metadata.json);
        let Some(part) = metadata.part else {
            let delta = Delta {
                tidegate,
                ..Delta::default()
            };
            return self.chunk(choice, &delta, None, out);
        };
        if self.sound == Some((choice, part))
            && let Some(audio) = Audio::name(&metadata.json)
        {
            let delta = Delta {
                audio: Some(audio),
                ..Delta::default()
            };
            return self.chunk(choice, &delta, None, out);
        }
        if let Some(index) = self.place(choice, part) {
            let call = Called {
                index,
                id: None,
                r#type: None,
                function: None,
                tidegate,
            };
            self.call(choice, call, out);
        }
    }

    fn release(&mut self, out: &mut BytesMut) {
        if let Some(held) = self.held.take() {
            self.text(held.choice, &held.text, out);
        }
    }
}

impl Writer for Chunks {
    fn event(&mut self, event: StreamEvent, out: &mut BytesMut) {
        if let StreamEvent::Logprobs(logprobs) = event {
            let held = self
                .held
                .take_if(|held| held.choice == logprobs.choice && !logprobs.refusal);
            self.release(out);
            let delta = Delta {
                content: held.as_ref().map(|held| held.text.as_str()),
                ..Delta::default()
            };
            let tokens = logprobs.tokens.as_slice();
            let (content, refusal) = match logprobs.refusal {
                true => (&[][..], tokens),
                false => (tokens, &[][..]),
            };
            let logprobs_of = Logprobs::new(content, refusal);
            return self.chunk(logprobs.choice, &delta, logprobs_of, out);
        }
        self.release(out);
        match event {
            StreamEvent::TextDelta(delta) => match self.shape.logprobs {
                true => self.held = Some(delta),
                false => self.text(delta.choice, &delta.text, out),
            },
            StreamEvent::ReasoningDelta(piece) => {
                let delta = Delta {
                    reasoning_content: Some(&piece.text),
                    ..Delta::default()
                };
                self.chunk(piece.choice, &delta, None, out);
            }
            StreamEvent::ReasoningSignature(piece) => {
                let detail = Detail {
                    r#type: TEXT,
                    signature: Some(&piece.text),
                    index: piece.part,
                    ..Detail::default()
                };
                self.detail(piece.choice, detail, out);
            }
            StreamEvent::ReasoningRedacted(piece) => {
                let detail = Detail {
                    r#type: ENCRYPTED,
                    data: Some(&piece.text),
                    index: piece.part,
                    ..Detail::default()
                };
                self.detail(piece.choice, detail, out);
            }
            StreamEvent::ToolCallStart(start) => self.start_call(&start, out),
            StreamEvent::ToolCallDelta(piece) => {
                if let Some(index) = self.place(piece.choice, piece.part) {
                    let call = Called {
                        index,
                        id: None,
                        r#type: None,
                        function: Some(Function {
                            name: None,
                            arguments: &piece.text,
                        }),
                        tidegate: None,
                    };
                    self.call(piece.choice, call, out);
                }
            }
            StreamEvent::RefusalDelta(piece) => {
                let delta = Delta {
                    refusal: Some(&piece.text),
                    ..Delta::default()
                };
                self.chunk(piece.choice, &delta, None, out);
            }
            StreamEvent::Source(source) => {
                let delta = Delta {
                    annotations: Some([Annotation::from(&source)]),
                    ..Delta::default()
                };
                self.chunk(source.choice, &delta, None, out);
            }
            StreamEvent::File(file) => {
                let audio = Audio::data(&file.media).filter(|_| self.shape.audio);
                let made = || Some([Made::new(&file.media)]);
                let delta = match (Made::is_image(&file.media), audio) {
                    (true, _) => Delta {
                        images: made(),
                        ..Delta::default()
                    },
                    (false, Some(audio)) => {
                        self.sound = Some((file.choice, file.part));
                        Delta {
                            audio: Some(audio),
                            ..Delta::default()
                        }
                    }
                    (false, None) => Delta {
                        files: made(),
                        ..Delta::default()
                    },
                };
                self.chunk(file.choice, &delta, None, out);
            }
            StreamEvent::Metadata(metadata) => self.state(&metadata, out),
            StreamEvent::Answer(answer) => self.envelope.learn(answer),
            StreamEvent::Warning(warning) => self.warnings.push(warning),
            StreamEvent::Usage(usage) => self.usage = Some(usage),
            StreamEvent::Finish(finish) => self.finishes.push(finish),
            // The end of a call's arguments is not marked in this dialect; the rest has no place.
            StreamEvent::ToolCallEnd(_)
            | StreamEvent::Logprobs(_)
            | StreamEvent::Raw(_)
            | StreamEvent::Other(_) => {}
        }
    }

    fn end(&mut self, out: &mut BytesMut) {
        self.release(out);
        for finish in std::mem::take(&mut self.finishes) {
            self.finish(&finish, out);
        }
        self.envelope.end(self.usage.as_ref(), out);
    }

    fn failure(&mut self, failure: &Failure, out: &mut BytesMut) {
        self.release(out);
        out.put_slice(b"data: ");
        out.put_slice(&error::body(failure));
        out.put_slice(b"\n\n");
    }
}
