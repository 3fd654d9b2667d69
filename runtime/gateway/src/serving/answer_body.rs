//! The body of an answer: there already, or made as it is sent.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll};

use bytes::Bytes;
use hyper::body::{Body, Frame, SizeHint};

/// A body, which cannot fail: what goes wrong in the middle is written in the words of its dialect.
pub enum AnswerBody {
    /// In one piece; none once it is sent, or when it is empty.
    Whole(Option<Bytes>),
    /// Piece by piece.
    Streamed(Pin<Box<dyn Body<Data = Bytes, Error = Infallible> + Send>>),
}

impl AnswerBody {
    /// A body that is made as it is sent.
    pub fn streamed(body: impl Body<Data = Bytes, Error = Infallible> + Send + 'static) -> Self {
        AnswerBody::Streamed(Box::pin(body))
    }
}

impl<T: Into<Bytes>> From<T> for AnswerBody {
    fn from(bytes: T) -> Self {
        let bytes = bytes.into();
        AnswerBody::Whole((!bytes.is_empty()).then_some(bytes))
    }
}

impl Default for AnswerBody {
    fn default() -> Self {
        AnswerBody::Whole(None)
    }
}

impl Body for AnswerBody {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        match &mut *self {
            AnswerBody::Whole(bytes) => Poll::Ready(bytes.take().map(|it| Ok(Frame::data(it)))),
            AnswerBody::Streamed(body) => body.as_mut().poll_frame(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match self {
            AnswerBody::Whole(bytes) => bytes.is_none(),
            AnswerBody::Streamed(body) => body.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            AnswerBody::Whole(bytes) => {
                SizeHint::with_exact(bytes.as_ref().map_or(0, |bytes| bytes.len() as u64))
            }
            AnswerBody::Streamed(body) => body.size_hint(),
        }
    }
}
