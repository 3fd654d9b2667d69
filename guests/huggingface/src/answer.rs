//! From the answers of text generation to events: whole, or token by token.
//!
//! The last token of a stream comes with the whole text and the details, and is the end of it; what stops
//! before was cut.

use serde::Deserialize;
use tidegate_guest::errors::{VendorError, excerpt};
use tidegate_guest::types::*;
use tidegate_guest::{Choice, Io, Response, Result, json};

use crate::failure::kind;

#[derive(Deserialize)]
#[serde(untagged)]
enum Whole {
    Several(Vec<Generated>),
    One(Generated),
}

#[derive(Deserialize)]
struct Generated {
    generated_text: String,
    details: Option<Details>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Event {
    token: Option<Token>,
    generated_text: Option<String>,
    details: Option<Details>,
    error: Option<String>,
    error_type: Option<String>,
}

#[derive(Deserialize)]
struct Token {
    text: String,
    logprob: Option<f64>,
    #[serde(default)]
    special: bool,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Details {
    finish_reason: String,
    generated_tokens: Option<u32>,
    /// In streams.
    input_length: Option<u32>,
    /// In whole answers.
    tokens: Vec<Token>,
}

/// One answer in the making.
pub struct Answer {
    pub choice: Choice,
    io: Io,
    index: u32,
    wants_logprobs: bool,
    used: Usage,
}

impl Answer {
    /// `used`: what the answers before it have used.
    pub fn new(io: &Io, index: u32, wants_logprobs: bool, used: Usage) -> Self {
        Answer {
            choice: Choice::new(io, index),
            io: io.clone(),
            index,
            wants_logprobs,
            used,
        }
    }

    /// Reads it to its end; gives what has been used so far.
    pub async fn read(mut self, mut response: Response) -> Result<Usage> {
        if response.body.is_some() {
            let generated = match json::read(&response)? {
                Whole::One(generated) => Some(generated),
                Whole::Several(generated) => generated.into_iter().next(),
            };
            let generated = generated.ok_or_else(|| {
                Error::new(
                    ErrorKind::Upstream,
                    "the answer of the upstream holds no text",
                )
            })?;
            self.choice.text(&generated.generated_text);
            let details = generated.details.unwrap_or_default();
            self.logprobs(&details.tokens);
            return Ok(self.finish(&details));
        }
        while let Some(event) = response.event().await? {
            let data = event.data.as_str();
            if data.trim().is_empty() || data == "[DONE]" {
                continue;
            }
            let event: Event = json::parse("a stream event", data)?;
            if let Some(message) = event.error {
                return Err(in_band(message, event.error_type, data));
            }
            if let Some(token) = event.token {
                // `</s>` and the like, which are no text.
                if !token.special {
                    self.choice.text(&token.text);
                    self.logprobs(&[token]);
                }
            }
            if event.generated_text.is_some() || event.details.is_some() {
                return Ok(self.finish(&event.details.unwrap_or_default()));
            }
        }
        Err(Error::new(
            ErrorKind::Upstream,
            "the stream of the upstream ended before the answer did",
        ))
    }

    fn logprobs(&self, tokens: &[Token]) {
        if !self.wants_logprobs {
            return;
        }
        let tokens = tokens.iter().filter(|token| !token.special);
        let tokens: Vec<TokenLogprob> = tokens
            .filter_map(|token| {
                Some(TokenLogprob {
                    token: Candidate {
                        token: token.text.clone(),
                        logprob: token.logprob?,
                        bytes: None,
                    },
                    top: Vec::new(),
                })
            })
            .collect();
        if !tokens.is_empty() {
            self.io.event(StreamEvent::Logprobs(Logprobs {
                choice: self.index,
                tokens,
                refusal: false,
            }));
        }
    }

    fn finish(mut self, details: &Details) -> Usage {
        let add = |total: &mut Option<u32>, more: Option<u32>| {
            if let Some(more) = more {
                *total = Some(total.unwrap_or_default().saturating_add(more));
            }
        };
        add(&mut self.used.input, details.input_length);
        add(&mut self.used.output, details.generated_tokens);
        if self.used != Usage::default() {
            self.io.event(StreamEvent::Usage(self.used.clone()));
        }
        let raw = details.finish_reason.as_str();
        let reason = match raw {
            "length" => FinishReason::Length,
            "eos_token" | "stop_sequence" => FinishReason::Stop,
            _ => FinishReason::Other,
        };
        self.choice
            .finish(reason, Some(raw).filter(|raw| !raw.is_empty()));
        self.used
    }
}

/// An error in the middle of a stream, whose status was 200.
fn in_band(message: String, error_type: Option<String>, json: &str) -> Error {
    let known = error_type
        .as_deref()
        .and_then(|error_type| kind(error_type, &message));
    let vendor = VendorError {
        message,
        code: error_type,
        kind: None,
    };
    let error = vendor.into_error(200);
    Error {
        kind: known.unwrap_or(error.kind),
        body: Some(excerpt(json)),
        ..error
    }
}
