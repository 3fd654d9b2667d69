//! The real binary, as people run it: what it prints where, and how it ends.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot run the binary fails"
)]

mod serving;
mod support;
#[cfg(unix)]
mod terminal;

mod allows;
#[cfg(unix)]
mod cache;
mod chat;
mod check;
mod check_config;
mod completions;
mod config;
#[cfg(unix)]
mod conversation;
mod demo;
mod denials;
mod embed;
#[cfg(unix)]
mod endings;
mod help;
mod inspect;
mod json;
mod models;
mod openai;
mod operating;
mod profiles;
mod providers;
mod recording;
mod serve;

mod telemetry;
