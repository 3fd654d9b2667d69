//! Runs LLM providers as sandboxed WebAssembly components.
//!
//! A provider can reach what it is granted and nothing else, never sees a credential, and cannot
//! take more time or memory than its limits. From a component to an answer:
//!
//! ```
//! use tidegate_host::types::{ChatRequest, Message};
//! use tidegate_host::{Component, Engine, EngineConfig, ProviderConfig, Runtime};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let bytes = tidegate_bundle::component("echo").ok_or("not bundled")?;
//! let engine = Engine::new(EngineConfig::default())?;
//! let echo = Component::from_bytes(&engine, "echo", bytes).await?;
//! let runtime = Runtime::builder()
//!     // `echo` needs no network. One that does: `.allow("https://api.example.com/v1/*")`, and
//!     // `.secret("api-key", key)`, which the host attaches and the provider never sees.
//!     .provider("echo", echo, ProviderConfig::new())
//!     .build()?;
//!
//! let request = ChatRequest::new("echo/echo-1", vec![Message::user("Hello")]);
//! let completion = runtime.complete(request).await?;
//! assert_eq!(completion.text(), "Hello");
//! # Ok(())
//! # }
//! ```
//!
//! [`Runtime::stream`] gives the same answer as events, [`Runtime::swap`] replaces a provider while
//! it is being called, [`Runtime::apply`] the whole configuration.
//!
//! A [`Route`] puts several models behind one name and says who is asked first; when one fails, and
//! nothing of its answer has come yet, the next one is asked:
//!
//! ```
//! # use tidegate_host::types::{ChatRequest, Message};
//! # use tidegate_host::{Component, Engine, EngineConfig, ProviderConfig, Runtime};
//! use tidegate_host::{CallOptions, Route};
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! # let bytes = tidegate_bundle::component("echo").ok_or("not bundled")?;
//! # let engine = Engine::new(EngineConfig::default())?;
//! # let echo = Component::from_bytes(&engine, "echo", bytes).await?;
//! let runtime = Runtime::builder()
//!     .provider("echo", echo, ProviderConfig::new())
//!     .route("any", Route::new(["echo/echo-error-overloaded", "echo/echo-1"]))
//!     .build()?;
//!
//! let request = ChatRequest::new("any", vec![Message::user("Hello")]);
//! let stream = runtime.chat(request, CallOptions::default()).await?;
//! for attempt in stream.attempts() {
//!     println!("{}/{}: {:?}", attempt.provider, attempt.model, attempt.outcome);
//! }
//! assert_eq!(stream.complete().await?.text(), "Hello");
//! # Ok(())
//! # }
//! ```

mod runtime;
mod builder;
mod events;
mod dispatch;
mod table;
mod provider;
mod completion;
mod outputs;
mod observer;
mod lineage;
mod roster;
mod deadlines;
mod live;
mod exchange;
mod delivery;
mod progress;
mod weight;
mod version;
mod provider_config;
mod reuse;
mod idle;
mod health;
mod trace;
mod record;
mod router;
mod component;
mod file;
mod cache;
mod describe;
mod nearest;
mod instance;
mod inline;
mod state;
mod wasi;
mod logs;
mod meter;
mod egress;
mod audit;
mod tap;
mod sinks;
mod timer;
mod sweep;
pub mod framing;
pub mod json;
pub mod semconv;
mod printable;
mod digest;
mod engine;
mod spares;
mod trim;
mod budget;
mod calendar;
mod secret;
mod limits;
mod error;
mod standing;
pub mod types;
mod bindings;

pub use audit::{AuditEntry, AuditFollower, AuditRecord, AuditSink, AuditTail, Outcome};
pub use bindings::CONTRACTS;
pub use builder::RuntimeBuilder;
pub use completion::{Choice, Completion, Fold};
pub use component::Component;
pub use describe::check_setting;
pub use digest::Digest;
pub use egress::{ClientConfig, Resolver, check_secret};
pub use engine::{Engine, EngineConfig, EngineUsage};
pub use error::{Error, Fault, LoadError, Result};
pub use events::EventStream;
pub use limits::Limits;
pub use lineage::RolledBack;
pub use live::LiveCall;
pub use meter::Cost;
pub use provider::{CallOptions, Outputs, Provider, Source};
pub use provider_config::ProviderConfig;
pub use record::{CallRecord, CallSink};
pub use reuse::Isolation;
pub use router::{
    Attempt, AttemptOutcome, Attempts, Backoff, BreakerConfig, BreakerState, BreakerStatus, Budget,
    BudgetExceeded, EstimateTokens, Price, Rate, RateLimits, Rates, RatesExceeded, Route,
    RouteTarget, Spending, Strategy,
};
pub use runtime::Runtime;
pub use secret::{
    AccessKey, ClientAuthentication, ClientCredentials, SecretConfig, SecretValue, ServiceAccount,
    TokenEndpoint,
};
pub use standing::Standing;
pub use tap::{Tap, Tapped};
pub use tidegate_grants as grants;
pub use trim::IdleMemory;
pub use version::Version;
