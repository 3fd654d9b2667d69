//! Lists: an array, or base64 where the items are bytes.

use base64::Engine;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{DeserializeSeed, Deserializer, SeqAccess, Visitor};
use serde::forward_to_deserialize_any;
use serde_json::Value;

use super::{JsonError, Reader};

/// Padding is written but not asked for: tools differ, and nothing is lost without it.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

pub(super) fn list<'de, V: Visitor<'de>>(
    reader: Reader<'de>,
    visitor: V,
) -> Result<V::Value, JsonError> {
    let values = match reader.0 {
        None => &[],
        Some(Value::Array(values)) => values.as_slice(),
        Some(Value::String(text)) => {
            return visitor.visit_seq(Bytes {
                reader,
                bytes: BASE64
                    .decode(text)
                    .map(Vec::into_iter)
                    .map_err(|error| error.to_string()),
            });
        }
        Some(_) => return Err(reader.expected("a list")),
    };
    let mut items = Items { values, next: 0 };
    let list = visitor.visit_seq(&mut items)?;
    match values.len() {
        length if length == items.next => Ok(list),
        length => Err(JsonError::new(format!(
            "expected {} items, found {length}",
            items.next
        ))),
    }
}

struct Items<'a> {
    values: &'a [Value],
    next: usize,
}

impl<'de> SeqAccess<'de> for &mut Items<'de> {
    type Error = JsonError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, JsonError> {
        let Some(value) = self.values.get(self.next) else {
            return Ok(None);
        };
        let index = self.next;
        self.next += 1;
        seed.deserialize(Reader(Some(value)))
            .map(Some)
            .map_err(|error| error.in_item(index))
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.values.len() - self.next)
    }
}

/// A string where a list should be. Whether the list is one of bytes is known only when its first
/// item is asked for.
struct Bytes<'a> {
    reader: Reader<'a>,
    bytes: Result<std::vec::IntoIter<u8>, String>,
}

impl<'de> SeqAccess<'de> for Bytes<'de> {
    type Error = JsonError;

    fn next_element_seed<T: DeserializeSeed<'de>>(
        &mut self,
        seed: T,
    ) -> Result<Option<T::Value>, JsonError> {
        // Even an empty string is asked, or it would pass for an empty list of anything.
        let mut over = false;
        let item = seed.deserialize(Byte {
            bytes: self,
            over: &mut over,
        });
        match over {
            true => Ok(None),
            false => item.map(Some),
        }
    }

    fn size_hint(&self) -> Option<usize> {
        self.bytes.as_ref().ok().map(ExactSizeIterator::len)
    }
}

struct Byte<'a, 'de> {
    bytes: &'a mut Bytes<'de>,
    over: &'a mut bool,
}

impl<'de> Deserializer<'de> for Byte<'_, 'de> {
    type Error = JsonError;

    fn deserialize_u8<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, JsonError> {
        let bytes = match &mut self.bytes.bytes {
            Ok(bytes) => bytes,
            Err(problem) => {
                let error = self.bytes.reader.expected("bytes as base64");
                return Err(error.with_hint(problem.as_str()));
            }
        };
        match bytes.next() {
            Some(byte) => visitor.visit_u8(byte),
            None => {
                *self.over = true;
                Err(JsonError::new("no more bytes"))
            }
        }
    }

    fn deserialize_any<V: Visitor<'de>>(self, _visitor: V) -> Result<V::Value, JsonError> {
        Err(self.bytes.reader.expected("a list"))
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 u16 u32 u64 f32 f64 char str string bytes byte_buf option unit
        unit_struct newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}
