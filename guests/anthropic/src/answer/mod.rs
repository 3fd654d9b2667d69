//! From an answer, whole or
//! [streamed](https://platform.claude.com/docs/en/build-with-claude/streaming), to events.
//!
//! | stream event | becomes |
//! |---|---|
//! | `message_start` | `answer`, and `usage` so far |
//! | `content_block_start`, `_delta`, `_stop` | see [`blocks`] |
//! | `message_delta` | `usage`; its stop reason is kept for the end |
//! | `message_stop` | `metadata` of the message, `finish` |
//! | `error` | an error, whatever the status was |
//! | `ping` and anything unknown | nothing, as the vendor asks |

mod wire;

mod blocks;
mod citation;
mod usage;

use serde_json::value::RawValue;
use tidegate_guest::errors::VendorError;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Response, Result, json};

use self::blocks::Blocks;
use self::usage::Tokens;
use self::wire::{Delta, Event, Message};
use crate::state::{self, MessageState};

/// An answer as it comes in.
pub struct Answer {
    io: Io,
    blocks: Blocks,
    tokens: Tokens,
    state: MessageState,
    stop_reason: Option<String>,
}

impl Answer {
    /// Nothing has come in yet.
    pub fn new(io: &Io) -> Self {
        Answer {
            io: io.clone(),
            blocks: Blocks::new(io),
            tokens: Tokens::default(),
            state: MessageState::default(),
            stop_reason: None,
        }
    }

    /// A whole message, from its first block to its end.
    pub fn whole(mut self, response: &Response) -> Result<()> {
        let body: Box<RawValue> = json::read(response)?;
        let message: Message = json::parse("the answer", body.get())?;
        if message.kind == "error" {
            return Err(in_band(body.get()));
        }
        self.message(message)?;
        self.finish()
    }

    /// One event of a stream. `true`: the message is complete.
    pub fn event(&mut self, data: &str) -> Result<bool> {
        // Some relays end every stream the way OpenAI does.
        if data == "[DONE]" {
            return Ok(false);
        }
        let event: Event = match serde_json::from_str(data) {
            Ok(event) => event,
            // An event that is not known may have any shape.
            Err(_) if wire::is_unknown(data) => return Ok(false),
            Err(_) => json::parse("a stream event", data)?,
        };
        match &*event.kind {
            "message_start" => {
                if let Some(message) = event.message {
                    self.message(json::parse("a stream event", message.get())?)?;
                }
            }
            "content_block_start" => {
                if let Some(block) = event.content_block {
                    self.blocks.start(event.index, block)?;
                }
            }
            "content_block_delta" => {
                if let Some(delta) = &event.delta {
                    self.blocks.delta(event.index, delta, data);
                }
            }
            "content_block_stop" => self.blocks.stop(event.index)?,
            "message_delta" => {
                if let Some(delta) = event.delta {
                    self.message_delta(delta);
                }
                self.usage(event.usage);
            }
            "message_stop" => return Ok(true),
            "error" => return Err(in_band(data)),
            _ => {}
        }
        Ok(false)
    }

    /// The end. An answer that gave no reason to end was cut off.
    pub fn finish(mut self) -> Result<()> {
        let Some(raw) = self.stop_reason else {
            return Err(Error::new(
                ErrorKind::Upstream,
                "the upstream ended the answer without a `stop_reason`",
            ));
        };
        self.state.after = self.blocks.close()?;
        if !self.state.is_empty() {
            let state = state::write(&self.state)?;
            self.blocks.choice.metadata(None, state);
        }
        self.blocks.choice.finish(reason(&raw), Some(&raw));
        Ok(())
    }

    fn message(&mut self, message: Message) -> Result<()> {
        if message.id.is_some() || message.model.is_some() {
            self.io.event(StreamEvent::Answer(AnswerInfo {
                id: message.id,
                model: message.model,
                created_ms: None,
            }));
        }
        // Empty at the start of most streams; calls that code of the vendor's made come here whole.
        for (index, block) in (0u32..).zip(message.content.unwrap_or_default()) {
            self.blocks.start(index, block)?;
            self.blocks.stop(index)?;
        }
        self.usage(message.usage);
        self.message_delta(Delta {
            stop_reason: message.stop_reason,
            stop_sequence: message.stop_sequence,
            stop_details: message.stop_details,
            container: message.container,
            ..Delta::default()
        });
        Ok(())
    }

    fn message_delta(&mut self, delta: Delta) {
        if delta.stop_reason.is_some() {
            self.stop_reason = delta.stop_reason;
        }
        if delta.stop_sequence.is_some() {
            self.state.stop_sequence = delta.stop_sequence;
        }
        if let Some(container) = delta.container {
            // One of an unknown shape could not be named again anyway.
            self.state.container = serde_json::from_str(container.get()).ok();
        }
        if let Some(details) = delta.stop_details {
            if let Some(explanation) = wire::explanation(details) {
                self.blocks.choice.refusal(&explanation);
            }
            self.state.stop_details = Some(details.to_owned());
        }
    }

    fn usage(&mut self, usage: Option<&RawValue>) {
        if let Some(usage) = usage {
            self.tokens.update(usage);
            self.io.event(StreamEvent::Usage(self.tokens.usage()));
        }
    }
}

/// [Stop reasons](https://platform.claude.com/docs/en/build-with-claude/handling-stop-reasons).
fn reason(raw: &str) -> FinishReason {
    match raw {
        "end_turn" | "stop_sequence" => FinishReason::Stop,
        "max_tokens" | "model_context_window_exceeded" => FinishReason::Length,
        "tool_use" => FinishReason::ToolCalls,
        "refusal" => FinishReason::ContentFilter,
        // `pause_turn`: the vendor's own tools take long; handing the message back goes on.
        _ => FinishReason::Other,
    }
}

/// An error that came in an answer of status 200.
fn in_band(data: &str) -> Error {
    let found = serde_json::from_str(data)
        .ok()
        .and_then(|body| VendorError::find(&body));
    let vendor = found.unwrap_or_else(|| VendorError {
        message: "the upstream reports an error without saying which".into(),
        ..VendorError::default()
    });
    Error {
        body: Some(tidegate_guest::errors::excerpt(data)),
        ..vendor.into_error(200)
    }
}
