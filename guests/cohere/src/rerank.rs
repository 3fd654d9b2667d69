//! `rerank`: `POST /v2/rerank` (<https://docs.cohere.com/reference/rerank>).

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Result, json};

use crate::answer::count;
use crate::upstream::{endpoint, fetch};
use crate::warnings::Warnings;

#[derive(Serialize)]
struct Body<'a> {
    model: &'a str,
    query: &'a str,
    documents: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    top_n: Option<u32>,
}

#[derive(Deserialize)]
struct Answer<'a> {
    results: Vec<Relevance>,
    #[serde(borrow, default)]
    meta: Meta<'a>,
}

#[derive(Deserialize)]
struct Relevance {
    index: u32,
    relevance_score: f64,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Meta<'a> {
    /// Searches, which is what reranking costs; tokens are rarely told.
    #[serde(borrow)]
    billed_units: Option<&'a RawValue>,
    tokens: Option<Tokens>,
    warnings: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Tokens {
    input_tokens: Option<f64>,
}

pub async fn rerank(request: &RerankRequest, io: &Io) -> Result<Ranking> {
    let mut warnings = Warnings::default();
    let body = Body {
        model: &request.model,
        query: &request.query,
        documents: &request.documents,
        top_n: request.top_n,
    };
    let url = endpoint(io, "/v2/rerank");
    let post = json::post_with_extra(&url, &body, request.extra.as_deref())?;
    let response = fetch(post, &mut warnings, io).await?;
    let answer: Answer = json::read(&response)?;
    for warning in answer.meta.warnings.iter().flatten() {
        warnings.remark(warning);
    }
    let count = request.documents.len();
    let strange = |ranked: &&Relevance| !usize::try_from(ranked.index).is_ok_and(|it| it < count);
    if let Some(ranked) = answer.results.iter().find(strange) {
        return Err(Error::new(
            ErrorKind::Upstream,
            format!(
                "Cohere ranked document {} of {count}, which does not exist",
                ranked.index
            ),
        ));
    }
    Ok(Ranking {
        model: None,
        results: answer
            .results
            .into_iter()
            .map(|ranked| Ranked {
                index: ranked.index,
                score: ranked.relevance_score,
            })
            .collect(),
        usage: answer.meta.usage(),
        warnings: warnings.into_vec(),
    })
}

impl Meta<'_> {
    fn usage(&self) -> Option<Usage> {
        let input = self.tokens.as_ref().and_then(|tokens| tokens.input_tokens);
        let units = self.billed_units;
        (input.is_some() || units.is_some()).then(|| Usage {
            input: input.map(count),
            raw: units.map(|units| format!(r#"{{"billed_units":{units}}}"#)),
            ..Usage::default()
        })
    }
}
