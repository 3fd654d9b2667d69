//! From an answer, whole or streamed, to events. A stream is made of whole answers with a little of
//! the text in each; it has no end marker but that every candidate has a `finishReason`.
//!
//! | member | becomes |
//! |---|---|
//! | `responseId`, `modelVersion`, `createTime` | `answer` |
//! | `candidates` | see [`candidate`] |
//! | `promptFeedback.blockReason` | a refusal and `finish`, where nothing was answered |
//! | `usageMetadata` | `usage` |
//! | `error` | an error, whatever the status was |

mod candidate;

mod arguments;
mod finish;
mod logprobs;
mod sources;
mod usage;

mod wire;

use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Response, Result, json, time};

use self::candidate::Candidate;
use self::wire::{Chunk, PromptFeedback};
use crate::failure;

/// The most answers that an index may count up to; the vendor gives eight.
const MOST_CANDIDATES: u32 = 128;

/// An answer as it comes in.
pub struct Answer {
    io: Io,
    wanted: u32,
    /// By index.
    candidates: Vec<Candidate>,
    info: Option<AnswerInfo>,
    usage: Option<Usage>,
    blocked: Option<PromptFeedback>,
}

impl Answer {
    /// Nothing has come in yet. `wanted` is the number of candidates that were asked for.
    pub fn new(io: &Io, wanted: u32) -> Self {
        Answer {
            io: io.clone(),
            wanted,
            candidates: Vec::new(),
            info: None,
            usage: None,
            blocked: None,
        }
    }

    /// A whole answer, or all the pieces of a stream in an array.
    pub fn whole(&mut self, response: &Response) -> Result<()> {
        let body: Box<RawValue> = json::read(response)?;
        match body.get().starts_with('[') {
            true => {
                let chunks: Vec<&RawValue> = json::parse("the answer", body.get())?;
                chunks.iter().try_for_each(|chunk| self.chunk(chunk.get()))
            }
            false => self.chunk(body.get()),
        }
    }

    /// A piece of a stream.
    pub fn chunk(&mut self, data: &str) -> Result<()> {
        // Some relays end every stream the way OpenAI does.
        if data == "[DONE]" {
            return Ok(());
        }
        if data.starts_with('[')
            && let Some(error) = failure::in_band(data)
        {
            return Err(error);
        }
        let chunk: Chunk = json::parse("the answer", data)?;
        if chunk.error.is_some()
            && let Some(error) = failure::in_band(data)
        {
            return Err(error);
        }
        self.identify(&chunk);
        for candidate in chunk.candidates.unwrap_or_default() {
            self.candidate(candidate.index)?.take(candidate)?;
        }
        if let Some(raw) = chunk.prompt_feedback {
            self.feedback(raw)?;
        }
        if let Some(usage) = chunk.usage_metadata.and_then(usage::read)
            && self.usage.as_ref() != Some(&usage)
        {
            self.io.event(StreamEvent::Usage(usage.clone()));
            self.usage = Some(usage);
        }
        Ok(())
    }

    /// Whether everything has been said.
    pub fn is_complete(&self) -> bool {
        let enough = self.candidates.len() >= usize::try_from(self.wanted).unwrap_or(usize::MAX);
        (enough || self.blocked.is_some()) && self.candidates.iter().all(Candidate::is_complete)
    }

    /// The end.
    pub fn finish(self) -> Result<()> {
        if self.candidates.is_empty() {
            let Some(blocked) = self.blocked else {
                return Err(Error::new(
                    ErrorKind::Upstream,
                    "the upstream ended the answer before it began",
                ));
            };
            let reason = blocked.block_reason.unwrap_or_default();
            let message = blocked.block_reason_message;
            Candidate::new(&self.io, 0).refuse(&reason, message.as_deref());
            return Ok(());
        }
        self.candidates.into_iter().try_for_each(Candidate::finish)
    }

    fn candidate(&mut self, index: u32) -> Result<&mut Candidate> {
        if index >= MOST_CANDIDATES {
            return Err(Error::new(
                ErrorKind::Upstream,
                format!("the upstream numbers a candidate {index}"),
            ));
        }
        let place = self.candidates.binary_search_by_key(&index, |it| it.index);
        let place = place.unwrap_or_else(|place| {
            let candidate = Candidate::new(&self.io, index);
            self.candidates.insert(place, candidate);
            place
        });
        let candidate = self.candidates.get_mut(place);
        candidate.ok_or_else(|| Error::new(ErrorKind::Internal, "a candidate is gone"))
    }

    fn identify(&mut self, chunk: &Chunk) {
        let info = AnswerInfo {
            id: chunk.response_id.clone(),
            model: chunk.model_version.clone(),
            created_ms: chunk.create_time.as_deref().and_then(time::rfc3339_ms),
        };
        // Every piece of a stream says the same.
        if info != AnswerInfo::default() && self.info.as_ref() != Some(&info) {
            self.io.event(StreamEvent::Answer(info.clone()));
            self.info = Some(info);
        }
    }

    fn feedback(&mut self, raw: &RawValue) -> Result<()> {
        let feedback: PromptFeedback = json::parse("the feedback", raw.get())?;
        if feedback.block_reason.is_some() {
            let event = format!("{{\"promptFeedback\":{raw}}}");
            self.io.event(StreamEvent::Raw(event));
            self.blocked = Some(feedback);
        }
        Ok(())
    }
}
