//! From an answer to events: limits, pieces, log probabilities, pace.

use tidegate_guest::types::*;
use tidegate_guest::{Choice, Io, Result};

use crate::reply::Call;
use crate::{catalog, words};

/// How to speak, the same for all choices of an exchange.
pub struct Speech<'a> {
    io: &'a Io,
    model: &'a str,
    sampling: &'a Sampling,
    stream: bool,
    pace_ms: u32,
    /// Said so far, reasoning included.
    output: u32,
    reasoning: u32,
    finishes: Vec<FinishReason>,
}

impl<'a> Speech<'a> {
    /// Begins to speak.
    pub fn new(io: &'a Io, model: &'a str, sampling: &'a Sampling, stream: bool) -> Result<Self> {
        let pace = io.setting("pace-ms").unwrap_or("0");
        let pace_ms = pace.parse().map_err(|_| {
            let problem = format!("the setting `pace-ms` is no number of milliseconds: `{pace}`");
            Error::new(ErrorKind::Internal, problem)
        })?;
        io.event(StreamEvent::Answer(AnswerInfo {
            id: Some(format!("echo-{:08x}", io.context().seed)),
            model: Some(model.into()),
            created_ms: Some(io.context().now_ms),
        }));
        Ok(Speech {
            io,
            model,
            sampling,
            stream,
            pace_ms,
            output: 0,
            reasoning: 0,
            finishes: vec![],
        })
    }

    /// The next choice.
    pub fn choice(&self) -> Choice {
        Choice::new(self.io, self.index())
    }

    /// Says a text as the whole of the current choice, or what the limits leave of it.
    pub async fn text(&mut self, choice: &Choice, text: String) -> Result<()> {
        let (text, reason) = limit(text, self.sampling);
        let part = choice.last_part().map_or(0, |part| part + 1);
        self.output += words::count(&text);
        if let Some(top) = self.sampling.logprobs {
            self.certain(&text, top);
        }
        if self.stream {
            for piece in words::pieces(&text) {
                self.pause().await?;
                self.delta(part, piece.into());
            }
        } else if !text.is_empty() {
            self.delta(part, text);
        }
        self.finishes.push(reason);
        Ok(())
    }

    /// Declines.
    pub async fn refusal(&mut self, choice: &mut Choice, text: &str) -> Result<()> {
        self.output += words::count(text);
        for piece in self.pieces(text) {
            self.pause().await?;
            choice.refusal(piece);
        }
        self.finishes.push(FinishReason::ContentFilter);
        Ok(())
    }

    /// Reasons, at most for so many words.
    pub async fn reasoning(&mut self, choice: &mut Choice, budget: Option<u32>) -> Result<()> {
        let thought = "I say what I was told.";
        let thought = budget
            .and_then(|words| words::first(thought, words))
            .unwrap_or(thought);
        self.output += words::count(thought);
        self.reasoning += words::count(thought);
        for piece in self.pieces(thought) {
            self.pause().await?;
            choice.reasoning(piece);
        }
        choice.reasoning_signature("echo");
        Ok(())
    }

    /// Calls tools.
    pub fn calls(&mut self, choice: &mut Choice, calls: &[Call]) {
        for (key, call) in (0..).zip(calls) {
            self.output += 1 + words::count(&call.arguments);
            choice.tool_call_piece(key, None, Some(&call.name), "");
            let size = if self.stream { 8 } else { usize::MAX };
            for piece in words::slices(&call.arguments, size) {
                choice.tool_call_piece(key, None, None, piece);
            }
            choice.end_tool_call(key);
        }
        self.finishes.push(FinishReason::ToolCalls);
    }

    /// Ends all choices; `input` is the size of the prompt.
    pub fn finish(self, input: u32) -> Result<()> {
        catalog::fail_late(self.model)?;
        self.io.event(StreamEvent::Usage(Usage {
            input: Some(input),
            output: Some(self.output),
            reasoning: Some(self.reasoning),
            ..Usage::default()
        }));
        for (choice, reason) in (0..).zip(self.finishes) {
            self.io.event(StreamEvent::Finish(Finish {
                choice,
                reason,
                raw: None,
            }));
        }
        Ok(())
    }

    fn index(&self) -> u32 {
        u32::try_from(self.finishes.len()).unwrap_or(u32::MAX)
    }

    /// Not by way of [`Choice::text`], which would copy the text.
    fn delta(&self, part: u32, text: String) {
        self.io.event(StreamEvent::TextDelta(Delta {
            choice: self.index(),
            part,
            text,
        }));
    }

    fn pieces<'t>(&self, text: &'t str) -> Vec<&'t str> {
        match self.stream {
            true => words::pieces(text).collect(),
            false => vec![text],
        }
    }

    async fn pause(&self) -> Result<()> {
        match self.pace_ms {
            pace if pace > 0 && self.stream => self.io.wait(pace).await,
            _ => Ok(()),
        }
    }

    /// Reports every word as certain, which is why temperature and its like have no effect.
    fn certain(&self, text: &str, top: u32) {
        let tokens = words::pieces(text).map(|piece| {
            let token = Candidate {
                token: piece.into(),
                logprob: 0.0,
                bytes: None,
            };
            TokenLogprob {
                top: (top > 0).then(|| token.clone()).into_iter().collect(),
                token,
            }
        });
        self.io.event(StreamEvent::Logprobs(Logprobs {
            choice: self.index(),
            tokens: tokens.collect(),
            refusal: false,
        }));
    }
}

/// Cuts a text after as many words as allowed, then before the first stop text.
fn limit(mut text: String, sampling: &Sampling) -> (String, FinishReason) {
    let mut reason = FinishReason::Stop;
    let allowed = sampling
        .max_output_tokens
        .and_then(|words| words::first(&text, words));
    if let Some(length) = allowed.map(str::len) {
        text.truncate(length);
        reason = FinishReason::Length;
    }
    let stops = sampling.stop.iter().filter(|stop| !stop.is_empty());
    if let Some(end) = stops.filter_map(|stop| text.find(stop.as_str())).min() {
        text.truncate(end);
        reason = FinishReason::Stop;
    }
    (text, reason)
}
