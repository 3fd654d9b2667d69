//! An upstream's answer, bounded in time and size, with the secret masked.

use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Response, StatusCode};
use tidegate_grants::HeaderLimits;
use tokio::time::Instant;

use crate::audit::{Outcome, Pending};
use crate::egress::body::{Body, BodyError, Decoded};
use crate::egress::mask::{Mask, MaskedStream};
use crate::tap::{Tap, Tapped};
use crate::timer::Timer;
use crate::types::{FetchFailure, FetchFailureKind, Header};

/// Stands for durations beyond what a clock can say.
const A_LONG_TIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// What one answer may cost.
pub(crate) struct Limits {
    pub(crate) idle: Duration,
    pub(crate) bytes: usize,
}

/// An answer whose body is read piece by piece. Dropping it closes the connection.
pub(crate) struct Answer {
    head: Head,
    mask: Option<Mask>,
    masked: Option<MaskedStream>,
    limits: Limits,
    idle: Timer,
    received: usize,
    ended: bool,
    tap: Option<Tap>,
    pending: Pending,
}

impl Answer {
    pub(crate) fn new(
        head: Head,
        mask: Option<Mask>,
        limits: Limits,
        tap: Option<Tap>,
        pending: Pending,
    ) -> Self {
        let answer = Answer {
            head,
            masked: mask.clone().map(MaskedStream::new),
            mask,
            idle: Timer::new(Instant::now()),
            limits,
            received: 0,
            ended: false,
            tap,
            pending,
        };
        if let Some(tap) = &answer.tap {
            tap.tell(Tapped::Head {
                status: answer.status(),
                headers: answer.headers(),
            });
        }
        answer
    }

    pub(crate) fn status(&self) -> u16 {
        self.head.status()
    }

    /// Names in lower case; what is not UTF-8 becomes U+FFFD.
    pub(crate) fn headers(&self) -> Vec<Header> {
        let headers = self.head.headers.iter();
        headers
            .map(|(name, value)| Header {
                name: name.as_str().into(),
                value: match &self.mask {
                    Some(mask) if mask.finds(value.as_bytes()) => {
                        let mut value = value.as_bytes().to_vec();
                        mask.apply(&mut value);
                        String::from_utf8_lossy(&value).into_owned()
                    }
                    _ => String::from_utf8_lossy(value.as_bytes()).into_owned(),
                },
            })
            .collect()
    }

    /// The next piece; `None` at the end. Pieces are never empty.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, FetchFailure> {
        while !self.ended {
            let idle = self.limits.idle;
            self.idle.postpone(later(idle));
            let piece = match self.idle.limit(self.head.body.piece()).await {
                Some(Some(Ok(piece))) => self.accept(piece)?,
                Some(None) => self.end(),
                Some(Some(Err(error))) => return Err(self.fail(broken(&error))),
                None => {
                    let message = format!("the upstream sent nothing for {idle:?}");
                    return Err(self.fail((FetchFailureKind::Timeout, message)));
                }
            };
            if !piece.is_empty() {
                if let Some(tap) = &self.tap {
                    tap.tell(Tapped::Piece(piece.clone()));
                }
                return Ok(Some(piece));
            }
        }
        if let Some(tap) = self.tap.take() {
            tap.tell(Tapped::End);
        }
        Ok(None)
    }

    fn accept(&mut self, piece: Bytes) -> Result<Bytes, FetchFailure> {
        self.received = self.received.saturating_add(piece.len());
        self.pending.record().received = self.received as u64;
        if self.received > self.limits.bytes {
            let message = format!("the answer has more than {} bytes", self.limits.bytes);
            return Err(self.fail((FetchFailureKind::TooLarge, message)));
        }
        Ok(match &mut self.masked {
            Some(masked) => masked.push(piece),
            None => piece,
        })
    }

    fn end(&mut self) -> Bytes {
        self.ended = true;
        self.pending.record().outcome = Outcome::Complete;
        match &mut self.masked {
            Some(masked) => masked.finish(),
            None => Bytes::new(),
        }
    }

    /// Records a failure of the answer's body, found here or by whoever reads it.
    pub(crate) fn fail(&mut self, (kind, message): (FetchFailureKind, String)) -> FetchFailure {
        self.ended = true;
        if let Some(tap) = self.tap.take() {
            tap.tell(Tapped::Failed(kind));
        }
        self.pending.record().outcome = Outcome::Failed(kind);
        FetchFailure { kind, message }
    }
}

/// Now and `duration`, or as late as can be said.
fn later(duration: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(duration).unwrap_or(now + A_LONG_TIME)
}

/// An answer of which no more than its head has come, within the limits.
pub(crate) struct Head {
    status: StatusCode,
    headers: HeaderMap,
    body: Decoded,
}

impl Head {
    /// Refuses what cannot be read, before a byte of the body is.
    pub(crate) fn check(
        response: Response<Body>,
        limits: HeaderLimits,
    ) -> Result<Self, (FetchFailureKind, String)> {
        let (head, body) = response.into_parts();
        // Taken for the whole, it would be an answer that was cut.
        if head.status == StatusCode::PARTIAL_CONTENT {
            let message = "the upstream answered with a part, which nobody asked for".into();
            return Err((FetchFailureKind::Malformed, message));
        }
        let mut headers = head.headers;
        let bytes: usize = headers
            .iter()
            .map(|(name, value)| name.as_str().len() + value.len())
            .sum();
        if headers.len() > limits.count || bytes > limits.bytes {
            let message = format!(
                "the answer has {} headers of {bytes} bytes, more than the {} of {} that are accepted",
                headers.len(),
                limits.count,
                limits.bytes
            );
            return Err((FetchFailureKind::TooLarge, message));
        }
        match Decoded::new(&mut headers, body) {
            Some(body) => Ok(Head {
                status: head.status,
                headers,
                body,
            }),
            // Its value is not repeated: an upstream may have put a secret there.
            None => Err((
                FetchFailureKind::Malformed,
                "the answer has a content encoding that was not asked for".into(),
            )),
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.status.as_u16()
    }
}

fn broken(error: &BodyError) -> (FetchFailureKind, String) {
    let kind = match error {
        BodyError::Encoding(_) => FetchFailureKind::Malformed,
        error if is_malformed(error.cause()) => FetchFailureKind::Malformed,
        _ => FetchFailureKind::Interrupted,
    };
    let cause = innermost(error.cause());
    (kind, format!("the answer broke off: {cause}"))
}

/// Whether the upstream sent something that is no HTTP.
pub(crate) fn is_malformed(error: &(dyn StdError + 'static)) -> bool {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            return error.is_parse();
        }
        cause = error.source();
    }
    false
}

/// The innermost cause: what the layers around it repeat.
pub(crate) fn innermost(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
