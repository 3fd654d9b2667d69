//! From the contract's requests to this dialect's bodies. What cannot be said becomes a warning.

mod assistant;
mod chat;
mod conversation;
mod field;
mod members;
mod message;
mod part;
mod reasoning;
mod sampling;
mod text;
mod tool_call_id;
mod tools;

pub use chat::ChatBody;
pub(crate) use chat::as_object;
pub(crate) use field::parse_field;
pub use members::user;
pub(crate) use part::{CACHE, audio_format, note_cache_mark, unknown_part};
pub use text::TextBody;
