//! How the gateway behaves: a plain HTTP client in front of it, real components behind it, and a
//! vendor that does as told behind those.
#![expect(clippy::unwrap_used, reason = "a panic is the test's failure")]

// The way from a client to an answer, and how it ends badly.
mod chat;

mod functions;

mod messages;

mod responses;

mod reasoning;

mod errors;

mod vanishing;

// Other things to ask for.
mod extra;

mod embeddings;

mod completions;

mod rerank;

mod models;

// The same, asked by those who made the API.
mod sdks;

// Who may ask, and how.
mod keys;

mod budgets;

mod bad_requests;

mod pages;

mod slowness;

mod crowds;

mod stopping;

// Who runs it.
mod admin;
// What the operator sees of it.
mod figures;

// What they stand on.
mod support;
