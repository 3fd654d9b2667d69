//! Write an LLM provider for Tidegate in Rust.
//!
//! Implement [`Provider`] and export it; the rest is `async` code over [`Io`]:
//!
//! ```
//! use tidegate_guest::types::*;
//! use tidegate_guest::{Io, Provider, Result, json};
//!
//! #[derive(Default)]
//! struct Parrot;
//!
//! impl Provider for Parrot {
//!     fn describe(&self) -> ProviderInfo {
//!         ProviderInfo {
//!             name: "parrot".into(),
//!             version: "0.1.0".into(),
//!             description: "Repeats what it hears".into(),
//!             vendor: "Example".into(),
//!             documentation: None,
//!             wants: vec![Want::new(
//!                 "POST https://parrot.example.com/v1/speak",
//!                 "to speak",
//!             )],
//!             credentials: vec![],
//!             settings: vec![],
//!             operations: vec![OperationKind::Chat],
//!             features: vec![],
//!         }
//!     }
//!
//!     async fn chat(&self, request: ChatRequest, io: &Io) -> Result<()> {
//!         let body = serde_json::json!({ "model": request.model });
//!         let answer = io
//!             .fetch(json::post("https://parrot.example.com/v1/speak", &body)?)
//!             .await?
//!             .error_for_status()?;
//!         #[derive(serde::Deserialize)]
//!         struct Spoken {
//!             text: String,
//!         }
//!         let spoken: Spoken = json::read(&answer)?;
//!         let mut choice = tidegate_guest::Choice::new(io, 0);
//!         choice.text(&spoken.text);
//!         choice.finish(FinishReason::Stop, None);
//!         Ok(())
//!     }
//! }
//!
//! tidegate_guest::export!(Parrot);
//! ```
//!
//! [`Exchange`] drives a provider without WebAssembly: give it inputs, look at its actions.

// The generated bindings name this crate by the path under which providers see it.
extern crate self as tidegate_guest;

mod provider;
mod describe;
mod choice;
mod warnings;
mod place;
mod exchange;
mod response;
mod io;
pub mod json;
pub mod errors;
mod retry_after;
mod headers;
pub mod media;
pub mod time;
#[doc(hidden)]
pub mod component;
#[cfg(any(target_family = "wasm", test))]
mod allocator;
#[doc(hidden)]
pub mod bindings;

pub use choice::Choice;
pub use exchange::Exchange;
pub use io::Io;
pub use place::Place;
pub use provider::Provider;
pub use response::Response;
pub use warnings::Warnings;
#[doc(hidden)]
pub use wit_bindgen;

/// The contract's types; `wit/provider.wit` documents each.
pub mod types {
    pub use crate::bindings::exports::llm::provider::provider::*;
}

/// What an operation comes to.
pub type Result<T> = std::result::Result<T, types::Error>;
