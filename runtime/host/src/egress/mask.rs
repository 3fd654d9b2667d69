//! Masks a secret in what an upstream sends back.
//!
//! An upstream that echoes a request (an error page, a debugging endpoint) would otherwise hand the
//! credential to the guest. Each byte of the secret becomes `*`, so that lengths stay right.

use std::sync::Arc;

use bytes::Bytes;
use memchr::memmem::Finder;

/// Shorter secrets are not masked: they would occur by chance, and whoever has one has no secret.
const SHORTEST: usize = 6;

/// The forms in which secrets may come back.
#[derive(Clone)]
pub(crate) struct Mask {
    needles: Arc<[Arc<[Finder<'static>]>]>,
}

impl Mask {
    /// `None` where there is nothing to mask.
    pub(crate) fn new<T: AsRef<[u8]>>(secrets: impl IntoIterator<Item = T>) -> Option<Self> {
        let needles: Arc<[Finder]> = secrets
            .into_iter()
            .filter(|secret| secret.as_ref().len() >= SHORTEST)
            .map(|secret| Finder::new(secret.as_ref()).into_owned())
            .collect();
        (!needles.is_empty()).then(|| Mask {
            needles: Arc::new([needles]),
        })
    }

    /// What either of them masks.
    pub(crate) fn both(one: Option<Self>, other: Option<Self>) -> Option<Self> {
        match (one, other) {
            (Some(one), Some(other)) => Some(Mask {
                needles: one.needles.iter().chain(&*other.needles).cloned().collect(),
            }),
            (one, other) => one.or(other),
        }
    }

    fn needles(&self) -> impl Iterator<Item = &Finder<'static>> {
        self.needles.iter().flat_map(|needles| needles.iter())
    }

    /// Masks a value that is whole, a header for example.
    pub(crate) fn apply(&self, value: &mut [u8]) {
        self.fill(value, value.len());
    }

    /// Masks what begins before `end`. All forms are looked for before any is masked: one may be the
    /// beginning of another.
    fn fill(&self, value: &mut [u8], end: usize) {
        let mut found = Vec::new();
        for needle in self.needles() {
            let starts = needle.find_iter(value).take_while(|&start| start < end);
            found.extend(starts.map(|start| start..start + needle.needle().len()));
        }
        for range in found {
            if let Some(secret) = value.get_mut(range) {
                secret.fill(b'*');
            }
        }
    }

    /// Whether `value` has one of the secrets in it.
    pub(crate) fn finds(&self, value: &[u8]) -> bool {
        self.needles().any(|needle| needle.find(value).is_some())
    }

    /// How many of the last bytes of `value` may be the beginning of a secret.
    fn suspicious_tail(&self, value: &[u8]) -> usize {
        let tail = |needle: &Finder| {
            let needle = needle.needle();
            let longest = value.len().min(needle.len() - 1);
            (1..=longest)
                .rev()
                .find(|&length| value.get(value.len() - length..) == needle.get(..length))
                .unwrap_or(0)
        };
        self.needles().map(tail).max().unwrap_or(0)
    }
}

/// Masks a body that comes in pieces. Bytes that may be the beginning of a secret are held back
/// until the next piece shows whether they are.
pub(crate) struct MaskedStream {
    mask: Mask,
    held: Vec<u8>,
}

impl MaskedStream {
    pub(crate) fn new(mask: Mask) -> Self {
        MaskedStream {
            mask,
            held: Vec::new(),
        }
    }

    /// The next piece as it may be seen; may be empty.
    pub(crate) fn push(&mut self, piece: Bytes) -> Bytes {
        // Almost every piece holds no secret and ends in no beginning of one: hand it on as it is.
        if self.held.is_empty() && !self.mask.finds(&piece) {
            return match self.mask.suspicious_tail(&piece) {
                0 => piece,
                tail => {
                    let mut piece = piece;
                    let held = piece.split_off(piece.len() - tail);
                    self.held.extend_from_slice(&held);
                    piece
                }
            };
        }
        let mut value = std::mem::take(&mut self.held);
        value.extend_from_slice(&piece);
        let end = value.len() - self.mask.suspicious_tail(&value);
        self.mask.fill(&mut value, end);
        self.held = value.split_off(end);
        value.into()
    }

    /// What was held back, at the end of the body: the beginning of a secret that never came, or a
    /// secret that might have become a longer one.
    pub(crate) fn finish(&mut self) -> Bytes {
        let mut held = std::mem::take(&mut self.held);
        self.mask.apply(&mut held);
        held.into()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn masked(secret: &str, pieces: &[&[u8]]) -> Vec<u8> {
        let mut stream =
            MaskedStream::new(Mask::new([secret]).expect("a secret that is long enough"));
        let mut seen = Vec::new();
        for piece in pieces {
            seen.extend_from_slice(&stream.push(Bytes::copy_from_slice(piece)));
        }
        seen.extend_from_slice(&stream.finish());
        seen
    }

    #[test]
    fn a_secret_is_masked_and_its_length_kept() {
        let seen = masked("sk-secret", &[b"key sk-secret, key sk-secret"]);
        assert_eq!(seen, b"key *********, key *********");
    }

    #[test]
    fn a_beginning_that_is_no_secret_arrives() {
        assert_eq!(masked("sk-secret", &[b"sk-sec", b"ond"]), b"sk-second");
        assert_eq!(masked("sk-secret", &[b"ends in sk-s"]), b"ends in sk-s");
    }

    #[test]
    fn a_secret_that_begins_another_is_masked_with_it() {
        for cut in 0..=17 {
            let mask = Mask::new(["sk-abcdef", "sk-abcdef-ghijkl"]);
            let mut stream = MaskedStream::new(mask.expect("long enough to be masked"));
            let (first, second) = b"<sk-abcdef-ghijkl>".split_at(cut);
            let mut seen = stream.push(Bytes::copy_from_slice(first)).to_vec();
            seen.extend_from_slice(&stream.push(Bytes::copy_from_slice(second)));
            seen.extend_from_slice(&stream.finish());
            assert_eq!(seen, b"<****************>", "{cut}");
        }
    }

    proptest! {
        #[test]
        fn any_split_is_masked_alike(
            text in "[ab]{0,8}(aabaab[ab]{0,6}){0,3}",
            cuts in prop::collection::vec(0usize..40, 0..6),
        ) {
            let whole = masked("aabaab", &[text.as_bytes()]);
            let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(text.len())).collect();
            cuts.extend([0, text.len()]);
            cuts.sort_unstable();
            let pieces: Vec<&[u8]> = cuts
                .windows(2)
                .map(|pair| &text.as_bytes()[pair[0]..pair[1]])
                .collect();
            let split = masked("aabaab", &pieces);
            prop_assert_eq!(split.len(), text.len());
            prop_assert!(Finder::new("aabaab").find(&split).is_none());
            prop_assert!(Finder::new("aabaab").find(&whole).is_none());
        }
    }
}
