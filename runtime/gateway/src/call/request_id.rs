//! What a request is called in logs: the client's word for it, or one that is made up.

use http::{HeaderMap, HeaderValue};

use crate::headers::REQUEST_ID;

/// Longer ones are not taken over.
const LONGEST: usize = 128;

/// The name of a request. It is safe to write anywhere.
#[derive(Debug, Clone)]
pub struct RequestId(HeaderValue);

impl RequestId {
    /// The client's, if it gives one of letters, digits and `-_.:/+=@`.
    ///
    /// Others are not refused but replaced: an id is never a reason to fail, and must not be able to
    /// forge a line of a log.
    pub fn of(headers: &HeaderMap) -> Self {
        let given = headers.get(REQUEST_ID).filter(|value| {
            let bytes = value.as_bytes();
            let is_plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.:/+=@".contains(byte);
            (1..=LONGEST).contains(&bytes.len()) && bytes.iter().all(is_plain)
        });
        RequestId(match given {
            Some(given) => given.clone(),
            None => made_up(),
        })
    }

    /// As a header.
    pub fn header(&self) -> HeaderValue {
        self.0.clone()
    }

    /// As text.
    pub fn as_str(&self) -> &str {
        self.0.to_str().unwrap_or_default()
    }
}

fn made_up() -> HeaderValue {
    let id = format!("req_{:016x}", fastrand::u64(..));
    HeaderValue::try_from(id).unwrap_or(HeaderValue::from_static("req_0"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(value: &'static str) -> String {
        let headers = [(REQUEST_ID, HeaderValue::from_static(value))];
        RequestId::of(&headers.into_iter().collect())
            .as_str()
            .into()
    }

    #[test]
    fn a_plain_id_is_taken_over() {
        assert_eq!(id("job-17:a/b"), "job-17:a/b");
    }

    #[test]
    fn an_odd_id_is_replaced() {
        for odd in ["", "two words", "a\tb", "\"quoted\""] {
            let id = id(odd);
            assert!(id.starts_with("req_") && id.len() == 20, "{id}");
        }
    }
}
