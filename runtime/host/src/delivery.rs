//! An answer on its way to the guest: all that has arrived becomes one input.

use bytes::Bytes;
use futures::FutureExt as _;

use crate::egress::Answer;
use crate::framing::Decoder;
use crate::types::{FetchFailure, FetchFailureKind, Input};

/// The most bytes delivered in one input: what a guest must have room for beside its own state.
const BATCH: usize = 256 << 10;

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
    pub(crate) async fn next(&mut self) -> Result<Option<Input>, FetchFailure> {
        if let Some(failure) = self.failure.take() {
            return Err(failure);
        }
        if self.complete {
            return Ok(None);
        }
        let Some(decoder) = &mut self.decoder else {
            return Ok(self
                .answer
                .chunk()
                .await?
                .map(|piece| Input::Body(piece.into())));
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
                Some(failure) => Err(failure),
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
