//! Log probabilities (<https://docs.cohere.com/reference/chat#response.body.logprobs>).
//!
//! They come for pieces of text, and a piece may be several tokens. All probabilities are kept; the
//! text is with the first token of its piece, as nothing says where the others begin.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::{Candidate, TokenLogprob};

#[derive(Deserialize, Default)]
#[serde(default)]
struct Piece {
    text: Option<String>,
    logprobs: Option<Vec<f64>>,
}

/// The tokens of a piece, or of a list of pieces.
pub fn tokens(raw: Option<&RawValue>) -> Vec<TokenLogprob> {
    let Some(raw) = raw else {
        return Vec::new();
    };
    let pieces: Vec<Piece> = match raw.get().starts_with('[') {
        true => serde_json::from_str(raw.get()).unwrap_or_default(),
        false => serde_json::from_str(raw.get()).into_iter().collect(),
    };
    pieces.into_iter().flat_map(Piece::tokens).collect()
}

impl Piece {
    fn tokens(self) -> impl Iterator<Item = TokenLogprob> {
        let mut text = self.text;
        let logprobs = self.logprobs.unwrap_or_default();
        logprobs.into_iter().map(move |logprob| TokenLogprob {
            token: Candidate {
                token: text.take().unwrap_or_default(),
                logprob,
                bytes: None,
            },
            top: Vec::new(),
        })
    }
}
