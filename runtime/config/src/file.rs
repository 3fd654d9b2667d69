//! Files that are read whole, and are small.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

/// Reads a text. What is longer than this many bytes is an error, and no more than that is read:
/// there are files without an end.
pub(crate) fn read(path: &Path, longest: u64) -> io::Result<String> {
    let mut text = String::new();
    File::open(path)?
        .take(longest + 1)
        .read_to_string(&mut text)?;
    match text.len() as u64 > longest {
        true => Err(io::Error::other(format!(
            "it is longer than {longest} bytes"
        ))),
        false => Ok(text),
    }
}
