//! The JSON of this dialect's answers as types that borrow from it.

mod chunk;
mod content;
mod count;
mod few;
mod logprobs;
mod text;
mod usage;

pub use chunk::{Audio, Choice, Chunk, Message, ToolCall};
pub use content::{Content, ContentChunk};
pub use count::Count;
pub use few::Few;
pub use logprobs::{Logprobs, Token};
pub use text::Text;
pub use usage::{Usage, XGroq};
