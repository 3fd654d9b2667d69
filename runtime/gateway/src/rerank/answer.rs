//! The answer, with the members that either kind of client reads.

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_host::types::{ErrorKind, Ranking};

use crate::failure::{Failure, FailureKind};
use crate::openai::Remarks;

#[derive(Serialize)]
struct Answer<'a> {
    id: &'a str,
    object: &'static str,
    model: &'a str,
    results: Vec<Ranked<'a>>,
    usage: Usage,
    meta: Meta,
    #[serde(skip_serializing_if = "Option::is_none")]
    tidegate: Option<Remarks<'a>>,
}

#[derive(Serialize)]
struct Ranked<'a> {
    index: u32,
    relevance_score: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Document<'a>>,
}

/// A document as it came; a string becomes an object.
#[derive(Serialize)]
#[serde(untagged)]
enum Document<'a> {
    Text { text: &'a RawValue },
    Object(&'a RawValue),
}

/// Where Jina's clients look.
#[derive(Serialize)]
struct Usage {
    prompt_tokens: u32,
    total_tokens: u32,
}

/// Where Cohere's clients look.
#[derive(Serialize)]
struct Meta {
    tokens: Tokens,
}

#[derive(Serialize)]
struct Tokens {
    input_tokens: u32,
}

/// The JSON of an answer about so many documents.
pub fn write(
    ranking: &Ranking,
    id: &str,
    model: &str,
    count: usize,
    returned: Option<&[&RawValue]>,
) -> Result<Vec<u8>, Failure> {
    let known = |index: u32| usize::try_from(index).is_ok_and(|index| index < count);
    if let Some(wrong) = ranking.results.iter().find(|ranked| !known(ranked.index)) {
        let message = format!(
            "the provider ranked document {} of {count}, counted from 0",
            wrong.index
        );
        return Err(Failure::new(
            FailureKind::Call(ErrorKind::Upstream),
            message,
        ));
    }
    let document = |index: u32| {
        let raw = *returned?.get(usize::try_from(index).ok()?)?;
        Some(match raw.get().starts_with('"') {
            true => Document::Text { text: raw },
            false => Document::Object(raw),
        })
    };
    let results = ranking.results.iter().map(|ranked| Ranked {
        index: ranked.index,
        relevance_score: ranked.score,
        document: document(ranked.index),
    });
    let usage = ranking.usage.as_ref();
    let input = usage.and_then(|usage| usage.input).unwrap_or_default();
    let output = usage.and_then(|usage| usage.output).unwrap_or_default();
    let answer = Answer {
        id,
        object: "list",
        model: ranking.model.as_deref().unwrap_or(model),
        results: results.collect(),
        usage: Usage {
            prompt_tokens: input,
            total_tokens: input.saturating_add(output),
        },
        meta: Meta {
            tokens: Tokens {
                input_tokens: input,
            },
        },
        tidegate: Remarks::new(&ranking.warnings),
    };
    serde_json::to_vec(&answer)
        .map_err(|error| Failure::new(FailureKind::Call(ErrorKind::Internal), error.to_string()))
}
