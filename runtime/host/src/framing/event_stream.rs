//! AWS event stream messages, after the
//! [Amazon event stream specification](https://smithy.io/2.0/aws/amazon-eventstream.html).
//!
//! | bytes, numbers big-endian | meaning | accepted |
//! |---|---|---|
//! | 4 | total length | up to our frame limit |
//! | 4 | headers length | up to 128 KiB, and fitting the total length |
//! | 4 | CRC-32 of the above | the right one |
//! | headers length | headers | see `headers.rs` |
//! | the rest | payload | up to 24 MiB; UTF-8 becomes text, anything else bytes, nothing empty text |
//! | 4 | CRC-32 of all of the above | the right one |
//!
//! The specification has the sender enforce its two maxima and tells the receiver not to. We enforce
//! them all the same: a sender who ignores them is broken or hostile, and headers in particular
//! grow on decoding (three bytes of them become two strings).

#[cfg(test)]
pub(super) mod encoder;
mod headers;
#[cfg(test)]
mod tests;

use std::mem;

use super::{FrameLimits, Framing, FramingError, MessageDefect};
use crate::types::{Content, EventStreamMessage, Frame};

/// Total length, headers length and their checksum.
const PRELUDE: usize = 12;
/// What a message has besides headers and payload: the prelude, and the checksum at the end.
const OVERHEAD: u32 = 16;
/// The specification's 128 kB.
const MAX_HEADERS: u32 = 128 * 1024;
/// The specification's 24 MB; decoders written after an earlier edition still say 16.
const MAX_PAYLOAD: u32 = 24 * 1024 * 1024;

#[derive(Debug)]
pub(super) struct EventStream {
    limits: FrameLimits,
    /// The beginning of a message whose end has not arrived.
    message: Vec<u8>,
    /// Where in the body that message begins.
    offset: u64,
}

impl EventStream {
    pub(super) fn new(limits: FrameLimits) -> Self {
        Self {
            limits,
            message: Vec::new(),
            offset: 0,
        }
    }

    pub(super) fn push(
        &mut self,
        mut bytes: &[u8],
        out: &mut Vec<Frame>,
    ) -> Result<(), FramingError> {
        while !bytes.is_empty() {
            // A message that lies whole in the piece is decoded where it is.
            if self.message.is_empty()
                && let Some(prelude) = self.prelude(bytes)?
                && let Some((message, rest)) = bytes.split_at_checked(prelude.total)
            {
                self.emit(message, prelude, out)?;
                bytes = rest;
                continue;
            }
            // The prelude is believed only once its checksum is right, and even then memory is
            // taken as bytes arrive, not as they are announced.
            self.fill(&mut bytes, PRELUDE);
            let Some(prelude) = self.prelude(&self.message)? else {
                break;
            };
            self.fill(&mut bytes, prelude.total);
            if self.message.len() == prelude.total {
                let message = mem::take(&mut self.message);
                self.emit(&message, prelude, out)?;
            }
        }
        Ok(())
    }

    pub(super) fn finish(&mut self) -> Result<(), FramingError> {
        if self.message.is_empty() {
            return Ok(());
        }
        Err(FramingError::Truncated {
            offset: self.offset,
            arrived: self.message.len(),
        })
    }

    /// Moves bytes into the message until it has `length` of them or there are no more.
    fn fill(&mut self, bytes: &mut &[u8], length: usize) {
        let missing = length.saturating_sub(self.message.len()).min(bytes.len());
        let (taken, rest) = bytes.split_at(missing);
        self.message.extend_from_slice(taken);
        *bytes = rest;
    }

    /// The prelude at the start of a message, once it is there.
    fn prelude(&self, message: &[u8]) -> Result<Option<Prelude>, FramingError> {
        let Some(prelude) = Prelude::read(message).map_err(|defect| self.malformed(defect))? else {
            return Ok(None);
        };
        if prelude.total > self.limits.frame_bytes {
            return Err(FramingError::TooLarge {
                framing: Framing::AwsEventStream,
                limit: self.limits.frame_bytes,
                offset: self.offset,
            });
        }
        Ok(Some(prelude))
    }

    fn emit(
        &mut self,
        message: &[u8],
        prelude: Prelude,
        out: &mut Vec<Frame>,
    ) -> Result<(), FramingError> {
        let decoded = decode(message, prelude).map_err(|defect| self.malformed(defect))?;
        out.push(Frame::Message(decoded));
        self.offset += message.len() as u64;
        Ok(())
    }

    fn malformed(&self, defect: MessageDefect) -> FramingError {
        FramingError::Malformed {
            offset: self.offset,
            defect,
        }
    }

    /// What is held, in bytes of memory.
    #[cfg(test)]
    pub(super) fn capacity(&self) -> usize {
        self.message.capacity()
    }
}

/// The lengths of a message, known to be possible and to agree with each other.
#[derive(Clone, Copy, Debug)]
struct Prelude {
    total: usize,
    headers: usize,
}

impl Prelude {
    /// Reads the start of a message; none while there is not enough of it.
    fn read(message: &[u8]) -> Result<Option<Self>, MessageDefect> {
        let (Some(lengths), Some((prelude, _))) = (
            message.first_chunk::<8>(),
            message.split_first_chunk::<PRELUDE>(),
        ) else {
            return Ok(None);
        };
        let [total, headers, stated] = numbers(prelude);
        // The checksum first: what a wrong one vouches for is not worth an opinion.
        let computed = crc32fast::hash(lengths);
        if stated != computed {
            return Err(MessageDefect::PreludeChecksum { stated, computed });
        }
        let payload = total
            .checked_sub(OVERHEAD)
            .and_then(|both| both.checked_sub(headers))
            .ok_or(MessageDefect::Lengths { total, headers })?;
        if headers > MAX_HEADERS {
            return Err(MessageDefect::HeadersTooLong(headers));
        }
        if payload > MAX_PAYLOAD {
            return Err(MessageDefect::PayloadTooLong(payload));
        }
        Ok(Some(Self {
            total: total as usize,
            headers: headers as usize,
        }))
    }
}

/// Three numbers of four bytes each.
fn numbers(prelude: &[u8; PRELUDE]) -> [u32; 3] {
    let [a, b, c, d, e, f, g, h, i, j, k, l] = *prelude;
    [[a, b, c, d], [e, f, g, h], [i, j, k, l]].map(u32::from_be_bytes)
}

/// A message taken apart; `sealed` is what the checksum is for.
struct Parts<'a> {
    sealed: &'a [u8],
    headers: &'a [u8],
    payload: &'a [u8],
    checksum: u32,
}

impl<'a> Parts<'a> {
    /// None would mean that the prelude is not this message's.
    fn of(message: &'a [u8], prelude: Prelude) -> Option<Self> {
        let (sealed, checksum) = message.split_last_chunk()?;
        let (headers, payload) = sealed.get(PRELUDE..)?.split_at_checked(prelude.headers)?;
        Some(Self {
            sealed,
            headers,
            payload,
            checksum: u32::from_be_bytes(*checksum),
        })
    }
}

/// Decodes a message that is as long as its prelude says.
fn decode(message: &[u8], prelude: Prelude) -> Result<EventStreamMessage, MessageDefect> {
    let parts = Parts::of(message, prelude).ok_or(MessageDefect::HeaderCut)?;
    let computed = crc32fast::hash(parts.sealed);
    if parts.checksum != computed {
        return Err(MessageDefect::MessageChecksum {
            stated: parts.checksum,
            computed,
        });
    }
    Ok(EventStreamMessage {
        headers: headers::read(parts.headers)?,
        payload: match String::from_utf8(parts.payload.to_vec()) {
            Ok(text) => Content::Text(text),
            Err(invalid) => Content::Bytes(invalid.into_bytes()),
        },
    })
}
