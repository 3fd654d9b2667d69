//! Vectors. There are three ways to them:
//!
//! | API | models | method | inputs per request |
//! |---|---|---|---:|
//! | Gemini API | all | [`batchEmbedContents`](https://ai.google.dev/api/embeddings) | 100 |
//! | Vertex AI | `gemini-embedding-2` and newer, `endpoints/…` | [`embedContent`](https://docs.cloud.google.com/vertex-ai/generative-ai/docs/embeddings/get-multimodal-embeddings) | 1 |
//! | Vertex AI | `gemini-embedding-001` | [`predict`](https://docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api) | 1 |
//! | Vertex AI | `text-embedding-005` and other older ones | `predict` | 100 |
//!
//! More inputs become more requests, one after the other. `extra` goes beside what is said of each
//! input (`title`, `autoTruncate`), where the API has it.

mod batch;
mod content;
mod predict;

mod input;

use serde::Serialize;
use tidegate_guest::types::*;
use tidegate_guest::{Io, Response, Result};

use self::input::Wanted;
use crate::failure;
use crate::upstream::Upstream;
use tidegate_guest::Warnings;

/// Some of the vectors, and what they cost.
struct Vectors {
    vectors: Vec<Vec<f32>>,
    tokens: Option<u32>,
    cut: bool,
}

/// Vectors of the API, wherever they stand.
#[derive(serde::Deserialize)]
struct Values {
    #[serde(default)]
    values: Vec<f32>,
}

/// What is asked of a model.
#[derive(Clone, Copy, PartialEq)]
enum Way {
    Batch,
    Content,
    Predict { at_once: usize },
}

/// Turns inputs into vectors.
pub async fn embed(request: &EmbedRequest, io: &Io) -> Result<Embeddings> {
    let upstream = Upstream::new(io)?;
    let mut warnings = Warnings::default();
    let way = way(&request.model, &upstream);
    let wanted = Wanted::read(request, &mut warnings);
    let at_once = match way {
        Way::Batch => 100,
        Way::Content => 1,
        Way::Predict { at_once } => at_once,
    };
    let mut embeddings = Embeddings::default();
    let mut tokens: Option<u32> = None;
    let mut cut = false;
    for (nth, inputs) in request.inputs.chunks(at_once).enumerate() {
        let first = nth * at_once;
        let fetch = match way {
            Way::Batch => batch::request(&wanted, inputs, first, &upstream)?,
            Way::Content => content::request(&wanted, inputs, first, &upstream)?,
            Way::Predict { .. } => predict::request(&wanted, inputs, first, &upstream)?,
        };
        let response = failure::check(io.fetch(fetch).await?, io)?;
        let vectors = match way {
            Way::Batch => batch::vectors(&response)?,
            Way::Content => content::vectors(&response)?,
            Way::Predict { .. } => predict::vectors(&response)?,
        };
        if vectors.vectors.len() != inputs.len() {
            return Err(too_few(&response, vectors.vectors.len(), inputs.len()));
        }
        embeddings.vectors.extend(vectors.vectors);
        cut |= vectors.cut;
        if let Some(more) = vectors.tokens {
            tokens = Some(tokens.unwrap_or(0).saturating_add(more));
        }
    }
    if cut {
        warnings.add(
            "inputs",
            "an input was longer than the model takes: its end was left out",
        );
    }
    embeddings.model = Some(request.model.clone());
    embeddings.usage = tokens.map(|tokens| Usage {
        input: Some(tokens),
        ..Usage::default()
    });
    embeddings.warnings = warnings.into_list();
    Ok(embeddings)
}

fn way(model: &str, upstream: &Upstream) -> Way {
    let name = model.rsplit('/').next().unwrap_or(model);
    match upstream.is_vertex() {
        false => Way::Batch,
        true if name.starts_with("gemini-embedding-001") => Way::Predict { at_once: 1 },
        true if name.starts_with("text-") => Way::Predict { at_once: 100 },
        true => Way::Content,
    }
}

fn too_few(response: &Response, got: usize, wanted: usize) -> Error {
    Error {
        status: Some(response.status),
        ..Error::new(
            ErrorKind::Upstream,
            format!("the upstream answered {got} vectors for {wanted} inputs"),
        )
    }
}

/// A request for the vectors of some inputs.
fn post(
    wanted: &Wanted,
    method: &str,
    body: &impl Serialize,
    upstream: &Upstream,
) -> Result<HttpRequest> {
    let url = upstream.method(wanted.model, method)?;
    Ok(upstream.authenticated(tidegate_guest::json::post(&url, body)?))
}
