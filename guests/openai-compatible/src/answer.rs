//! From this dialect's answers to events.

mod error;
mod filter;
mod finish;
mod media;
mod progress;
mod reasoning_details;
mod sources;

use serde_json::json;
use tidegate_guest::types::{
    AnswerInfo, Error, ErrorKind, Metadata, ServerSentEvent, StreamEvent, Usage,
};
use tidegate_guest::{Io, Response, Result};

use crate::wire::{self, Chunk, XGroq};
pub(crate) use error::{in_band, unframed};
use media::sound_type;
use progress::Progress;
use sources::Sources;

/// Reads an answer, whole or streamed, as the upstream chose to send it.
pub async fn read(mut response: Response, extra: Option<&str>, io: &Io) -> Result<()> {
    let mut answer = Answer::new(io);
    if response.body.is_some() {
        let text = response.text();
        answer.chunk(&tidegate_guest::json::read(&response)?, &text)?;
        return answer.finish(Form::Whole, extra);
    }
    let content_type = response
        .header("content-type")
        .unwrap_or_default()
        .to_owned();
    while let Some(event) = response.event().await? {
        if event.data == "[DONE]" {
            break;
        }
        answer.event(&event)?;
    }
    if answer.choices.is_empty() {
        return Err(upstream(format!(
            "the upstream answered with `{content_type}` that holds no chunk of a stream"
        )));
    }
    answer.finish(Form::Streamed, extra)
}

/// How an answer came.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// A message that says no reason for its end is complete all the same.
    Whole,
    /// A stream that ends before every answer in it has was cut.
    Streamed,
}

/// The state of reading: everything but the text of one chunk.
struct Answer {
    io: Io,
    announced: bool,
    choices: Vec<Progress>,
    usage: Option<Usage>,
    sources: Sources,
    provider: String,
    service_tier: String,
    system_fingerprint: String,
    /// What Azure's filter thinks of the prompt, as JSON.
    prompt_filter: String,
}

impl Answer {
    fn new(io: &Io) -> Self {
        Answer {
            io: io.clone(),
            announced: false,
            choices: Vec::new(),
            usage: None,
            sources: Sources::default(),
            provider: String::new(),
            service_tier: String::new(),
            system_fingerprint: String::new(),
            prompt_filter: String::new(),
        }
    }

    fn event(&mut self, event: &ServerSentEvent) -> Result<()> {
        let data = event.data.as_str();
        if event.event.as_deref() == Some("error") {
            return Err(error::in_band(data));
        }
        // Pings of proxies carry no data worth the name.
        if data.trim().is_empty() {
            return Ok(());
        }
        let chunk = tidegate_guest::json::parse("a stream event", data)?;
        self.chunk(&chunk, data)
    }

    /// `json` is the text that `chunk` was read from.
    fn chunk(&mut self, chunk: &Chunk, json: &str) -> Result<()> {
        if let Some(error) = chunk.error {
            return Err(error::in_band(error.get()));
        }
        if chunk.choices.is_empty()
            && chunk.usage.is_none()
            && let Some(error) = unframed(json)
        {
            return Err(error);
        }
        self.announce(chunk);
        for choice in chunk.choices.iter() {
            if let Some(error) = choice.error {
                return Err(error::in_band(error.get()));
            }
            if let Some(progress) = self.progress(choice.index.unwrap_or(0)) {
                progress.read(choice);
            }
        }
        if chunk.search_results.is_some() || chunk.citations.is_some() {
            self.sources
                .read(chunk.search_results, chunk.citations, &self.io);
        }
        if let Some(usage) = chunk.usage {
            self.usage(usage.get());
        } else if let (Some(x_groq), None) = (chunk.x_groq, &self.usage) {
            let x_groq = serde_json::from_str::<XGroq>(x_groq.get());
            if let Ok(XGroq { usage: Some(usage) }) = x_groq {
                self.usage(usage.get());
            }
        }
        keep(&mut self.provider, &chunk.provider);
        keep(&mut self.service_tier, &chunk.service_tier);
        keep(&mut self.system_fingerprint, &chunk.system_fingerprint);
        if let Some(found) = chunk.prompt_filter_results {
            keep(&mut self.prompt_filter, found.get());
        }
        Ok(())
    }

    fn progress(&mut self, index: u32) -> Option<&mut Progress> {
        match self.choices.iter().position(|known| known.index == index) {
            Some(position) => self.choices.get_mut(position),
            None => {
                self.choices.push(Progress::new(&self.io, index));
                self.choices.last_mut()
            }
        }
    }

    fn announce(&mut self, chunk: &Chunk) {
        let (id, model) = (chunk.id.non_empty(), chunk.model.non_empty());
        if self.announced || (id.is_none() && model.is_none()) {
            return;
        }
        self.announced = true;
        self.io.event(StreamEvent::Answer(AnswerInfo {
            id: id.map(Into::into),
            model: model.map(Into::into),
            created_ms: chunk
                .created
                .filter(|&seconds| seconds > 0.0)
                .map(|seconds| seconds * 1000.0),
        }));
    }

    /// Emits token counts, unless they have been: Groq sends the same three times.
    fn usage(&mut self, json: &str) {
        let usage = wire::Usage::read(json);
        if usage.is_some() && usage != self.usage {
            self.usage = usage.clone();
            self.io.event(StreamEvent::Usage(usage.unwrap_or_default()));
        }
    }

    fn finish(mut self, form: Form, extra: Option<&str>) -> Result<()> {
        if self.choices.is_empty() {
            return Err(upstream("the answer of the upstream holds no choices"));
        }
        let finished = self.choices.iter().all(Progress::is_finished);
        if form == Form::Streamed && !finished {
            return Err(upstream(
                "the stream of the upstream ended before the answer did",
            ));
        }
        if let Some(json) = self.metadata() {
            for progress in &self.choices {
                self.io.event(StreamEvent::Metadata(Metadata {
                    choice: progress.index,
                    part: None,
                    json: json.clone(),
                }));
            }
        }
        let sound_type = sound_type(extra);
        self.choices.sort_by_key(|progress| progress.index);
        for progress in self.choices {
            progress.finish(sound_type);
        }
        Ok(())
    }

    /// What the vendor says of how the answer came about.
    fn metadata(&self) -> Option<String> {
        let members = [
            ("provider", &self.provider),
            ("service_tier", &self.service_tier),
            ("system_fingerprint", &self.system_fingerprint),
        ];
        let said = members.into_iter().filter(|(_, value)| !value.is_empty());
        let mut object: serde_json::Map<_, _> = said
            .map(|(name, value)| (name.to_owned(), json!(value)))
            .collect();
        if let Ok(found) = serde_json::from_str(&self.prompt_filter) {
            object.insert("prompt_filter_results".into(), found);
        }
        (!object.is_empty()).then(|| serde_json::Value::Object(object).to_string())
    }
}

fn upstream(message: impl Into<String>) -> Error {
    Error::new(ErrorKind::Upstream, message)
}

/// The first value stays: these members repeat in every chunk.
fn keep(kept: &mut String, value: &str) {
    if kept.is_empty() && !value.is_empty() {
        value.clone_into(kept);
    }
}
