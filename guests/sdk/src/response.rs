//! An answer of the upstream.

use crate::io::{Arrival, Io, out_of_turn};
use crate::types::{Content, Error, Frame, Header, ServerSentEvent};
use crate::{Result, errors, headers};

/// An answer: its head, and its body either whole or to be read piece by piece.
pub struct Response {
    /// The HTTP status.
    pub status: u16,
    /// Names in lower case.
    pub headers: Vec<Header>,
    /// The body, where it came whole.
    pub body: Option<Content>,
    io: Io,
    ended: bool,
}

impl Response {
    pub(crate) fn new(response: crate::types::Response, io: Io) -> Self {
        Response {
            status: response.status,
            headers: response.headers,
            // A whole answer is over with its head.
            ended: response.body.is_some(),
            body: response.body,
            io,
        }
    }

    /// The value of a header; `name` in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        headers::value(&self.headers, name)
    }

    /// The whole body as text; bytes that are not UTF-8 become U+FFFD.
    pub fn text(&self) -> std::borrow::Cow<'_, str> {
        match &self.body {
            Some(Content::Text(text)) => text.as_str().into(),
            Some(Content::Bytes(bytes)) => String::from_utf8_lossy(bytes),
            None => "".into(),
        }
    }

    /// The whole body as bytes.
    pub fn bytes(&self) -> &[u8] {
        match &self.body {
            Some(Content::Text(text)) => text.as_bytes(),
            Some(Content::Bytes(bytes)) => bytes,
            None => &[],
        }
    }

    /// The answer itself below status 300, else the error that it means. For vendors with codes of
    /// their own, see [`errors::vendor_error`].
    pub fn error_for_status(self) -> Result<Self> {
        match self.status {
            200..300 => Ok(self),
            _ => Err(errors::vendor_error(&self, self.io.context().now_ms)),
        }
    }

    /// The error that this answer means, whatever its status.
    pub fn error(&self) -> Error {
        errors::vendor_error(self, self.io.context().now_ms)
    }

    /// The next frame (delivery `lines`, `server-sent-events`, `aws-event-stream`).
    pub async fn frame(&mut self) -> Result<Option<Frame>> {
        match self.next().await? {
            Some(Arrival::Frame(frame)) => Ok(Some(frame)),
            Some(_) => Err(out_of_turn("frames were asked for")),
            None => Ok(None),
        }
    }

    /// The next server-sent event.
    pub async fn event(&mut self) -> Result<Option<ServerSentEvent>> {
        match self.frame().await? {
            Some(Frame::Event(event)) => Ok(Some(event)),
            Some(_) => Err(out_of_turn("server-sent events were asked for")),
            None => Ok(None),
        }
    }

    /// The next line.
    pub async fn line(&mut self) -> Result<Option<String>> {
        match self.frame().await? {
            Some(Frame::Line(line)) => Ok(Some(line)),
            Some(_) => Err(out_of_turn("lines were asked for")),
            None => Ok(None),
        }
    }

    /// The next bytes (delivery `chunks`).
    pub async fn chunk(&mut self) -> Result<Option<Vec<u8>>> {
        match self.next().await? {
            Some(Arrival::Chunk(bytes)) => Ok(Some(bytes)),
            Some(_) => Err(out_of_turn("chunks were asked for")),
            None => Ok(None),
        }
    }

    async fn next(&mut self) -> Result<Option<Arrival>> {
        if self.ended {
            return Ok(None);
        }
        match self.io.arrival().await {
            Arrival::End => {
                self.ended = true;
                Ok(None)
            }
            Arrival::Failed(failure) => {
                self.ended = true;
                Err(failure.into())
            }
            arrival => Ok(Some(arrival)),
        }
    }
}
