//! One answer on standard output: as text while it is made, or as JSON.

use std::time::Instant;

use futures::StreamExt as _;
use tidegate_host::json::to_json;
use tidegate_host::types::{AnswerInfo, FinishReason, Message, StreamEvent, Usage};
use tidegate_host::{Completion, Error, EventStream, Fault, Fold};

use super::Talk;
use crate::failure::{Failure, print_note, print_warning};

impl Talk {
    /// The whole completion as one JSON document.
    pub(super) async fn print_completion(
        &mut self,
        stream: EventStream,
    ) -> Result<Message, Failure> {
        let completion = stream.complete().await;
        let completion = completion.map_err(|error| self.setup.failed(&self.provider, error))?;
        let json = to_json(&completion).map_err(|error| self.contract(error))?;
        let text = match self.output.is_terminal() {
            true => format!("{json:#}"),
            false => json.to_string(),
        };
        self.output.line(&text)?;
        self.message(completion)
    }

    /// Each event as a line of JSON.
    pub(super) async fn print_events(
        &mut self,
        mut stream: EventStream,
    ) -> Result<Message, Failure> {
        let mut fold = Fold::default();
        while let Some(event) = stream.next().await {
            let event = event.map_err(|error| self.setup.failed(&self.provider, error))?;
            let json = to_json(&event).map_err(|error| self.contract(error))?;
            self.output.line(&json.to_string())?;
            fold.push(event).map_err(|problem| self.contract(problem))?;
        }
        let completion = fold.complete().map_err(|problem| self.contract(problem))?;
        self.message(completion)
    }

    /// The text as it comes; what is no text is mentioned on standard error.
    pub(super) async fn print_text(
        &mut self,
        mut stream: EventStream,
        began: Instant,
    ) -> Result<Message, Failure> {
        let mut fold = Fold::default();
        while let Some(event) = stream.next().await {
            let event = match event {
                Ok(event) => event,
                Err(error) => {
                    self.output.end_line()?;
                    return Err(self.setup.failed(&self.provider, error));
                }
            };
            self.print_event(&event)?;
            fold.push(event).map_err(|problem| self.contract(problem))?;
        }
        self.output.end_line()?;
        let completion = fold.complete().map_err(|problem| self.contract(problem))?;
        if self.setup.common.verbose {
            print_facts(&completion, began);
        }
        self.message(completion)
    }

    fn print_event(&mut self, event: &StreamEvent) -> Result<(), Failure> {
        match event {
            StreamEvent::TextDelta(delta) | StreamEvent::RefusalDelta(delta) => {
                self.output.text(&delta.text)?;
            }
            StreamEvent::ReasoningDelta(delta) => self.output.aside(&delta.text)?,
            StreamEvent::Warning(warning) => {
                self.output.end_line()?;
                match &warning.subject {
                    Some(subject) => print_warning(&format!("`{subject}`: {}", warning.message)),
                    None => print_warning(&warning.message),
                }
            }
            StreamEvent::ToolCallStart(call) => {
                self.output.end_line()?;
                print_note(&format!(
                    "the model calls the tool `{}`; `--json` shows the call",
                    call.name
                ));
            }
            StreamEvent::File(file) => {
                self.output.end_line()?;
                let kind = file.media.media_type.as_deref().unwrap_or("unknown type");
                print_note(&format!(
                    "the answer holds a file ({kind}); `--json` shows it"
                ));
            }
            StreamEvent::Finish(finish) => {
                let why = match finish.reason {
                    FinishReason::Stop | FinishReason::ToolCalls => return Ok(()),
                    FinishReason::Length => "at the limit of tokens",
                    FinishReason::ContentFilter => "because of a content filter",
                    FinishReason::Error => "because the upstream failed",
                    FinishReason::Other => "for a reason of the vendor's",
                };
                self.output.end_line()?;
                let raw = finish
                    .raw
                    .as_ref()
                    .map(|raw| format!(" (`{raw}`)"))
                    .unwrap_or_default();
                print_note(&format!("the answer ends {why}{raw}"));
            }
            _ => {}
        }
        Ok(())
    }

    fn message(&self, completion: Completion) -> Result<Message, Failure> {
        let first = completion.choices.into_iter().next();
        first
            .map(|choice| choice.message)
            .ok_or_else(|| self.contract("it emitted no choice"))
    }

    fn contract(&self, problem: impl ToString) -> Failure {
        Failure::Host(Error::Guest {
            provider: self.provider.clone(),
            fault: Fault::Contract(problem.to_string()),
        })
    }
}

/// Model, usage and time.
fn print_facts(completion: &Completion, began: Instant) {
    let AnswerInfo { model, .. } = &completion.answer;
    let mut facts = vec![];
    facts.extend(model.clone());
    facts.extend(completion.usage.as_ref().map(show_usage));
    facts.push(format!("{:.1} s", began.elapsed().as_secs_f64()));
    print_note(&facts.join(", "));
    for source in completion.choices.iter().flat_map(|choice| &choice.sources) {
        let url = source.url.as_deref().unwrap_or_default();
        print_note(&format!(
            "source: {} {url}",
            source.title.as_deref().unwrap_or_default()
        ));
    }
}

/// `12 tokens in (3 from cache), 40 out (20 reasoning)`.
pub fn show_usage(usage: &Usage) -> String {
    let beside = |count: Option<u32>, what: &str| match count {
        Some(count) if count > 0 => format!(" ({count} {what})"),
        _ => String::new(),
    };
    let input = usage.input.map(|count| {
        format!(
            "{count} tokens in{}",
            beside(usage.cache_read, "from cache")
        )
    });
    let output = usage
        .output
        .map(|count| format!("{count} out{}", beside(usage.reasoning, "reasoning")));
    let both: Vec<String> = input.into_iter().chain(output).collect();
    both.join(", ")
}
