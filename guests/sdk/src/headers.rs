//! Header lines.

use crate::types::Header;

/// The value of a header; `name` in lower case.
pub(crate) fn value<'a>(headers: &'a [Header], name: &str) -> Option<&'a str> {
    let header = headers
        .iter()
        .find(|header| header.name.eq_ignore_ascii_case(name))?;
    Some(&header.value)
}
