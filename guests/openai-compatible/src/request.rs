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
pub use members::user;
pub use text::TextBody;
