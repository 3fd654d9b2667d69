//! Log probabilities in the form of the older endpoint: columns instead of rows.

use std::collections::BTreeMap;

use serde::Serialize;
use tidegate_host::types::TokenLogprob;

/// `logprobs` of a choice.
#[derive(Debug, Serialize)]
pub struct Logprobs<'a> {
    tokens: Vec<&'a str>,
    token_logprobs: Vec<f64>,
    top_logprobs: Vec<BTreeMap<&'a str, f64>>,
    /// In characters.
    text_offset: Vec<usize>,
}

impl<'a> Logprobs<'a> {
    /// `None` where there are none. `offset` is where the first token begins; it is moved to where
    /// the next will.
    pub fn new(tokens: &'a [TokenLogprob], offset: &mut usize) -> Option<Self> {
        if tokens.is_empty() {
            return None;
        }
        let mut logprobs = Logprobs {
            tokens: Vec::with_capacity(tokens.len()),
            token_logprobs: Vec::with_capacity(tokens.len()),
            top_logprobs: Vec::with_capacity(tokens.len()),
            text_offset: Vec::with_capacity(tokens.len()),
        };
        for TokenLogprob { token, top } in tokens {
            let top = top.iter().map(|it| (it.token.as_str(), it.logprob));
            logprobs.tokens.push(&token.token);
            logprobs.token_logprobs.push(token.logprob);
            logprobs.top_logprobs.push(top.collect());
            logprobs.text_offset.push(*offset);
            *offset += token.token.chars().count();
        }
        Some(logprobs)
    }
}
