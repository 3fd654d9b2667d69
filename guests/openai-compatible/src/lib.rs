//! OpenAI's chat completions dialect, which most vendors and servers speak in some variant, and the
//! Responses API beside it.
//!
//! As a library it is what providers of such vendors are made of: a [`Profile`] says what a service
//! wants to be sent, a [`Dialect`] does the rest.
//!
//! ```
//! use tidegate_guest::types::ChatRequest;
//! use tidegate_guest::{Io, Result};
//! use tidegate_openai_compatible::{Dialect, Profile};
//!
//! async fn chat(request: ChatRequest, io: &Io) -> Result<()> {
//!     let default = Some("https://api.example.com/v1");
//!     let service = Dialect::from_settings(Profile::COMPATIBLE, default, io)?;
//!     service.chat(&request, io).await
//! }
//! ```
//!
//! With the feature `component` it is a provider by itself, [`OpenAiCompatible`].

pub mod provider;
mod dialect;
mod api;
mod profile;
mod responses;
mod request;
mod answer;
mod embeddings;
mod models;
mod wire;
mod warnings;

pub use api::Api;
pub use dialect::Dialect;
pub use profile::{
    Audio, Completions, EmbeddingLength, Files, MaxTokens, Profile, ReasoningHistory,
    ReasoningRequest, Seed, ToolCallIds,
};
pub use provider::OpenAiCompatible;
