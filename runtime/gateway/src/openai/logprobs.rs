//! Log probabilities of chat answers.
//!
//! <https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-logprobs>

use serde::Serialize;
use tidegate_host::types;

/// `logprobs` of a choice.
#[derive(Debug, Serialize)]
pub struct Logprobs<'a> {
    content: Option<Vec<Token<'a>>>,
    refusal: Option<Vec<Token<'a>>>,
}

/// A token that was chosen, and what could have been.
#[derive(Debug, Serialize)]
pub struct Token<'a> {
    #[serde(flatten)]
    token: Candidate<'a>,
    top_logprobs: Vec<Candidate<'a>>,
}

#[derive(Debug, Serialize)]
struct Candidate<'a> {
    token: &'a str,
    logprob: f64,
    bytes: &'a [u8],
}

/// Tokens in order.
pub fn tokens(tokens: &[types::TokenLogprob]) -> Vec<Token<'_>> {
    tokens.iter().map(Token::from).collect()
}

impl<'a> Logprobs<'a> {
    /// `None` where there are none.
    pub fn new(
        content: &'a [types::TokenLogprob],
        refusal: &'a [types::TokenLogprob],
    ) -> Option<Self> {
        let list = |all: &'a [types::TokenLogprob]| (!all.is_empty()).then(|| tokens(all));
        let logprobs = Logprobs {
            content: list(content),
            refusal: list(refusal),
        };
        (logprobs.content.is_some() || logprobs.refusal.is_some()).then_some(logprobs)
    }
}

impl<'a> From<&'a types::TokenLogprob> for Token<'a> {
    fn from(token: &'a types::TokenLogprob) -> Self {
        Token {
            token: (&token.token).into(),
            top_logprobs: token.top.iter().map(Candidate::from).collect(),
        }
    }
}

impl<'a> From<&'a types::Candidate> for Candidate<'a> {
    fn from(candidate: &'a types::Candidate) -> Self {
        Candidate {
            token: &candidate.token,
            logprob: candidate.logprob,
            bytes: match &candidate.bytes {
                Some(bytes) => bytes,
                None => candidate.token.as_bytes(),
            },
        }
    }
}
