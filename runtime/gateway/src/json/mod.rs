//! Reading bodies: borrowed, in one pass, with the place of whatever is wrong.

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
pub use read::{Misread, read, reread};
pub use strays::Strays;
pub use text::Text;
