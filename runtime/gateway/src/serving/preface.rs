//! Whether a client speaks HTTP/1 or HTTP/2 is decided by its first bytes.

/// What an HTTP/2 client begins with (RFC 9113, section 3.4). No HTTP/1 request does.
const PREFACE: &[u8] = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n";

/// How much of it has been seen.
#[derive(Default)]
pub struct Preface(usize);

impl Preface {
    /// Takes the next bytes. `true` when it is decided which of the two it is.
    pub fn push(&mut self, bytes: &[u8]) -> bool {
        let expected = PREFACE.get(self.0..).unwrap_or_default();
        let same = expected
            .iter()
            .zip(bytes)
            .take_while(|(a, b)| a == b)
            .count();
        self.0 += same;
        same < bytes.len() || self.0 == PREFACE.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_byte_may_decide_and_all_may_be_needed() {
        assert!(Preface::default().push(b"GET / HTTP/1.1\r\n"));
        assert!(Preface::default().push(PREFACE));
        let mut slow = Preface::default();
        let (last, before) = PREFACE
            .split_last()
            .map_or((0, &[][..]), |(last, before)| (*last, before));
        for byte in before {
            assert!(!slow.push(&[*byte]));
        }
        assert!(slow.push(&[last]));
        let mut put = Preface::default();
        assert!(!put.push(b"P"));
        assert!(put.push(b"OST / HTTP/1.1"));
    }
}
