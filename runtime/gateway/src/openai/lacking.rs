//! Endpoints that clients know and this gateway does not have.

use crate::failure::{Failure, FailureKind};

/// The beginning of a path after `/v1/`, and what is found there elsewhere.
const LACKING: [(&str, &str); 22] = [
    ("assistants", "assistants"),
    ("audio", "speech and transcription"),
    ("batches", "batches"),
    ("chatkit", "ChatKit"),
    ("containers", "containers"),
    ("conversations", "stored conversations"),
    ("evals", "evaluations"),
    ("files", "files"),
    ("fine-tunes", "fine-tuning"),
    ("fine_tuning", "fine-tuning"),
    ("images", "image generation"),
    ("moderations", "moderation"),
    ("organization", "administration of an organization"),
    ("projects", "administration of projects"),
    ("realtime", "realtime sessions"),
    ("responses", "stored responses"),
    ("skills", "skills"),
    ("threads", "threads"),
    ("uploads", "uploads"),
    ("vector_stores", "vector stores"),
    ("videos", "videos"),
    ("edits", "edits"),
];

/// What to say at such a path; `None` where nobody would expect anything.
pub fn lacking(path: &str) -> Option<Failure> {
    let first = path.strip_prefix("/v1/")?.split('/').next()?;
    let (_, what) = LACKING.iter().find(|(name, _)| *name == first)?;
    Some(Failure::new(
        FailureKind::Lacking,
        format!(
            "this gateway does not do {what} (`/v1/{first}`)\nhint: it has responses, chat completions, completions, embeddings, models, messages and rerank; ask the vendor directly for the rest"
        ),
    ))
}
