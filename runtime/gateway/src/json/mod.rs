//! Reading bodies: borrowed, in one pass, with the place of whatever is wrong.

mod strays;
mod read;
mod object;
mod text;

pub(crate) use object::object;
pub use object::{Name, Rest, members, push_member};
pub use read::{Misread, read, reread};
pub use strays::Strays;
pub use text::Text;
