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
pub use text::TextBody;
