//! The body of an answer whose client is watched: says when a piece of it waits to be taken.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

use super::AnswerBody;
use super::vigil::Watched;

/// What is handed over at once. What is handed over goes out of sight, and so does a client that never
/// takes it, once it is all.
const PIECE: usize = 64 << 10;

/// The body of an answer whose client is watched.
pub struct WatchedBody {
    body: AnswerBody,
    /// What is still to be handed over of a larger piece.
    rest: Bytes,
    watched: Option<Watched>,
}

impl WatchedBody {
    /// Its head is handed over with it.
    pub fn new(body: AnswerBody, watched: Option<Watched>) -> Self {
        if let Some(watched) = &watched {
            watched.waits(true);
        }
        WatchedBody {
            body,
            rest: Bytes::new(),
            watched,
        }
    }
}

impl Body for WatchedBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let this = &mut *self;
        let Some(watched) = &this.watched else {
            return Pin::new(&mut this.body).poll_frame(context);
        };
        if this.rest.is_empty() {
            match Pin::new(&mut this.body).poll_frame(context) {
                Poll::Ready(Some(Ok(frame))) => match frame.into_data() {
                    Ok(data) => this.rest = data,
                    Err(frame) => return Poll::Ready(Some(Ok(frame))),
                },
                polled => {
                    watched.waits(polled.is_ready());
                    return polled;
                }
            }
        }
        watched.waits(true);
        let piece = this.rest.split_to(this.rest.len().min(PIECE));
        Poll::Ready(Some(Ok(Frame::data(piece))))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        match self.rest.is_empty() {
            true => self.body.size_hint(),
            false => SizeHint::default(),
        }
    }
}
