//! [Log probabilities](https://ai.google.dev/api/generate-content#LogprobsResult).

use tidegate_guest::Io;
use tidegate_guest::types::*;

use super::wire::{LogprobsResult, Token};

/// Hands them over. The vendor lists what was chosen apart from what was likeliest, in the same
/// order.
pub fn emit(result: LogprobsResult, choice: u32, io: &Io) {
    let mut top = result.top_candidates.into_iter();
    let mut alternatives = || {
        let top = top.next().map(|top| top.candidates);
        top.unwrap_or_default().into_iter().map(candidate).collect()
    };
    let tokens: Vec<_> = result
        .chosen_candidates
        .into_iter()
        .map(|token| TokenLogprob {
            token: candidate(token),
            top: alternatives(),
        })
        .collect();
    if !tokens.is_empty() {
        io.event(StreamEvent::Logprobs(Logprobs {
            choice,
            tokens,
            refusal: false,
        }));
    }
}

fn candidate(token: Token) -> Candidate {
    Candidate {
        token: token.token,
        logprob: token.log_probability,
        bytes: None,
    }
}
