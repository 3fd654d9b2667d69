//! The dialect of OpenAI's API, which most clients speak.
//!
//! <https://platform.openai.com/docs/api-reference>

pub mod chat;
pub mod responses;
pub mod completions;
pub mod embeddings;
pub mod models;
mod generation;
mod part;
mod media;
mod made;
mod envelope;
mod logprobs;
mod usage;
mod finish;
mod identity;
mod warnings;
mod error;
mod lacking;

pub use error::OpenAi;
pub use lacking::lacking;
pub use warnings::Remarks;
