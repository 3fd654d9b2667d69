//! JSON text that comes with a request, a schema for example.

use serde::Deserialize;
use tidegate_guest::Result;
use tidegate_guest::types::{Error, ErrorKind};

/// Reads it, borrowing. `field` names it in the error, which is the caller's to mend.
pub fn parse_field<'a, T: Deserialize<'a>>(field: &str, text: &'a str) -> Result<T> {
    serde_json::from_str(text).map_err(|error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("`{field}` is not the JSON it should be: {error}"),
        )
    })
}
