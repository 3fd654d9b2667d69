//! How a body falls into pieces.

use std::ops::Range;

/// Where the body is cut into pieces. Each piece is its own write, and with [`Framing::Chunked`]
/// its own chunk; so is the head, unless the body is whole.
///
/// The kernel may join writes that the peer has not read yet. So each piece waits until the peer
/// has read the one before; on Linux by asking the kernel, elsewhere by yielding a few times, which
/// makes it likely only. A peer that does not read for a second is not waited for any more on that
/// connection.
///
/// [`Framing::Chunked`]: super::Framing::Chunked
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Split {
    /// Nowhere: the head and the body go out in one write.
    Whole,
    /// After every byte.
    EveryByte,
    /// After every so many bytes.
    Every(usize),
    /// At these offsets, in any order.
    At(Vec<usize>),
}

impl Split {
    /// The pieces of a body of this length, none of them empty.
    pub(super) fn ranges(&self, length: usize) -> Vec<Range<usize>> {
        let mut ends: Vec<usize> = match self {
            Split::Whole => Vec::new(),
            Split::EveryByte => (1..length).collect(),
            Split::Every(size) => (*size..length).step_by(*size).collect(),
            Split::At(offsets) => offsets.clone(),
        };
        ends.push(length);
        ends.sort_unstable();
        let mut starts = 0;
        let mut ranges = Vec::new();
        for end in ends {
            assert!(
                end <= length,
                "offset {end} lies outside the answer's body of {length} bytes"
            );
            if end > starts {
                ranges.push(starts..end);
                starts = end;
            }
        }
        ranges
    }
}
