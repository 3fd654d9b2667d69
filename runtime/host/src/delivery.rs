//! An answer on its way to the guest: all that has arrived becomes one input.

use bytes::Bytes;
use futures::FutureExt as _;

use crate::budget::Holding;
use crate::egress::Answer;
use crate::error::Fault;
use crate::framing::Decoder;
use crate::types::{FetchFailure, FetchFailureKind, Input};

/// The most bytes delivered in one input: what a guest must have room for beside its own state.
const BATCH: usize = 256 << 10;

/// Why there is no next input.
pub(crate) enum Stuck {
    /// The answer broke off; the guest is told.
    Answer(FetchFailure),
    /// The host has no room for it; the call is over.
    Host(Fault),
}

impl From<FetchFailure> for Stuck {
    fn from(failure: FetchFailure) -> Self {
        Stuck::Answer(failure)
    }
}

impl From<Fault> for Stuck {
    fn from(fault: Fault) -> Self {
        Stuck::Host(fault)
    }
}

/// The whole body of an answer.
pub(crate) async fn whole(answer: &mut Answer, held: &mut Holding) -> Result<Vec<u8>, Stuck> {
    let mut body = Vec::new();
    while let Some(piece) = answer.chunk().await? {
        held.add(piece.len())?;
        body.extend_from_slice(&piece);
    }
    Ok(body)
}

/// An answer that is being delivered.
pub(crate) struct OpenAnswer {
    answer: Answer,
    /// None: in chunks.
    decoder: Option<Decoder>,
    /// The body is over; an `end` is due.
    complete: bool,
    /// The answer broke off after frames that are delivered first.
    failure: Option<FetchFailure>,
}

impl OpenAnswer {
    pub(crate) fn new(answer: Answer, decoder: Option<Decoder>) -> Self {
        OpenAnswer {
            answer,
            decoder,
            complete: false,
            failure: None,
        }
    }

    /// The next input; `None` at the end.
    pub(crate) async fn next(&mut self, held: &mut Holding) -> Result<Option<Input>, Stuck> {
        if let Some(failure) = self.failure.take() {
            return Err(failure.into());
        }
        if self.complete {
            return Ok(None);
        }
        let Some(decoder) = &mut self.decoder else {
            let Some(piece) = self.answer.chunk().await? else {
                return Ok(None);
            };
            held.add(piece.len())?;
            return Ok(Some(Input::Body(piece.into())));
        };
        let mut frames = Vec::new();
        let mut size = 0;
        loop {
            // Wait for the first frame; after it take only what is there already.
            let piece = match frames.is_empty() {
                true => self.answer.chunk().await,
                false => match at_once(&mut self.answer).await {
                    Some(piece) => piece,
                    None => break,
                },
            };
            let decoded = match piece {
                Ok(Some(piece)) => {
                    held.add(piece.len())?;
                    size += piece.len();
                    decoder.push(&piece, &mut frames)
                }
                Ok(None) => {
                    self.complete = true;
                    decoder.finish(&mut frames)
                }
                Err(failure) => {
                    self.failure = Some(failure);
                    break;
                }
            };
            if let Err(error) = decoded {
                let message = format!("{error}\nhint: {}", error.hint());
                self.failure = Some(self.answer.fail((FetchFailureKind::Malformed, message)));
                break;
            }
            // A frame may be larger than a batch: there is nothing to hand over before it is whole.
            let is_full = size > BATCH && !frames.is_empty();
            if self.complete || is_full {
                break;
            }
        }
        if frames.is_empty() {
            return match self.failure.take() {
                Some(failure) => Err(failure.into()),
                None => Ok(None),
            };
        }
        Ok(Some(Input::Frames(frames)))
    }
}

/// A piece that has arrived already. The HTTP client hands them over one by one, from a task of its
/// own, so that task gets a turn: one call of the guest for all of them costs less than one for each.
async fn at_once(answer: &mut Answer) -> Option<Result<Option<Bytes>, FetchFailure>> {
    if let Some(piece) = answer.chunk().now_or_never() {
        return Some(piece);
    }
    tokio::task::yield_now().await;
    answer.chunk().now_or_never()
}
