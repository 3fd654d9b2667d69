//! From this API's answers, whole or streamed, to events.
//!
//! | stream event | becomes |
//! |---|---|
//! | `response.created`, `queued`, `in_progress` | `answer`, once |
//! | `response.output_item.added`, `.done`, `….delta`, `….annotation.added` | see [`output`] |
//! | `response.completed`, `incomplete` | what has not come before, `usage`, `metadata`, `finish` |
//! | `response.failed`, `cancelled`, `error` | an error, whatever the status was |
//! | anything else | nothing |
//!
//! <https://platform.openai.com/docs/api-reference/responses-streaming>

mod output;
mod message;
mod thought;
mod call;
mod picture;
mod parts;
mod finish;
mod usage;
mod wire;

use serde_json::value::RawValue;
use tidegate_guest::errors::VendorError;
use tidegate_guest::types::{AnswerInfo, Error, ErrorKind, StreamEvent};
use tidegate_guest::{Io, Response, Result, json};

use crate::answer::{in_band, unframed};
use finish::Ending;
use output::Output;
use thought::Shown;
use wire::Event;

/// Reads an answer, whole or streamed, as the upstream chose to send it.
pub async fn read(mut response: Response, io: &Io) -> Result<()> {
    let mut answer = Answer {
        io: io.clone(),
        output: Output::new(io),
        announced: false,
    };
    // A relay that cannot stream may answer a streaming request whole.
    if response.body.is_some() {
        return answer.whole(&response);
    }
    let content_type = response
        .header("content-type")
        .unwrap_or_default()
        .to_owned();
    let mut events = 0;
    while let Some(event) = response.event().await? {
        events += 1;
        if answer.event(&event.data)? {
            // The answer is complete, but the connection can only serve another request once it is
            // read to the end. Whatever goes wrong there no longer matters.
            while let Ok(Some(_)) = response.frame().await {}
            return Ok(());
        }
    }
    Err(upstream(match events {
        0 => format!("the upstream answered with `{content_type}` that holds no event of a stream"),
        _ => "the stream of the upstream ended before the answer did".into(),
    }))
}

struct Answer {
    io: Io,
    output: Output,
    announced: bool,
}

impl Answer {
    fn whole(&mut self, response: &Response) -> Result<()> {
        let answer: wire::Response = json::read(response)?;
        if answer.output.is_none() && answer.status.is_empty() {
            return Err(unframed(&response.text())
                .unwrap_or_else(|| upstream("the answer of the upstream holds no output")));
        }
        self.end(&answer)
    }

    /// Takes an event; says whether it was the last.
    fn event(&mut self, data: &str) -> Result<bool> {
        // Pings of proxies carry no data worth the name; some end by the mark of another API.
        if data.trim().is_empty() || data == "[DONE]" {
            return Ok(false);
        }
        let event: Event = json::parse("a stream event", data)?;
        let (item, content) = (event.output_index, event.content_index);
        let output = &mut self.output;
        match &*event.kind {
            "response.output_text.delta" => {
                output.text(item, content, &event.delta, &event.logprobs);
            }
            "response.refusal.delta" => output.refusal(item, content, &event.delta),
            "response.reasoning_summary_text.delta" => {
                output.reasoning(item, Shown::Summary(event.summary_index), &event.delta);
            }
            "response.reasoning_text.delta" => {
                output.reasoning(item, Shown::Text(content), &event.delta);
            }
            "response.function_call_arguments.delta" | "response.custom_tool_call_input.delta" => {
                output.arguments(item, &event.delta);
            }
            "response.output_text.annotation.added" => {
                output.annotation(item, content, event.annotation);
            }
            "response.output_item.added" => output.added(item, event.item)?,
            "response.output_item.done" => output.done(item, event.item)?,
            "response.created" | "response.queued" | "response.in_progress" => {
                self.begin(event.response)?;
            }
            "response.completed"
            | "response.incomplete"
            | "response.failed"
            | "response.cancelled" => {
                let raw = event.response.ok_or_else(|| {
                    upstream(format!("`{}` of the upstream says nothing", &*event.kind))
                })?;
                self.end(&json::parse("the answer", raw.get())?)?;
                return Ok(true);
            }
            "error" => return Err(failure(&event)),
            // An error of a proxy, in the form of no event at all.
            "" if event.error.is_some() => return Err(failure(&event)),
            _ => {}
        }
        Ok(false)
    }

    fn begin(&mut self, raw: Option<&RawValue>) -> Result<()> {
        if let (Some(raw), false) = (raw, self.announced) {
            let answer: wire::Response = json::parse("the answer", raw.get())?;
            self.announce(&answer);
        }
        Ok(())
    }

    fn announce(&mut self, answer: &wire::Response) {
        let (id, model) = (answer.id.non_empty(), answer.model.non_empty());
        if self.announced || (id.is_none() && model.is_none()) {
            return;
        }
        self.announced = true;
        self.io.event(StreamEvent::Answer(AnswerInfo {
            id: id.map(Into::into),
            model: model.map(Into::into),
            created_ms: answer
                .created_at
                .filter(|&seconds| seconds > 0.0)
                .map(|seconds| seconds * 1000.0),
        }));
    }

    /// The answer as it is in the end: all of it where nothing was streamed.
    fn end(&mut self, answer: &wire::Response) -> Result<()> {
        self.announce(answer);
        let ending = Ending::read(answer)?;
        self.output
            .settle(answer.output.as_deref().unwrap_or_default())?;
        if ending.is_whole() {
            self.output.end_calls();
        }
        if let Some(usage) = answer.usage.and_then(|raw| usage::read(raw.get())) {
            self.io.event(StreamEvent::Usage(usage));
        }
        let after = self.output.parts.take_between();
        if let Some(json) = finish::metadata(answer, after) {
            self.output.parts.metadata(None, json);
        }
        let (reason, raw) = ending.reason(self.output.has_calls());
        self.output.parts.finish(reason, raw);
        Ok(())
    }
}

/// What an `error` event says: in a member of its own, or itself.
///
/// <https://platform.openai.com/docs/api-reference/responses-streaming/error>
fn failure(event: &Event) -> Error {
    if let Some(error) = event.error {
        return in_band(error.get());
    }
    let vendor = VendorError {
        message: match event.message.non_empty() {
            Some(message) => message.into(),
            None => "the upstream failed after having begun to answer".into(),
        },
        code: event.code.non_empty().map(Into::into),
        kind: None,
    };
    vendor.into_error(200)
}

fn upstream(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Upstream, message)
}
