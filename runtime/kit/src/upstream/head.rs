//! The head of an answer, and the framing that it announces.

/// How the end of a body is made known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Framing {
    /// Announced in the head.
    ContentLength,
    /// Each piece (see [`Split`](super::Split)) is a chunk.
    Chunked,
    /// Not at all: the body ends where the connection does.
    UntilClose,
}

/// The head of an answer.
#[derive(Clone, Debug)]
pub(super) struct Head {
    status: u16,
    headers: Vec<(String, String)>,
    pub(super) framing: Framing,
}

impl Head {
    pub(super) fn new(status: u16) -> Head {
        Head {
            status,
            headers: Vec::new(),
            framing: Framing::ContentLength,
        }
    }

    pub(super) fn add(&mut self, name: &str, value: &str) {
        self.headers.push((name.to_owned(), value.to_owned()));
    }

    /// The head on the wire, for a body of this length. The reason phrase is left empty: nothing
    /// may depend on it.
    pub(super) fn bytes(&self, body_length: usize) -> Vec<u8> {
        let mut head = format!("HTTP/1.1 {} \r\n", self.status);
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        let framed =
            self.has("content-length") || self.has("transfer-encoding") || self.status == 204;
        match self.framing {
            Framing::ContentLength if !framed => {
                head.push_str(&format!("Content-Length: {body_length}\r\n"))
            }
            Framing::Chunked if !framed => head.push_str("Transfer-Encoding: chunked\r\n"),
            _ => (),
        }
        head.push_str("\r\n");
        head.into_bytes()
    }

    /// False for the statuses after which a client expects the next answer, not a body.
    pub(super) fn may_have_body(&self) -> bool {
        !matches!(self.status, 100..=199 | 204 | 304)
    }

    /// Whether the answer is the last on its connection.
    pub(super) fn ends_connection(&self) -> bool {
        let close = |(name, value): &(String, String)| {
            name.eq_ignore_ascii_case("connection") && value.eq_ignore_ascii_case("close")
        };
        self.framing == Framing::UntilClose || self.headers.iter().any(close)
    }

    fn has(&self, wanted: &str) -> bool {
        self.headers
            .iter()
            .any(|(name, _)| name.eq_ignore_ascii_case(wanted))
    }
}
