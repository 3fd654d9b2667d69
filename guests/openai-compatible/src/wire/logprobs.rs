//! Log probabilities, in the form of the chat endpoint or of the older completion endpoint.
//!
//! <https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-logprobs>

use serde::Deserialize;
use serde::de::{Deserializer, MapAccess, Visitor};
use tidegate_guest::types::{Candidate, TokenLogprob};

use super::Text;

/// `logprobs` of a choice. Together sends the older form from its chat endpoint too.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Logprobs<'a> {
    /// Of the text.
    #[serde(borrow)]
    pub content: Option<Vec<Token<'a>>>,
    /// Of the refusal.
    #[serde(borrow)]
    pub refusal: Option<Vec<Token<'a>>>,
    /// The older form: tokens, their probabilities and the alternatives beside each other.
    #[serde(borrow)]
    tokens: Option<Vec<Text<'a>>>,
    token_logprobs: Option<Vec<Option<f64>>>,
    #[serde(borrow)]
    top_logprobs: Option<Vec<Option<Alternatives<'a>>>>,
}

/// A token, its probability and those it was chosen from.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Token<'a> {
    #[serde(borrow)]
    token: Text<'a>,
    logprob: Option<f64>,
    bytes: Option<Vec<u8>>,
    #[serde(borrow)]
    top_logprobs: Option<Vec<Token<'a>>>,
}

/// `{"token": logprob, …}`
#[derive(Debug)]
struct Alternatives<'a>(Vec<Token<'a>>);

impl Logprobs<'_> {
    /// Those of the text, in either form.
    pub fn of_text(&self) -> Vec<TokenLogprob> {
        if let Some(tokens) = &self.content {
            return tokens.iter().map(TokenLogprob::from).collect();
        }
        let logprobs = self.token_logprobs.as_deref().unwrap_or_default();
        let alternatives = self.top_logprobs.as_deref().unwrap_or_default();
        let tokens = self.tokens.iter().flatten();
        tokens
            .enumerate()
            .map(|(at, token)| TokenLogprob {
                token: Candidate {
                    token: token.to_string(),
                    logprob: logprobs.get(at).copied().flatten().unwrap_or_default(),
                    bytes: None,
                },
                top: alternatives
                    .get(at)
                    .and_then(Option::as_ref)
                    .map(|alternatives| alternatives.0.iter().map(candidate).collect())
                    .unwrap_or_default(),
            })
            .collect()
    }

    /// Those of the refusal.
    pub fn of_refusal(&self) -> Vec<TokenLogprob> {
        self.refusal
            .iter()
            .flatten()
            .map(TokenLogprob::from)
            .collect()
    }
}

impl From<&Token<'_>> for TokenLogprob {
    fn from(wire: &Token) -> Self {
        TokenLogprob {
            token: candidate(wire),
            top: wire.top_logprobs.iter().flatten().map(candidate).collect(),
        }
    }
}

fn candidate(wire: &Token) -> Candidate {
    Candidate {
        token: wire.token.to_string(),
        // Nothing precedes the first token of an echoed prompt, so it is certain.
        logprob: wire.logprob.unwrap_or_default(),
        bytes: wire.bytes.clone(),
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Alternatives<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(AlternativesVisitor)
    }
}

struct AlternativesVisitor;

impl<'de> Visitor<'de> for AlternativesVisitor {
    type Value = Alternatives<'de>;

    fn expecting(&self, formatter: &mut std::fmt::Formatter) -> std::fmt::Result {
        formatter.write_str("tokens with their log probabilities")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut alternatives = Vec::new();
        while let Some((token, logprob)) = map.next_entry::<Text, Option<f64>>()? {
            alternatives.push(Token {
                token,
                logprob,
                ..Token::default()
            });
        }
        Ok(Alternatives(alternatives))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    fn read(json: &str) -> Vec<TokenLogprob> {
        serde_json::from_str::<Logprobs>(json).unwrap().of_text()
    }

    #[test]
    fn both_forms_say_the_same() {
        let chat = read(
            r#"{"content": [{"token": "Hi", "logprob": -0.5,
                "top_logprobs": [{"token": "Hi", "logprob": -0.5}, {"token": "Yo", "logprob": -2.0}]}]}"#,
        );
        let completion = read(
            r#"{"tokens": ["Hi"], "token_logprobs": [-0.5], "text_offset": [0],
                "top_logprobs": [{"Hi": -0.5, "Yo": -2.0}]}"#,
        );
        assert_eq!(chat, completion);
        assert_eq!(chat.len(), 1);
    }

    #[test]
    fn lists_that_are_missing_or_short_are_no_error() {
        assert_eq!(read("{}"), []);
        let tokens =
            read(r#"{"tokens": ["a", "b"], "token_logprobs": [null], "top_logprobs": [null]}"#);
        assert_eq!(tokens.len(), 2);
    }
}
