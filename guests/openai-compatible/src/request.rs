//! From the contract's requests to this dialect's bodies. What cannot be said becomes a warning.

mod assistant;
mod chat;
mod conversation;
mod field;
mod message;
mod part;
mod reasoning;
mod sampling;
mod text;
mod tools;

pub use chat::ChatBody;
pub(crate) use chat::as_object;
pub(crate) use field::parse_field;
pub(crate) use part::{CACHE, audio_format, note_cache_mark, unknown_part};
pub use text::TextBody;
