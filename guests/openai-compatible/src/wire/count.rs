//! A number of tokens. Servers write it as an integer, as `12.0`, or not at all.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, Visitor};

/// A count that may be missing. What is no number, or negative, is missing; what is too large is
/// the largest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Count(pub Option<u32>);

impl<'de> Deserialize<'de> for Count {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CountVisitor).map(Count)
    }
}

struct CountVisitor;

impl Visitor<'_> for CountVisitor {
    type Value = Option<u32>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("a number")
    }

    fn visit_u64<E: Error>(self, count: u64) -> Result<Self::Value, E> {
        Ok(Some(u32::try_from(count).unwrap_or(u32::MAX)))
    }

    fn visit_i64<E: Error>(self, _negative: i64) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_f64<E: Error>(self, count: f64) -> Result<Self::Value, E> {
        // `as` saturates.
        Ok((count >= 0.0).then_some(count as u32))
    }

    fn visit_str<E: Error>(self, count: &str) -> Result<Self::Value, E> {
        Ok(count.trim().parse().ok())
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<Self::Value, E> {
        Ok(None)
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(None)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test fails by panicking")]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_a_number_is_read() {
        let read = |json| serde_json::from_str::<Count>(json).unwrap().0;
        assert_eq!(read("12"), Some(12));
        assert_eq!(read("12.0"), Some(12));
        assert_eq!(read(r#""12""#), Some(12));
        assert_eq!(read("null"), None);
        assert_eq!(read("-1"), None);
        assert_eq!(read("99999999999"), Some(u32::MAX));
    }
}
