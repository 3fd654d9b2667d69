//! From an answer to the steps on the wire: the pure half of answering.
//!
//! The whole wire is laid out first, and the marks (where to pause, hold, end) are placed on it by
//! their offset in the body. So a mark inside a piece falls inside its chunk, and what was promised
//! before it stays unmet.

use std::ops::Range;

use bytes::Bytes;

use super::answer::{Act, Answer, Place};
use super::head::{Framing, Head};
use super::request::Request;
use super::split::Split;
use super::valve::Valve;

/// One thing to do on the connection.
#[derive(Debug)]
pub(super) enum Step {
    /// Send these bytes in one write, once the peer has read the ones before.
    Write(Bytes),
    /// Wait for the valve.
    Hold(Valve),
    /// End the connection with FIN.
    Close,
    /// End the connection with RST.
    Reset,
}

/// The steps that answer `request`.
pub(super) fn script(answer: &Answer, request: &Request) -> Vec<Step> {
    let has_body = request.method != "HEAD" && answer.head.as_ref().is_none_or(Head::may_have_body);
    steps(answer, has_body, request.ends_connection())
}

/// The steps that answer what was not a request: there is none to take account of, and nothing
/// after it.
pub(super) fn refusal(answer: &Answer) -> Vec<Step> {
    steps(answer, true, true)
}

fn steps(answer: &Answer, has_body: bool, last: bool) -> Vec<Step> {
    let wire = Wire::lay_out(answer, has_body);
    let mut marks: Vec<(usize, Option<Step>)> = Vec::new();
    // Before the marks of pieces, so that a hold or an end at a boundary comes before the next
    // piece is awaited.
    for (place, act) in &answer.acts {
        let step = match act {
            Act::Hold(valve) => Step::Hold(valve.clone()),
            Act::Close => Step::Close,
            Act::Reset => Step::Reset,
        };
        marks.push((wire.offset(*place, answer.body.len()), Some(step)));
    }
    for piece in &wire.pieces {
        if let Some(valve) = &answer.drip {
            marks.push((piece.starts, Some(Step::Hold(valve.clone()))));
        } else if answer.split != Split::Whole {
            marks.push((piece.starts, None));
        }
    }
    marks.sort_by_key(|(offset, _)| *offset);

    let mut steps = Vec::new();
    let mut written = 0;
    for (offset, step) in marks {
        if offset > written {
            steps.push(Step::Write(wire.bytes.slice(written..offset)));
            written = offset;
        }
        let ends = matches!(step, Some(Step::Close | Step::Reset));
        steps.extend(step);
        if ends {
            return steps;
        }
    }
    if written < wire.bytes.len() {
        steps.push(Step::Write(wire.bytes.slice(written..)));
    }
    if last || answer.ends_connection() {
        steps.push(Step::Close);
    }
    steps
}

/// An answer as it would be sent by a vendor with nothing wrong.
struct Wire {
    bytes: Bytes,
    pieces: Vec<Piece>,
    /// Where the body is complete and its end (the last chunk) not yet announced.
    body_ends: usize,
}

/// A piece of the body, and where it lies on the wire.
struct Piece {
    body: Range<usize>,
    /// The first byte that belongs to it, framing included.
    starts: usize,
    /// The first byte of its content.
    content: usize,
}

impl Wire {
    fn lay_out(answer: &Answer, has_body: bool) -> Wire {
        let mut bytes = answer
            .head
            .as_ref()
            .map(|head| head.bytes(answer.body.len()))
            .unwrap_or_default();
        let chunked = answer
            .head
            .as_ref()
            .is_some_and(|head| head.framing == Framing::Chunked);
        let mut pieces = Vec::new();
        let ranges = if has_body {
            answer.split.ranges(answer.body.len())
        } else {
            Vec::new()
        };
        for body in ranges {
            let starts = bytes.len();
            if chunked {
                bytes.extend_from_slice(format!("{:x}\r\n", body.len()).as_bytes());
            }
            let content = bytes.len();
            bytes.extend_from_slice(&answer.body[body.clone()]);
            if chunked {
                bytes.extend_from_slice(b"\r\n");
            }
            pieces.push(Piece {
                body,
                starts,
                content,
            });
        }
        let body_ends = bytes.len();
        // In the same write as the last piece: a client that stops at the last event of a stream
        // would otherwise abandon the answer on some runs and not on others.
        if chunked && has_body {
            bytes.extend_from_slice(b"0\r\n\r\n");
        }
        Wire {
            bytes: bytes.into(),
            pieces,
            body_ends,
        }
    }

    /// Where `place` is on the wire. An answer without a body (to HEAD, or status 204) has all
    /// places at its end.
    fn offset(&self, place: Place, body_length: usize) -> usize {
        let offset = match place {
            Place::BeforeHead => return 0,
            Place::Body(offset) => offset,
        };
        assert!(
            offset <= body_length,
            "offset {offset} lies outside the answer's body of {body_length} bytes"
        );
        match self
            .pieces
            .iter()
            .find(|piece| piece.body.contains(&offset))
        {
            Some(piece) if piece.body.start == offset => piece.starts,
            Some(piece) => piece.content + (offset - piece.body.start),
            None => self.body_ends,
        }
    }
}
