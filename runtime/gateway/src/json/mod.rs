//! Reading bodies: borrowed, lists one item at a time and to a limit, with the place of whatever is
//! wrong.

mod strays;
mod list;
mod read;
mod labels;
mod object;
mod text;

pub use labels::Labels;
pub use list::{Content, List, MOST};
pub(crate) use object::object;
pub use object::{Name, Rest, keep, members, no_twins, push_member};
pub use read::{Misread, needed, needed_text, read, reread};
pub use strays::Strays;
pub use text::Text;
