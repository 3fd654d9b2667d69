//! Server-sent events, after the WHATWG HTML standard, sections
//! [parsing](https://html.spec.whatwg.org/multipage/server-sent-events.html#parsing-an-event-stream)
//! and [interpreting](https://html.spec.whatwg.org/multipage/server-sent-events.html#event-stream-interpretation)
//! an event stream.
//!
//! | line, ending in LF, CRLF or CR | effect on the event |
//! |---|---|
//! | `data: x`, `data:x` | its data is `x`; a further one adds a newline and its value |
//! | `data:`, `data` | the same with an empty value; the event has data |
//! | `event: x` | its type is `x`; the last one counts, an empty one is none |
//! | `id: x` | its id is `x`; ignored if there is a NUL in it |
//! | `: x`, `retry: x`, `Data: x`, anything else | none |
//! | empty | ends it; without a data line it is dropped |
//! | U+FEFF at the start of the body | none |
//! | a byte that is not UTF-8 | U+FFFD |
//!
//! Two deviations. An event that the body ends in counts, since some vendors leave out the last
//! line ends. And `id` is that of this very event, not the sticky "last event ID": that one is there
//! for reconnecting, which nobody does with the answer of a model.

use std::mem;

use memchr::{memchr, memchr2};

use super::{BYTE_ORDER_MARK, FrameLimits, Framing, FramingError, text};
use crate::types::{Frame, ServerSentEvent};

#[derive(Debug)]
pub(super) struct ServerSentEvents {
    limits: FrameLimits,
    /// The beginning of a line whose end has not arrived.
    line: Vec<u8>,
    /// Where in the body that line begins.
    offset: u64,
    /// The line before ended in CR. It was read at once, for an event must not wait for a next
    /// piece that may be seconds away; should an LF follow, it belongs to that line end.
    after_cr: bool,
    event: Event,
}

impl ServerSentEvents {
    pub(super) fn new(limits: FrameLimits) -> Self {
        Self {
            limits,
            line: Vec::new(),
            offset: 0,
            after_cr: false,
            event: Event::default(),
        }
    }

    pub(super) fn push(
        &mut self,
        mut bytes: &[u8],
        out: &mut Vec<Frame>,
    ) -> Result<(), FramingError> {
        while let Some(&first) = bytes.first() {
            if mem::take(&mut self.after_cr) && first == b'\n' {
                self.offset += 1;
                bytes = bytes.strip_prefix(b"\n").unwrap_or_default();
                continue;
            }
            let end = memchr2(b'\n', b'\r', bytes).unwrap_or(bytes.len());
            let (piece, rest) = bytes.split_at(end);
            self.check(piece)?;
            let Some((&terminator, rest)) = rest.split_first() else {
                self.line.extend_from_slice(piece);
                break;
            };
            self.offset += self.end_line(piece, out) + 1;
            self.after_cr = terminator == b'\r';
            bytes = rest;
        }
        Ok(())
    }

    pub(super) fn finish(&mut self, out: &mut Vec<Frame>) {
        self.end_line(&[], out);
        self.event.dispatch(out);
    }

    /// Reads the line that `piece` completes, and says how long it was.
    fn end_line(&mut self, piece: &[u8], out: &mut Vec<Frame>) -> u64 {
        let at_start = self.offset == 0;
        // A line that lies whole in the piece, the common case, is read where it is.
        if self.line.is_empty() {
            self.event.read(trim(piece, at_start), out);
            return piece.len() as u64;
        }
        // Taken rather than cleared: a stream open for long must not keep its longest line.
        let mut line = mem::take(&mut self.line);
        line.extend_from_slice(piece);
        self.event.read(trim(&line, at_start), out);
        line.len() as u64
    }

    /// Whether the event, with the line being read, may grow by `piece`.
    ///
    /// Lines without effect count only while they are read, so that comments sent to keep a
    /// connection alive do not add up.
    fn check(&self, piece: &[u8]) -> Result<(), FramingError> {
        if self.event.length() + self.line.len() + piece.len() <= self.limits.frame_bytes {
            return Ok(());
        }
        Err(FramingError::TooLarge {
            framing: Framing::ServerSentEvents,
            limit: self.limits.frame_bytes,
            offset: self.offset,
        })
    }

    /// What is held, in bytes of memory.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        let Event { event, data, id } = &self.event;
        let optional = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::capacity);
        self.line.capacity() + event.capacity() + optional(data) + optional(id)
    }
}

fn trim(line: &[u8], at_start: bool) -> &[u8] {
    match line.strip_prefix(BYTE_ORDER_MARK) {
        Some(rest) if at_start => rest,
        _ => line,
    }
}

/// The fields of an event whose empty line has not come. They are bytes until then, so that UTF-8 is
/// checked once and a field of valid text becomes its string without a copy.
#[derive(Debug, Default)]
struct Event {
    event: Vec<u8>,
    /// None without a data line, which is not the same as empty data.
    data: Option<Vec<u8>>,
    id: Option<Vec<u8>>,
}

impl Event {
    /// Reads a line without its end.
    fn read(&mut self, line: &[u8], out: &mut Vec<Frame>) {
        if line.is_empty() {
            return self.dispatch(out);
        }
        let (name, value) = line.split_at(memchr(b':', line).unwrap_or(line.len()));
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" => match &mut self.data {
                Some(data) => {
                    data.push(b'\n');
                    data.extend_from_slice(value);
                }
                None => self.data = Some(value.to_vec()),
            },
            b"event" => self.event = value.to_vec(),
            b"id" if memchr(0, value).is_none() => self.id = Some(value.to_vec()),
            _ => {}
        }
    }

    fn dispatch(&mut self, out: &mut Vec<Frame>) {
        let Event { event, data, id } = mem::take(self);
        if let Some(data) = data {
            out.push(Frame::Event(ServerSentEvent {
                event: (!event.is_empty()).then(|| text(event)),
                data: text(data),
                id: id.map(text),
            }));
        }
    }

    fn length(&self) -> usize {
        let optional = |bytes: &Option<Vec<u8>>| bytes.as_ref().map_or(0, Vec::len);
        self.event.len() + optional(&self.data) + optional(&self.id)
    }
}

#[cfg(test)]
mod tests;
