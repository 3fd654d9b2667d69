//! Lines, as newline-delimited JSON has them.
//!
//! | in the body | becomes |
//! |---|---|
//! | `text` LF, `text` CRLF | `text` |
//! | LF, CRLF | nothing |
//! | `text` at the end of the body, `text` CR at the end of the body | `text` |
//! | CR before anything but LF | part of the line; JSON allows it between tokens |
//! | U+FEFF at the start of the body | nothing |
//! | a byte that is not UTF-8 | U+FFFD |
//!
//! A line of spaces is not empty; whether that means anything is for the provider to say.

use std::mem;

use memchr::memchr;

use super::{BYTE_ORDER_MARK, FrameLimits, Framing, FramingError, text};
use crate::types::Frame;

#[derive(Debug)]
pub(super) struct Lines {
    limits: FrameLimits,
    /// The beginning of a line whose end has not arrived.
    line: Vec<u8>,
    /// Where in the body that line begins.
    offset: u64,
}

impl Lines {
    pub(super) fn new(limits: FrameLimits) -> Self {
        Self {
            limits,
            line: Vec::new(),
            offset: 0,
        }
    }

    pub(super) fn push(
        &mut self,
        mut bytes: &[u8],
        out: &mut Vec<Frame>,
    ) -> Result<(), FramingError> {
        // Only the new bytes are searched, so a line that comes byte by byte costs no more.
        while let Some(end) = memchr(b'\n', bytes) {
            let (piece, rest) = bytes.split_at(end);
            self.check(piece)?;
            let length = self.line.len() + piece.len();
            // A line that lies whole in the piece, the common case, is copied once.
            let line = if self.line.is_empty() {
                self.trim(piece).to_vec()
            } else {
                self.line.extend_from_slice(piece);
                let line = mem::take(&mut self.line);
                self.trim(&line).to_vec()
            };
            emit(line, out);
            self.offset += length as u64 + 1;
            bytes = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        self.check(bytes)?;
        self.line.extend_from_slice(bytes);
        Ok(())
    }

    pub(super) fn finish(&mut self, out: &mut Vec<Frame>) {
        let line = mem::take(&mut self.line);
        emit(self.trim(&line).to_vec(), out);
    }

    /// Whether the line may grow by `piece`. A CR at its end may yet be half of CRLF, and must not
    /// count: otherwise a line of just the allowed length would fail only when CR and LF are split.
    fn check(&self, piece: &[u8]) -> Result<(), FramingError> {
        let last = piece.last().or(self.line.last());
        let length = self.line.len() + piece.len() - usize::from(last == Some(&b'\r'));
        if length <= self.limits.frame_bytes {
            return Ok(());
        }
        Err(FramingError::TooLarge {
            framing: Framing::Lines,
            limit: self.limits.frame_bytes,
            offset: self.offset,
        })
    }

    /// A whole line without CR and byte order mark. Being asked about whole lines only, this needs
    /// no memory of where earlier pieces were split.
    fn trim<'a>(&self, line: &'a [u8]) -> &'a [u8] {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match line.strip_prefix(BYTE_ORDER_MARK) {
            Some(rest) if self.offset == 0 => rest,
            _ => line,
        }
    }

    /// What is held, in bytes of memory.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.line.capacity()
    }
}

fn emit(line: Vec<u8>, out: &mut Vec<Frame>) {
    if !line.is_empty() {
        out.push(Frame::Line(text(line)));
    }
}

#[cfg(test)]
mod tests {
    use super::super::Framing::Lines;
    use super::super::tests::{check, check_limited};

    #[test]
    fn line_ends_in_lf_or_crlf() {
        check(Lines, b"{\"a\":1}\n{}\r\n[]\n", &["{\"a\":1}", "{}", "[]"]);
    }

    #[test]
    fn empty_lines_are_skipped() {
        check(Lines, b"\n\r\na\n\n\r\n\nb\n", &["a", "b"]);
        check(Lines, b"", &[]);
    }

    #[test]
    fn unterminated_last_line_counts() {
        check(Lines, b"a\nb", &["a", "b"]);
        check(Lines, b"a\nb\r", &["a", "b"]);
    }

    #[test]
    fn lone_cr_stays_in_the_line() {
        check(Lines, b"[1,\r2]\n", &["[1,\r2]"]);
        check(Lines, b"a\r\r\n", &["a\r"]);
    }

    #[test]
    fn byte_order_mark_is_ignored_at_the_start_only() {
        check(
            Lines,
            "\u{feff}a\n\u{feff}b\n".as_bytes(),
            &["a", "\u{feff}b"],
        );
        check(Lines, "\u{feff}".as_bytes(), &[]);
    }

    #[test]
    fn characters_survive_splits_and_stray_bytes_are_replaced() {
        check(
            Lines,
            "gr\u{fc}n \u{1f30a}\n".as_bytes(),
            &["gr\u{fc}n \u{1f30a}"],
        );
        check(Lines, b"a\xffb\xf0\x9f\n", &["a\u{fffd}b\u{fffd}"]);
    }

    #[test]
    fn too_long_line_names_limit_and_place() {
        check_limited(Lines, 4, b"1234\r\n1234\n", &["1234", "1234"]);
        check_limited(
            Lines,
            4,
            b"ok\n12345\nok\n",
            &[
                "ok",
                "error: upstream sent a line of more than 4 bytes, at byte 3 of the response body",
            ],
        );
    }
}
