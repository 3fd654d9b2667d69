//! Cuts an upstream's response body into frames, so that no guest has to write a parser.
//!
//! A body arrives in pieces whose borders mean nothing: a piece may end inside a character, between
//! CR and LF, or in the middle of a checksum. Every decoder here gives the same frames, and the same
//! error, for any split of a body; the property tests and the fuzz target hold them to it.
//!
//! | framing | a frame is | unfinished at the end of the body |
//! |---|---|---|
//! | [`Framing::Lines`] | a line that is not empty | counts as a line |
//! | [`Framing::ServerSentEvents`] | an event with data | counts as an event |
//! | [`Framing::AwsEventStream`] | a message, both checksums right | [`FramingError::Truncated`] |
//!
//! The empty body has no frames and no error, whatever the framing.
//!
//! The text framings cannot tell a body that was cut from one that ended: a half line counts too,
//! because some vendors leave out the last line end. Whether the stream was complete (`[DONE]`,
//! `message_stop`, a finish reason) is for the provider to say.

mod error;
mod event_stream;
mod lines;
mod sse;
#[cfg(test)]
mod tests;

pub use error::{FramingError, MessageDefect};

use crate::types::Frame;
use event_stream::EventStream;
use lines::Lines;
use sse::ServerSentEvents;

/// How a body is divided into frames.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Lines ending in LF or CRLF, as in newline-delimited JSON.
    Lines,
    /// `text/event-stream`, after the WHATWG HTML standard, section
    /// [server-sent events](https://html.spec.whatwg.org/multipage/server-sent-events.html).
    ServerSentEvents,
    /// `application/vnd.amazon.eventstream`, after the
    /// [Amazon event stream specification](https://smithy.io/2.0/aws/amazon-eventstream.html).
    AwsEventStream,
}

/// What one frame may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FrameLimits {
    /// The bytes one frame may have in the body. An upstream that sends a larger one (a line that
    /// never ends, a length field of 4 GiB) gets an error instead of the host's memory.
    ///
    /// Between pushes a decoder holds at most twice this, since buffers grow by doubling.
    pub frame_bytes: usize,
}

/// Decodes one body. Push the pieces as they arrive, then finish.
///
/// After an error the rest of the body has no meaning any more, so every later call repeats the
/// error. Frames decoded before the error have been handed out and are good.
#[derive(Debug)]
pub struct Decoder(State);

#[derive(Debug)]
enum State {
    Lines(Lines),
    ServerSentEvents(ServerSentEvents),
    AwsEventStream(EventStream),
    Failed(FramingError),
}

impl Decoder {
    /// A decoder at the first byte of a body.
    pub fn new(framing: Framing, limits: FrameLimits) -> Self {
        Self(match framing {
            Framing::Lines => State::Lines(Lines::new(limits)),
            Framing::ServerSentEvents => State::ServerSentEvents(ServerSentEvents::new(limits)),
            Framing::AwsEventStream => State::AwsEventStream(EventStream::new(limits)),
        })
    }

    /// Takes the next piece of the body and appends every frame it completes to `out`.
    ///
    /// A frame is handed out with the byte that completes it, never later.
    pub fn push(&mut self, bytes: &[u8], out: &mut Vec<Frame>) -> Result<(), FramingError> {
        let pushed = match &mut self.0 {
            State::Lines(lines) => lines.push(bytes, out),
            State::ServerSentEvents(events) => events.push(bytes, out),
            State::AwsEventStream(messages) => messages.push(bytes, out),
            State::Failed(error) => Err(*error),
        };
        self.settle(pushed)
    }

    /// Takes the end of the body, and appends the frame that only the end completes, if there is one.
    pub fn finish(&mut self, out: &mut Vec<Frame>) -> Result<(), FramingError> {
        let finished = match &mut self.0 {
            State::Lines(lines) => {
                lines.finish(out);
                Ok(())
            }
            State::ServerSentEvents(events) => {
                events.finish(out);
                Ok(())
            }
            State::AwsEventStream(messages) => messages.finish(),
            State::Failed(error) => Err(*error),
        };
        self.settle(finished)
    }

    fn settle(&mut self, result: Result<(), FramingError>) -> Result<(), FramingError> {
        if let Err(error) = result {
            // This also frees whatever the failed decoder held.
            self.0 = State::Failed(error);
        }
        result
    }
}

/// What a body may begin with and no frame includes: U+FEFF in UTF-8.
const BYTE_ORDER_MARK: &[u8] = b"\xEF\xBB\xBF";

/// Decodes text as the standard's "UTF-8 decode" does: what is not UTF-8 becomes U+FFFD.
///
/// Bytes that are UTF-8 become the string without a copy. They must be whole lines: an unfinished
/// character at the border of a piece would be replaced rather than joined.
fn text(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|invalid| String::from_utf8_lossy(invalid.as_bytes()).into_owned())
}
