//! `POST /v1/rerank`, `/v2/rerank` and `/rerank`, as clients of Cohere and Jina call it; other servers
//! speak the same.
//!
//! <https://docs.cohere.com/reference/rerank>, <https://jina.ai/reranker>

mod request;
mod answer;
mod error;

use crate::call::{Call, Response};
use crate::failure::Failure;
use crate::json;

pub use error::Rerank;

/// Orders documents by relevance.
pub async fn handle(mut call: Call) -> Result<Response, Failure> {
    let body = call.body().await?;
    let wanted = json::read::<request::Body>(&body)?.read()?;
    let model = wanted.request.model.clone();
    let count = wanted.request.documents.len();
    let mut ranking = call.rerank(wanted.request).await?;
    ranking.warnings.splice(0..0, wanted.warnings);
    let id = call.id().as_str();
    let written = answer::write(&ranking, id, &model, count, wanted.returned.as_deref())?;
    Ok(call.whole(written, call.version().as_deref(), &ranking.warnings))
}
