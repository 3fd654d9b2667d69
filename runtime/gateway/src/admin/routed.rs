//! A router of axum's as what answers requests.

use std::convert::Infallible;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use axum::Router;
use axum::body::Body as AxumBody;
use bytes::Bytes;
use http::{Request, Response};
use hyper::body::{Body, Frame, SizeHint};
use tower_service::Service as _;

use crate::serving::{AnswerBody, RequestBody, Service};

/// Answers as its router does.
#[derive(Clone)]
pub struct Routed(pub Router);

impl Service for Routed {
    async fn answer(mut self, request: Request<RequestBody>) -> Response<AnswerBody> {
        match self.0.call(request.map(AxumBody::new)).await {
            Ok(response) => response.map(|body| AnswerBody::streamed(Certain(body))),
            Err(never) => match never {},
        }
    }
}

/// A body made here, of which no piece can fail.
struct Certain(AxumBody);

impl Body for Certain {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let frame = ready!(Pin::new(&mut self.0).poll_frame(context));
        Poll::Ready(frame.and_then(Result::ok).map(Ok))
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}
