//! What the upstream says to one request, and how badly it behaves while saying it.

use bytes::Bytes;
use serde_json::Value;

use super::head::{Framing, Head};
use super::split::Split;
use super::valve::Valve;

/// An answer in the making: a constructor says what, the methods after it say how.
///
/// ```
/// use tidegate_kit::upstream::{Answer, Split};
///
/// // A stream that dies in its second event, sent one byte at a time.
/// let answer = Answer::sse([r#"{"delta":"Hel"}"#, r#"{"delta":"lo"}"#, "[DONE]"])
///     .split(Split::EveryByte)
///     .cut_after(30);
/// ```
///
/// Offsets count bytes of the body, framing not included; of a [raw](Answer::raw) answer they count
/// all bytes. One that lies outside the body fails the test.
#[derive(Clone, Debug)]
pub struct Answer {
    /// None: the body is everything, head included.
    pub(super) head: Option<Head>,
    pub(super) body: Bytes,
    pub(super) split: Split,
    pub(super) drip: Option<Valve>,
    pub(super) acts: Vec<(Place, Act)>,
    then_close: bool,
}

/// A point of the answer at which something happens.
#[derive(Clone, Copy, Debug)]
pub(super) enum Place {
    BeforeHead,
    Body(usize),
}

/// What happens there.
#[derive(Clone, Debug)]
pub(super) enum Act {
    Hold(Valve),
    Close,
    Reset,
}

impl Answer {
    /// An empty answer with a `Content-Length`.
    pub fn new(status: u16) -> Answer {
        Answer::with(Some(Head::new(status)), Bytes::new())
    }

    /// A JSON document.
    pub fn json(status: u16, document: Value) -> Answer {
        Answer::new(status)
            .header("Content-Type", "application/json")
            .body(document.to_string())
    }

    /// A page such as a proxy or a maintenance screen puts in place of the vendor's JSON.
    pub fn html(status: u16, page: impl Into<Bytes>) -> Answer {
        Answer::new(status)
            .header("Content-Type", "text/html")
            .body(page)
    }

    /// A stream of server-sent events with one data line each, a piece and a chunk per event.
    pub fn sse<D: AsRef<str>>(data: impl IntoIterator<Item = D>) -> Answer {
        let events = data
            .into_iter()
            .map(|data| format!("data: {}\n\n", data.as_ref()));
        Answer::stream("text/event-stream", events)
    }

    /// The same with an event name before each data line: `[("message_stop", "{}")]`.
    pub fn sse_events<N: AsRef<str>, D: AsRef<str>>(
        events: impl IntoIterator<Item = (N, D)>,
    ) -> Answer {
        let event =
            |(name, data): (N, D)| format!("event: {}\ndata: {}\n\n", name.as_ref(), data.as_ref());
        Answer::stream("text/event-stream", events.into_iter().map(event))
    }

    /// A stream of JSON documents, one to a line, a piece and a chunk per line.
    pub fn ndjson(documents: impl IntoIterator<Item = Value>) -> Answer {
        Answer::stream(
            "application/x-ndjson",
            documents
                .into_iter()
                .map(|document| format!("{document}\n")),
        )
    }

    /// Status 200 and a chunked body that arrives in these pieces.
    pub fn stream<P: AsRef<[u8]>>(
        content_type: &str,
        pieces: impl IntoIterator<Item = P>,
    ) -> Answer {
        let mut body = Vec::new();
        let mut ends = Vec::new();
        for piece in pieces {
            body.extend_from_slice(piece.as_ref());
            ends.push(body.len());
        }
        let answer = Answer::new(200)
            .header("Content-Type", content_type)
            .framed(Framing::Chunked);
        answer.body(body).split(Split::At(ends))
    }

    /// Exactly these bytes, head and all, after which the connection closes: for answers that are
    /// not HTTP.
    pub fn raw(bytes: impl Into<Bytes>) -> Answer {
        Answer::with(None, bytes.into())
    }

    fn with(head: Option<Head>, body: Bytes) -> Answer {
        Answer {
            head,
            body,
            split: Split::Whole,
            drip: None,
            acts: Vec::new(),
            then_close: false,
        }
    }

    /// Adds a header; the order and the spelling are kept. A `Content-Length` or
    /// `Transfer-Encoding` given here takes the place of the one that belongs to the framing, true
    /// or not.
    pub fn header(mut self, name: &str, value: &str) -> Answer {
        self.head_mut().add(name, value);
        self
    }

    /// Replaces the body.
    pub fn body(mut self, body: impl Into<Bytes>) -> Answer {
        self.body = body.into();
        self
    }

    /// Says how the end of the body is made known.
    pub fn framed(mut self, framing: Framing) -> Answer {
        self.head_mut().framing = framing;
        self
    }

    /// Cuts the body into other pieces.
    pub fn split(mut self, split: Split) -> Answer {
        self.split = split;
        self
    }

    /// Holds each piece until the valve lets it through. The head goes out at once.
    pub fn drip(mut self, valve: &Valve) -> Answer {
        self.drip = Some(valve.clone());
        self
    }

    /// Takes the request and says nothing until the peer hangs up.
    pub fn stall_before_head(self) -> Answer {
        self.hold_before_head(&Valve::shut())
    }

    /// Falls silent after so many bytes of the body, until the peer hangs up. At the length of a
    /// chunked body, only the word that this was all is missing.
    pub fn stall_after(self, offset: usize) -> Answer {
        self.hold_after(offset, &Valve::shut())
    }

    /// Takes the request and says nothing until the valve lets it, or the peer hangs up.
    pub fn hold_before_head(self, valve: &Valve) -> Answer {
        self.act(Place::BeforeHead, Act::Hold(valve.clone()))
    }

    /// Falls silent after so many bytes of the body, until the valve lets it go on, or the peer
    /// hangs up.
    pub fn hold_after(self, offset: usize, valve: &Valve) -> Answer {
        self.act(Place::Body(offset), Act::Hold(valve.clone()))
    }

    /// Takes the request and closes the connection.
    pub fn close_before_head(self) -> Answer {
        self.act(Place::BeforeHead, Act::Close)
    }

    /// Takes the request and resets the connection.
    pub fn reset_before_head(self) -> Answer {
        self.act(Place::BeforeHead, Act::Reset)
    }

    /// Closes the connection in order (FIN) after so many bytes of the body, whatever the head
    /// promised.
    pub fn cut_after(self, offset: usize) -> Answer {
        self.act(Place::Body(offset), Act::Close)
    }

    /// Resets the connection (RST) after so many bytes of the body, once the peer has read them.
    pub fn reset_after(self, offset: usize) -> Answer {
        self.act(Place::Body(offset), Act::Reset)
    }

    /// Closes the connection after a complete answer that did not announce it: what a pooled client
    /// finds stale.
    pub fn then_close(mut self) -> Answer {
        self.then_close = true;
        self
    }

    pub(super) fn ends_connection(&self) -> bool {
        self.then_close || self.head.as_ref().is_none_or(Head::ends_connection)
    }

    fn act(mut self, place: Place, act: Act) -> Answer {
        self.acts.push((place, act));
        self
    }

    fn head_mut(&mut self) -> &mut Head {
        self.head
            .as_mut()
            .expect("a raw answer carries its head in its bytes")
    }
}
