//! The real binary, as people run it: what it prints where, and how it ends.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot run the binary fails"
)]

mod support;

mod allows;
#[cfg(unix)]
mod cache;
mod chat;
mod config;
mod demo;
mod denials;
mod embed;
#[cfg(unix)]
mod endings;
mod help;
mod inspect;
mod models;
mod openai;
mod providers;
mod serve;
