//! From an answer, whole or [streamed](https://docs.cohere.com/reference/chat-stream), to events.
//!
//! | stream event | becomes |
//! |---|---|
//! | `message-start` | `answer` |
//! | `content-start`, `content-delta` | text or reasoning, a part for each index; `logprobs` |
//! | `tool-plan-delta` | text: what the model says before it calls tools |
//! | `tool-call-start`, `-delta`, `-end` | a tool call by its index |
//! | `citation-start` | a `source` for each source of the citation |
//! | `message-end` | `usage`, `finish`; its reason `ERROR` is an error |
//! | `content-end`, `citation-end`, `debug`, anything unknown | nothing |
//!
//! A whole answer holds the same things in lists.

mod wire;

mod citation;
mod logprobs;
mod usage;
mod end;

use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Choice, Io, Response, Result, json};

use self::end::End;
pub use self::usage::count;
use self::wire::{Content, Event, Message, ToolCall, Whole};

/// An answer as it comes in.
pub struct Answer {
    io: Io,
    choice: Choice,
    /// The parts that the vendor's contents became, by their numbers.
    contents: Vec<(u32, u32)>,
    /// The part that the plan became.
    plan: Option<u32>,
    end: Option<End>,
}

impl Answer {
    /// Nothing has come in yet.
    pub fn new(io: &Io) -> Self {
        Answer {
            io: io.clone(),
            choice: Choice::new(io, 0),
            contents: Vec::new(),
            plan: None,
            end: None,
        }
    }

    /// A whole answer.
    pub fn whole(&mut self, response: &Response) -> Result<()> {
        let whole: Whole = json::read(response)?;
        // Where a failure has its sentence, an answer has an object.
        let message = whole.message.filter(|raw| raw.get().starts_with('{'));
        let Some(message) = message else {
            return Err(end::in_band(&response.text()));
        };
        let message: Message = json::parse("the message", message.get())?;
        self.start(whole.id);
        self.plan(&message.tool_plan);
        for (index, content) in (0..).zip(message.content.iter()) {
            self.choice.end_part();
            self.content(index, content);
        }
        for call in message.tool_calls.iter() {
            let ToolCall { id, function } = call;
            self.choice
                .tool_call(id.as_deref(), &function.name, &function.arguments);
        }
        self.citations(message.citations);
        self.logprobs(whole.logprobs);
        self.end(whole.usage, End::new(whole.finish_reason, whole.error));
        Ok(())
    }

    /// One event of a stream. `true`: the answer is complete.
    pub fn event(&mut self, event: &ServerSentEvent) -> Result<bool> {
        let data = event.data.as_str();
        if data.trim().is_empty() || data == "[DONE]" {
            return Ok(false);
        }
        let event: Event = match serde_json::from_str(data) {
            Ok(event) => event,
            // An event that is not known may have any shape.
            Err(_) if wire::is_unknown(data) => return Ok(false),
            Err(_) => json::parse("a stream event", data)?,
        };
        let delta = event.delta.unwrap_or_default();
        let message = delta.message.unwrap_or_default();
        let index = event.index;
        match &*event.kind {
            "content-delta" => {
                for content in message.content.iter() {
                    self.content(index, content);
                }
                self.logprobs(event.logprobs);
            }
            "content-start" => {
                self.choice.end_part();
                for content in message.content.iter() {
                    self.content(index, content);
                }
            }
            "tool-plan-delta" => self.plan(&message.tool_plan),
            "tool-call-start" | "tool-call-delta" => {
                for ToolCall { id, function } in message.tool_calls.iter() {
                    let (id, name) = (id.as_deref(), Some(&*function.name));
                    self.choice
                        .tool_call_piece(index, id, name, &function.arguments);
                }
            }
            "tool-call-end" => self.choice.end_tool_call(index),
            "citation-start" => self.citations(message.citations),
            "message-start" => self.start(event.id),
            "message-end" => {
                self.end(delta.usage, End::new(delta.finish_reason, delta.error));
                return Ok(true);
            }
            "" | "error" => return Err(end::in_band(data)),
            _ => {}
        }
        Ok(false)
    }

    /// The end. An answer that gave no reason to end was cut off.
    pub fn finish(mut self) -> Result<()> {
        let Some(end) = self.end else {
            return Err(Error::new(
                ErrorKind::Upstream,
                "the answer of Cohere ended before it was complete",
            ));
        };
        let (reason, raw) = end.reason()?;
        self.choice.finish(reason, Some(raw));
        Ok(())
    }

    fn start(&mut self, id: Option<String>) {
        if id.is_some() {
            self.io.event(StreamEvent::Answer(AnswerInfo {
                id,
                ..AnswerInfo::default()
            }));
        }
    }

    fn plan(&mut self, plan: &str) {
        if !plan.is_empty() {
            self.choice.text(plan);
            self.plan = self.choice.last_part();
        }
    }

    fn content(&mut self, index: u32, content: &Content) {
        self.choice.reasoning(&content.thinking);
        self.choice.text(&content.text);
        let empty = content.thinking.is_empty() && content.text.is_empty();
        let known = self.contents.iter().any(|&(known, _)| known == index);
        if let Some(part) = self.choice.last_part()
            && !empty
            && !known
        {
            self.contents.push((index, part));
        }
    }

    fn citations(&mut self, citations: Option<&RawValue>) {
        for citation in citation::list(citations) {
            let part = match citation.of_plan() {
                true => self.plan,
                false => self.part(citation.content_index),
            };
            for source in citation.sources(part) {
                self.io.event(StreamEvent::Source(source));
            }
        }
    }

    /// The part of a content. Older models do not number what they cite in, and have one text.
    fn part(&self, index: Option<u32>) -> Option<u32> {
        let index = index.unwrap_or(0);
        let content = self.contents.iter().find(|&&(known, _)| known == index);
        content.map(|&(_, part)| part)
    }

    fn logprobs(&mut self, raw: Option<&RawValue>) {
        let tokens = logprobs::tokens(raw);
        if !tokens.is_empty() {
            self.io.event(StreamEvent::Logprobs(Logprobs {
                choice: 0,
                tokens,
                refusal: false,
            }));
        }
    }

    fn end(&mut self, usage: Option<&RawValue>, end: Option<End>) {
        if let Some(usage) = usage.and_then(usage::read) {
            self.io.event(StreamEvent::Usage(usage));
        }
        self.end = end;
    }
}
