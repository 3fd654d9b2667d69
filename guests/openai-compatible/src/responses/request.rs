//! From the contract's chat requests to bodies of this API. What cannot be said becomes a warning.

mod body;
mod input;
mod assistant;
mod results;
mod item;
mod content;
mod tools;
mod options;
mod extra;
mod thinking;

pub use body::Body;
pub use extra::Extra;
pub use thinking::{Thinking, is_only_here};
