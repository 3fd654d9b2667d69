//! The dialect of Anthropic's API.
//!
//! <https://platform.claude.com/docs/en/api/messages>
//!
//! `anthropic-version` may say anything, or not be there; see [`beta`] for `anthropic-beta`.

pub mod messages;
pub mod count_tokens;
pub mod models;
mod stop;
mod usage;
mod remarks;
mod native;
mod beta;
mod error;
mod lacking;

use http::HeaderMap;

pub use error::Anthropic;
pub use lacking::lacking;

/// Whether a client says that it speaks this dialect, for paths that others have too.
pub fn is_spoken(headers: &HeaderMap) -> bool {
    headers.contains_key("anthropic-version")
}
