//! `wasi:http/outgoing-handler`, by way of the egress that serves `fetch`.

use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use http_body::Frame;
use http_body_util::{BodyExt as _, StreamBody};
use tidegate_grants::{HeaderError, check_header};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use wasmtime_wasi_http::{Error, RequestOptions, WasiBody, WasiHttpHooks};

use crate::egress::{Answer, Outbound, Payload};
use crate::tap::Tap;
use crate::types::{FetchFailure, FetchFailureKind, FetchLimits, Header};
use crate::wasi::Caller;
use crate::wasi::body::{Gathering, GivenUp};

/// Requests of one call under way at once. Each may hold a body and a connection; the operations of
/// a provider need one or two.
const AT_ONCE: usize = 8;

pub(crate) struct Hooks {
    caller: Option<Caller>,
    /// Requests sent in this call.
    sent: u32,
    under_way: Arc<Semaphore>,
    /// Whether the host had no room for the body of one of them.
    out_of_room: Arc<AtomicBool>,
}

impl Hooks {
    pub(crate) fn new(caller: Option<Caller>) -> Self {
        Hooks {
            caller,
            sent: 0,
            under_way: Arc::new(Semaphore::new(AT_ONCE)),
            out_of_room: Arc::default(),
        }
    }

    pub(crate) fn is_out_of_room(&self) -> bool {
        self.out_of_room.load(Relaxed)
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
        let before = self.sent;
        self.sent = before.saturating_add(1);
        let caller = self.caller.clone();
        let under_way = self.under_way.clone();
        let out_of_room = self.out_of_room.clone();
        Box::new(async move {
            let caller = caller.ok_or(Error::HttpRequestDenied)?;
            let limit = caller.way_out.access.limits.fetches;
            if before >= limit {
                if before == limit {
                    let (method, url) = (request.method().as_str(), request.uri().to_string());
                    let way_out = &caller.way_out;
                    way_out.record_excess(&caller.request_id, method, &url);
                }
                return Err(Error::ConnectionLimitReached);
            }
            let place = under_way.acquire_owned().await;
            let place = place.map_err(|_| Error::ConnectionLimitReached)?;
            let limit = caller.way_out.access.limits.request;
            let given_up = Arc::new(OnceLock::new());
            let gathering = Gathering {
                limit,
                budget: caller.budget.clone(),
                given_up: given_up.clone(),
            };
            let outbound = outbound(gathering, request, options, caller.tap.clone());
            let sent = caller.way_out.send(&caller.request_id, outbound).await;
            let answer = sent.map_err(|failure| match given_up.get() {
                Some(GivenUp::TooLarge) => Error::HttpRequestBodySize(u64::try_from(limit).ok()),
                // The call ends by it, once the guest returns.
                Some(GivenUp::NoRoom) => {
                    out_of_room.store(true, Relaxed);
                    Error::ConnectionLimitReached
                }
                Some(GivenUp::ByTheGuest) => Error::HttpProtocolError,
                None => error(failure),
            })?;
            let nothing_left: Io = Box::new(async { Ok(()) });
            Ok((response(answer, place)?, nothing_left))
        })
    }
}

fn outbound(
    gathering: Gathering,
    request: http::Request<WasiBody>,
    options: Option<RequestOptions>,
    tap: Option<Tap>,
) -> Outbound {
    let (head, body) = request.into_parts();
    let milliseconds = |duration: Duration| u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
    let options = options.unwrap_or_default();
    Outbound {
        method: head.method.as_str().into(),
        url: head.uri.to_string(),
        headers: headers(&head.headers),
        // Gathered before it is sent, so that its size is known to the limit and to the record.
        payload: Payload::Arriving(Box::pin(gathering.gather(body))),
        credential: None,
        limits: FetchLimits {
            first_byte_ms: options.first_byte_timeout.map(milliseconds),
            idle_ms: options.between_bytes_timeout.map(milliseconds),
            response_bytes: None,
        },
        tap,
    }
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

fn response(
    answer: Answer,
    place: OwnedSemaphorePermit,
) -> Result<http::Response<WasiBody>, Error> {
    let mut response = http::Response::builder().status(answer.status());
    for header in answer.headers() {
        response = response.header(header.name, header.value);
    }
    // The place is given back with the body.
    let pieces = futures::stream::unfold((answer, place), |(mut answer, place)| async {
        let piece = match answer.chunk().await {
            Ok(piece) => Ok(Frame::data(piece?)),
            Err(failure) => Err(error(failure)),
        };
        Some((piece, (answer, place)))
    });
    let body = StreamBody::new(pieces).boxed_unsync();
    response
        .body(body)
        .map_err(|error| Error::InternalError(Some(error.to_string())))
}

fn error(failure: FetchFailure) -> Error {
    match failure.kind {
        FetchFailureKind::Denied => Error::HttpRequestDenied,
        FetchFailureKind::Unauthorized => Error::HttpRequestDenied,
        FetchFailureKind::InvalidRequest => Error::HttpRequestUriInvalid,
        FetchFailureKind::Unreachable => Error::DestinationUnavailable,
        FetchFailureKind::Timeout => Error::HttpResponseTimeout,
        FetchFailureKind::Interrupted => Error::HttpResponseIncomplete,
        FetchFailureKind::TooLarge => Error::HttpResponseBodySize(None),
        FetchFailureKind::Malformed => Error::HttpProtocolError,
    }
}
