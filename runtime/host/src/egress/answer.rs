//! An upstream's answer, bounded in time and size, with the secret masked.

use std::error::Error as StdError;
use std::time::Duration;

use bytes::Bytes;
use http::header::CONTENT_ENCODING;
use tidegate_grants::HeaderLimits;
use tokio::time::Instant;

use crate::audit::{Outcome, Pending};
use crate::egress::mask::{Mask, MaskedStream};
use crate::timer::Timer;
use crate::types::{FetchFailure, FetchFailureKind, Header};

/// Stands for durations beyond what a clock can say.
const A_LONG_TIME: Duration = Duration::from_secs(365 * 24 * 3600);

/// What one answer may cost.
pub(crate) struct Limits {
    pub(crate) idle: Duration,
    pub(crate) bytes: usize,
    pub(crate) headers: HeaderLimits,
}

/// An answer whose body is read piece by piece. Dropping it closes the connection.
pub(crate) struct Answer {
    response: reqwest::Response,
    mask: Option<Mask>,
    masked: Option<MaskedStream>,
    limits: Limits,
    idle: Timer,
    received: usize,
    ended: bool,
    pending: Pending,
}

impl Answer {
    pub(crate) fn new(
        response: reqwest::Response,
        mask: Option<Mask>,
        limits: Limits,
        pending: Pending,
    ) -> Self {
        Answer {
            response,
            masked: mask.clone().map(MaskedStream::new),
            mask,
            idle: Timer::new(Instant::now()),
            limits,
            received: 0,
            ended: false,
            pending,
        }
    }

    pub(crate) fn status(&self) -> u16 {
        self.response.status().as_u16()
    }

    /// Names in lower case; what is not UTF-8 becomes U+FFFD.
    pub(crate) fn headers(&self) -> Vec<Header> {
        let headers = self.response.headers().iter();
        headers
            .map(|(name, value)| Header {
                name: name.as_str().into(),
                value: match &self.mask {
                    Some(mask) => {
                        let mut value = value.as_bytes().to_vec();
                        mask.apply(&mut value);
                        String::from_utf8_lossy(&value).into_owned()
                    }
                    None => String::from_utf8_lossy(value.as_bytes()).into_owned(),
                },
            })
            .collect()
    }

    /// The next piece; `None` at the end. Pieces are never empty.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, FetchFailure> {
        while !self.ended {
            let idle = self.limits.idle;
            self.idle.postpone(later(idle));
            let piece = match self.idle.limit(self.response.chunk()).await {
                Some(Ok(Some(piece))) => self.accept(piece)?,
                Some(Ok(None)) => self.end(),
                Some(Err(error)) => return Err(self.fail(broken(&error))),
                None => {
                    let message = format!("the upstream sent nothing for {idle:?}");
                    return Err(self.fail((FetchFailureKind::Timeout, message)));
                }
            };
            if !piece.is_empty() {
                return Ok(Some(piece));
            }
        }
        Ok(None)
    }

    /// The whole body.
    pub(crate) async fn whole(&mut self) -> Result<Vec<u8>, FetchFailure> {
        let mut body = Vec::new();
        while let Some(piece) = self.chunk().await? {
            body.extend_from_slice(&piece);
        }
        Ok(body)
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
        self.pending.record().outcome = Outcome::Failed(kind);
        FetchFailure { kind, message }
    }
}

/// Now and `duration`, or as late as can be said.
fn later(duration: Duration) -> Instant {
    let now = Instant::now();
    now.checked_add(duration).unwrap_or(now + A_LONG_TIME)
}

/// Refuses what cannot be read, before a byte of the body is.
pub(crate) fn check_head(
    response: &reqwest::Response,
    limits: &Limits,
) -> Result<(), (FetchFailureKind, String)> {
    let headers = response.headers();
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    if headers.len() > limits.headers.count || bytes > limits.headers.bytes {
        let message = format!(
            "the answer has {} headers of {bytes} bytes, more than the {} of {} that are accepted",
            headers.len(),
            limits.headers.count,
            limits.headers.bytes
        );
        return Err((FetchFailureKind::TooLarge, message));
    }
    // The client has removed the header where it undoes the encoding.
    let is_plain = |encoding: &http::HeaderValue| encoding == "identity";
    match headers.get_all(CONTENT_ENCODING).iter().all(is_plain) {
        true => Ok(()),
        // Its value is not repeated: an upstream may have put a secret there.
        false => Err((
            FetchFailureKind::Malformed,
            "the answer has a content encoding that was not asked for".into(),
        )),
    }
}

fn broken(error: &reqwest::Error) -> (FetchFailureKind, String) {
    let kind = match error {
        error if error.is_timeout() => FetchFailureKind::Timeout,
        error if is_malformed(error) => FetchFailureKind::Malformed,
        _ => FetchFailureKind::Interrupted,
    };
    (kind, format!("the answer broke off: {}", innermost(error)))
}

/// Whether the upstream sent something that is no HTTP, or not the encoding it said.
pub(crate) fn is_malformed(error: &reqwest::Error) -> bool {
    let mut cause: Option<&(dyn StdError + 'static)> = Some(error);
    let mut decoding = false;
    while let Some(error) = cause {
        if let Some(error) = error.downcast_ref::<hyper::Error>() {
            return error.is_parse();
        }
        if let Some(error) = error.downcast_ref::<std::io::Error>() {
            decoding |= matches!(
                error.kind(),
                std::io::ErrorKind::InvalidData
                    | std::io::ErrorKind::InvalidInput
                    | std::io::ErrorKind::Other
            );
        }
        cause = error.source();
    }
    decoding
}

/// The innermost cause: what the layers around it repeat.
pub(crate) fn innermost(error: &reqwest::Error) -> String {
    let mut cause: &dyn StdError = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
