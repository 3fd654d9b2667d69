//! Runs LLM providers as sandboxed WebAssembly components.

mod runtime;
mod provider;
mod version;
mod completion;
mod exchange;
mod logs;
mod component;
mod cache;
mod describe;
mod nearest;
mod instance;
mod wasi;
mod meter;
mod egress;
mod audit;
pub mod framing;
pub mod json;
mod digest;
mod engine;
mod limits;
mod error;
pub mod types;
mod bindings;

pub use audit::{AuditRecord, AuditSink, Outcome};
pub use completion::{Choice, Completion, Fold};
pub use component::Component;
pub use digest::Digest;
pub use egress::{ClientConfig, Resolver};
pub use engine::{Engine, EngineConfig};
pub use error::{Error, Fault, LoadError, Result};
pub use limits::Limits;
pub use provider::{CallOptions, Outputs, Provider};
pub use runtime::{EventStream, Runtime, RuntimeBuilder};
pub use tidegate_grants as grants;
pub use version::{ProviderConfig, SecretConfig, Version};
