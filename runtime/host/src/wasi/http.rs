//! `wasi:http/outgoing-handler`, by way of the egress that serves `fetch`.

use std::time::Duration;

use http_body::Frame;
use http_body_util::{BodyExt as _, Limited, StreamBody};
use tidegate_grants::{HeaderError, check_header};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::egress::{Answer, Outbound};
use crate::types::{FetchFailure, FetchFailureKind, FetchLimits, Header};
use crate::wasi::Caller;

pub(crate) struct Hooks {
    caller: Option<Caller>,
    /// Requests sent in this call.
    sent: u32,
}

impl Hooks {
    pub(crate) fn new(caller: Option<Caller>) -> Self {
        Hooks { caller, sent: 0 }
    }
}

type Io = Box<dyn Future<Output = Result<(), Error>> + Send>;
type Sending = Box<dyn Future<Output = Result<(http::Response<WasiBody>, Io), Error>> + Send>;

impl WasiHttpHooks for Hooks {
    /// The client below writes it.
    fn set_host_header(&mut self) -> bool {
        false
    }

    fn send_request(
        &mut self,
        request: http::Request<WasiBody>,
        options: Option<RequestOptions>,
        _processed: Io,
    ) -> Sending {
        self.sent += 1;
        let caller = self.caller.clone();
        let sent = self.sent;
        Box::new(async move {
            let caller = caller.ok_or(Error::HttpRequestDenied)?;
            if sent > caller.way_out.access.limits.fetches {
                return Err(Error::ConnectionLimitReached);
            }
            let outbound = outbound(&caller, request, options).await?;
            let answer = caller
                .way_out
                .send(&caller.request_id, outbound)
                .await
                .map_err(error)?;
            let nothing_left: Io = Box::new(async { Ok(()) });
            Ok((response(answer)?, nothing_left))
        })
    }
}

async fn outbound(
    caller: &Caller,
    request: http::Request<WasiBody>,
    options: Option<RequestOptions>,
) -> Result<Outbound, Error> {
    let (head, body) = request.into_parts();
    let limit = caller.way_out.access.limits.request;
    // Gathered before it is sent, so that its size is known to the limit and to the record.
    let body = Limited::new(body, limit).collect().await;
    let body = body
        .map_err(|_| Error::HttpRequestBodySize(u64::try_from(limit).ok()))?
        .to_bytes();
    let milliseconds = |duration: Duration| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
    let options = options.unwrap_or_default();
    Ok(Outbound {
        method: head.method.as_str().into(),
        url: head.uri.to_string(),
        headers: headers(&head.headers),
        size: body.len() as u64,
        body: body.into(),
        credential: None,
        limits: FetchLimits {
            first_byte_ms: options.first_byte_timeout.map(milliseconds),
            idle_ms: options.between_bytes_timeout.map(milliseconds),
            response_bytes: None,
        },
    })
}

/// HTTP clients set `accept-encoding`, `content-length` and the like on their own. Those are the
/// host's to write, so they are left out here, while a `fetch` that has them is refused.
fn headers(headers: &http::HeaderMap) -> Vec<Header> {
    let kept = headers.iter().filter(|(name, value)| {
        !matches!(
            check_header(name.as_str(), value.as_bytes()),
            Err(HeaderError::Host(_))
        )
    });
    kept.map(|(name, value)| Header {
        name: name.as_str().into(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    })
    .collect()
}

fn response(answer: Answer) -> Result<http::Response<WasiBody>, Error> {
    let mut response = http::Response::builder().status(answer.status());
    for header in answer.headers() {
        response = response.header(header.name, header.value);
    }
    let pieces = futures::stream::unfold(answer, |mut answer| async {
        let piece = match answer.chunk().await {
            Ok(piece) => Ok(Frame::data(piece?)),
            Err(failure) => Err(error(failure)),
        };
        Some((piece, answer))
    });
    let body = StreamBody::new(pieces).boxed_unsync();
    response
        .body(body)
        .map_err(|error| Error::InternalError(Some(error.to_string())))
}

fn error(failure: FetchFailure) -> Error {
    match failure.kind {
        FetchFailureKind::Denied => Error::HttpRequestDenied,
        FetchFailureKind::InvalidRequest => Error::HttpRequestUriInvalid,
        FetchFailureKind::Unreachable => Error::DestinationUnavailable,
        FetchFailureKind::Timeout => Error::HttpResponseTimeout,
        FetchFailureKind::Interrupted => Error::HttpResponseIncomplete,
        FetchFailureKind::TooLarge => Error::HttpResponseBodySize(None),
        FetchFailureKind::Malformed => Error::HttpProtocolError,
    }
}
