//! The HTTP face of Tidegate: every provider behind the APIs that clients already speak.
//!
//! JSON and HTTP only. What a provider is, how it is bounded and what it may reach is the host's
//! business; this crate turns a client's request into the host's types and the host's events into
//! what the client expects.
//!
//! ```no_run
//! use tidegate_gateway::{Gateway, GatewayConfig};
//!
//! # async fn serve(runtime: tidegate_host::Runtime) -> Result<(), Box<dyn std::error::Error>> {
//! let gateway = Gateway::new(runtime, GatewayConfig::default())?;
//! let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
//! gateway.serve(listener, std::future::pending()).await?;
//! # Ok(())
//! # }
//! ```
//!
//! # The path of a request
//!
//! ```text
//! serving/     a socket, its limits in time and number, HTTP/1 and HTTP/2, draining
//!   routes     path and method → an endpoint of a dialect
//!     openai/, anthropic/, rerank/
//!              one folder per dialect: handlers, request, answer, stream, errors
//!         responses/, chat/, …  a folder or file per endpoint
//!       call/  what all dialects share: admission, body, the call itself, events to bytes
//!         auth/  who may ask for what
//! ```
//!
//! # What is where
//!
//! | path | what |
//! |---|---|
//! | `/v1/responses` | [OpenAI's Responses](https://platform.openai.com/docs/api-reference/responses), whole and as typed events; nothing is stored, so `store: true` and what builds on it is refused |
//! | `/v1/responses/input_tokens` | how long such a conversation is |
//! | `/v1/chat/completions` | OpenAI's chat completions, the older `functions` included |
//! | `/v1/completions`, `/v1/embeddings`, `/v1/models` | the rest of that dialect |
//! | `/v1/messages`, `/v1/messages/count_tokens` | Anthropic's dialect; `/v1/models` too, where `anthropic-version` is sent |
//! | `/v1/rerank`, `/v2/rerank`, `/rerank` | as Cohere's and Jina's clients call it |
//! | `/healthz`, `/readyz` | for whoever watches the process |
//! | `/metrics` | for Prometheus; who may look is said in [`GatewayConfig::metrics_keys`] |
//!
//! On a listener of its own, and with a key of its own, [`Admin`] has what operators see and do;
//! [`openapi`] says what that is.
//!
//! # The seam between dialects and the rest
//!
//! A dialect is a folder. It provides three things and nothing else:
//!
//! 1. **Errors**: a type that implements `call::Dialect`, one function from a `Failure` to status
//!    and body. What it returns is all that a client sees of any failure, those of the common part
//!    included (wrong key, body too large, …). One table, in one file: `openai/error.rs`,
//!    `anthropic/error.rs`. A second header for the request's id, if clients look for one.
//! 2. **Handlers**: `async fn(Call) -> Result<Response, Failure>`, one per endpoint, registered in
//!    `routes.rs` as `post::<OpenAi, _>(…, openai::chat::handle)`. A handler takes the body
//!    (`call.body()`), reads it with `json::read` into a struct of its own, makes a host request of
//!    that, and gives it to `call.chat`, `call.complete_text`, `call.embed`, `call.rerank` or
//!    `call.count_tokens`. The macro `json::object!` makes structs that borrow from the body, take
//!    `null` for absent, refuse members given twice, and keep those that they do not know as raw
//!    JSON in `rest`, which is either `extra` or noted in `json::Strays`. A body that makes no sense
//!    is a `json::Misread`, which names the place: `messages[2].content[0].image_url`. What only
//!    makes sense once its `type` is known is kept raw, and read with `json::reread`.
//! 3. **Writers**: for a whole answer a function from `Completion` (`call.fold(events)`) to JSON,
//!    given to `call.whole`; for a streamed one an implementation of `call::Writer`, which appends
//!    to a buffer what an event is on the wire, given to `call.stream`.
//!
//! The common part provides everything else, the same for all dialects: keys and the models they
//! may use (`authorization: Bearer` and `x-api-key`), content type, size and time of bodies,
//! request ids in and out (`x-request-id`), the `x-tidegate-*` headers, the head of a streamed
//! answer (held back until the first event, so that an early failure has its status), one body
//! frame per batch of events that are ready, signs of life in an idle stream, the end of
//! the call when the client is gone, `retry-after` and `x-should-retry`, and answers for unknown
//! paths and methods.
//!
//! Where two dialects share a path, `routes.rs` asks the request: Anthropic's clients send
//! `anthropic-version`.
//!
//! Only `call/upstream.rs` and `models.rs` call the runtime. Routes and retries are the runtime's.

mod admin;
mod gateway;
mod serving;
mod routes;
mod rerank;
mod openai;
mod anthropic;
mod cache_control;
mod only_choice;
mod call;
mod shared;
mod telemetry;
mod models;
mod signature;
mod cors;
mod auth;
mod failure;
mod headers;
mod extra;
mod json;
mod config;
mod error;

pub use admin::{
    Admin, AdminConfig, AdminProblem, ChangedProvider, Program, ProviderChange, Refusal,
    RefusalKind, Reloaded, openapi,
};
pub use config::{GatewayConfig, KeyConfig};
pub use error::Error;
pub use gateway::Gateway;
