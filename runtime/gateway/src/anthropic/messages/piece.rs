//! What a part of a stream grows by.

use serde_json::value::RawValue;
use tidegate_host::types::ToolCallStart;

/// A piece of a part.
#[derive(Debug)]
pub enum Piece {
    Text(String),
    Thinking(String),
    Signature(String),
    Redacted(String),
    Call(ToolCallStart),
    Arguments(String),
    CallEnd,
    Citation(Box<RawValue>),
    /// The provider's own state.
    State(Box<RawValue>),
    /// A block that is complete.
    Whole(Box<RawValue>),
}
