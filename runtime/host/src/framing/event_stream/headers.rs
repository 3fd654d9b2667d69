//! The headers of an event stream message, every value as text, after the specification's section
//! [Headers Format](https://smithy.io/2.0/aws/amazon-eventstream.html#headers-format).
//!
//! A header is a name length (1 byte), the name, a type (1 byte), and the value:
//!
//! | type | value in bytes | becomes |
//! |---|---|---|
//! | 0, 1 | none | `true`, `false` |
//! | 2 byte, 3 short, 4 integer, 5 long | 1, 2, 4, 8, signed | decimal, as `-7` |
//! | 6 byte array | length (2), then the bytes | lower-case hex, as `00ff` |
//! | 7 string | length (2), then UTF-8 | the text |
//! | 8 timestamp | 8, signed | milliseconds since 1970, decimal |
//! | 9 UUID | 16 | as `01234567-89ab-cdef-0123-456789abcdef` |
//!
//! No bytes are no headers. A name or string that is not UTF-8 is an error here, not U+FFFD: the
//! checksum has shown that nothing was damaged on the way, so the sender speaks something else. A name
//! that comes twice, which the specification forbids, is handed on twice.

use std::fmt::Write;

use super::MessageDefect;
use crate::types::Header;

/// Reads the whole header section.
pub(super) fn read(section: &[u8]) -> Result<Vec<Header>, MessageDefect> {
    let mut section = Section(section);
    let mut headers = Vec::new();
    while !section.0.is_empty() {
        let name = section.name()?;
        let value = section.value()?;
        headers.push(Header { name, value });
    }
    Ok(headers)
}

/// What is left to read.
struct Section<'a>(&'a [u8]);

impl<'a> Section<'a> {
    fn name(&mut self) -> Result<String, MessageDefect> {
        let [length] = self.array()?;
        let name = self.take(length.into())?;
        match str::from_utf8(name) {
            Ok(name) if !name.is_empty() => Ok(name.to_owned()),
            _ => Err(MessageDefect::HeaderName),
        }
    }

    fn value(&mut self) -> Result<String, MessageDefect> {
        let [kind] = self.array()?;
        Ok(match kind {
            0 => "true".to_owned(),
            1 => "false".to_owned(),
            2 => i8::from_be_bytes(self.array()?).to_string(),
            3 => i16::from_be_bytes(self.array()?).to_string(),
            4 => i32::from_be_bytes(self.array()?).to_string(),
            5 | 8 => i64::from_be_bytes(self.array()?).to_string(),
            6 => hex(self.counted()?),
            7 => str::from_utf8(self.counted()?)
                .map_err(|_| MessageDefect::HeaderText)?
                .to_owned(),
            9 => uuid(self.array()?),
            unknown => return Err(MessageDefect::HeaderType(unknown)),
        })
    }

    /// A value that has its length in front.
    fn counted(&mut self) -> Result<&'a [u8], MessageDefect> {
        let length = u16::from_be_bytes(self.array()?);
        self.take(length.into())
    }

    fn take(&mut self, length: usize) -> Result<&'a [u8], MessageDefect> {
        let (taken, rest) = self
            .0
            .split_at_checked(length)
            .ok_or(MessageDefect::HeaderCut)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], MessageDefect> {
        let (taken, rest) = self.0.split_first_chunk().ok_or(MessageDefect::HeaderCut)?;
        self.0 = rest;
        Ok(*taken)
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        // Writing to a string does not fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

/// The text form of [RFC 9562](https://www.rfc-editor.org/rfc/rfc9562#section-4).
fn uuid(bytes: [u8; 16]) -> String {
    let mut text = hex(&bytes);
    // From the end, so that the places still count hex digits only.
    for place in [20, 16, 12, 8] {
        text.insert(place, '-');
    }
    text
}
