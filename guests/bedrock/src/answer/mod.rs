//! From an answer, whole or
//! [streamed](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ConverseStream.html), to
//! events.
//!
//! | stream event | becomes |
//! |---|---|
//! | the head | `answer`, by the id of the request |
//! | `contentBlockStart`, `contentBlockDelta`, `contentBlockStop` | see [`blocks`] |
//! | `messageStop` | its stop reason is kept for the end |
//! | `metadata` | `usage`; `raw` for what a guardrail or a router did; `metadata` of the message, `finish` |
//! | an exception | an error |
//! | anything unknown, `messageStart` | nothing |

mod wire;

mod blocks;
mod citation;
mod usage;

use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Response, Result, json};

use self::blocks::Blocks;
use self::wire::{Converse, Event};
use crate::failure;
use crate::state::{self, MessageState};

/// An answer as it comes in.
pub struct Answer {
    io: Io,
    blocks: Blocks,
    stop_reason: Option<String>,
}

impl Answer {
    /// The head has come in.
    pub fn new(io: &Io, response: &Response) -> Self {
        if let Some(id) = response.header("x-amzn-requestid") {
            io.event(StreamEvent::Answer(AnswerInfo {
                id: Some(id.into()),
                model: None,
                created_ms: None,
            }));
        }
        Answer {
            io: io.clone(),
            blocks: Blocks::new(io),
            stop_reason: None,
        }
    }

    /// A whole answer, from its first block to its end.
    pub fn whole(mut self, response: &Response) -> Result<()> {
        let answer: Converse = json::read(response)?;
        let content = answer.output.and_then(|it| it.message?.content);
        for (index, block) in (0u32..).zip(content.unwrap_or_default()) {
            self.blocks.whole(index, block)?;
        }
        self.stop_reason = answer.stop_reason;
        self.end(
            answer.usage,
            answer.trace,
            answer.additional_model_response_fields,
        );
        self.finish()
    }

    /// One message of a stream. `true`: the answer is complete.
    pub fn event(&mut self, message: &EventStreamMessage) -> Result<bool> {
        if let Some(error) = failure::in_band(message) {
            return Err(error);
        }
        let payload = failure::payload(message);
        let parse = || json::parse::<Event>("a stream event", &payload);
        match failure::header(message, ":event-type") {
            Some("contentBlockStart") => {
                let event = parse()?;
                if let Some(start) = event.start {
                    self.blocks.start(event.content_block_index, start)?;
                }
            }
            Some("contentBlockDelta") => {
                let event = parse()?;
                if let Some(delta) = event.delta {
                    self.blocks.delta(event.content_block_index, delta)?;
                }
            }
            Some("contentBlockStop") => self.blocks.stop(parse()?.content_block_index)?,
            Some("messageStop") => {
                let event = parse()?;
                self.stop_reason = event.stop_reason.or(self.stop_reason.take());
                self.end(None, None, event.additional_model_response_fields);
            }
            Some("metadata") => {
                let event = parse()?;
                self.end(event.usage, event.trace, None);
                return Ok(self.stop_reason.is_some());
            }
            _ => {}
        }
        Ok(false)
    }

    /// The end. An answer that gave no reason to end was cut off.
    pub fn finish(mut self) -> Result<()> {
        let Some(raw) = self.stop_reason else {
            return Err(Error::new(
                ErrorKind::Upstream,
                "the upstream ended the answer without a `stopReason`",
            ));
        };
        let after = self.blocks.close()?;
        if !after.is_empty() {
            let state = state::write(&MessageState { after })?;
            self.blocks.choice.metadata(None, state);
        }
        self.blocks.choice.finish(reason(&raw), Some(&raw));
        Ok(())
    }

    /// What is told once the blocks are complete.
    fn end(&self, usage: Option<&RawValue>, trace: Option<&RawValue>, fields: Option<&RawValue>) {
        if let Some(usage) = usage {
            self.io.event(StreamEvent::Usage(usage::usage(usage)));
        }
        for (name, told) in [("trace", trace), ("additionalModelResponseFields", fields)] {
            if let Some(told) = told {
                let raw = format!(r#"{{"{name}":{told}}}"#);
                self.io.event(StreamEvent::Raw(raw));
            }
        }
    }
}

/// [Stop reasons](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html#API_runtime_Converse_ResponseSyntax).
fn reason(raw: &str) -> FinishReason {
    match raw {
        "end_turn" | "stop_sequence" => FinishReason::Stop,
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "tool_use" => FinishReason::ToolCalls,
        "guardrail_intervened" | "content_filtered" => FinishReason::ContentFilter,
        // The model wrote what the vendor could not read.
        "malformed_model_output" | "malformed_tool_use" => FinishReason::Error,
        _ => FinishReason::Other,
    }
}
