//! The body of a request, which is read to its end even where nobody wants it.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::Bytes;
use futures::future::poll_fn;
use hyper::body::{Body, Frame, Incoming, SizeHint};
use tokio::runtime::Handle;

/// How long what is left of a body is still taken in. No honest client needs longer to notice that it
/// has been answered.
const LINGER: Duration = Duration::from_secs(2);

/// A body. Dropped before its end it is read on in the background, for a while and up to a size.
///
/// Many requests are answered before their bodies are read: the key is wrong, the path is nobody's.
/// Clients that send head and body apart, as httpx does, may still be sending then. The connection
/// would have to be closed, which such a client sees as a reset in place of the answer, or at its next
/// request, as an answer that never came.
pub struct RequestBody {
    /// None once it has ended, or is read on elsewhere.
    body: Option<Incoming>,
    limit: usize,
}

impl RequestBody {
    /// Of what nobody wants, `limit` bytes are read.
    pub fn new(body: Incoming, limit: usize) -> Self {
        let body = (!body.is_end_stream()).then_some(body);
        RequestBody { body, limit }
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(body) = &mut self.body else {
            return Poll::Ready(None);
        };
        let polled = Pin::new(body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) {
            self.body = None;
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        match &self.body {
            Some(body) => body.size_hint(),
            None => SizeHint::with_exact(0),
        }
    }
}

impl Drop for RequestBody {
    fn drop(&mut self) {
        let unread = self.body.take().filter(|body| !body.is_end_stream());
        // Without a runtime there is no connection left to read from.
        if let (Some(body), Ok(runtime)) = (unread, Handle::try_current()) {
            let discarding = discard(body, self.limit);
            // Whatever comes of it: nobody waits for it.
            runtime.spawn(tokio::time::timeout(LINGER, discarding));
        }
    }
}

async fn discard(mut body: Incoming, limit: usize) {
    let mut left = limit;
    while let Some(Ok(frame)) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
        left = left.saturating_sub(frame.data_ref().map_or(0, Bytes::len));
        if left == 0 {
            break;
        }
    }
}
