//! Records, whose fields are known, and maps, whose keys are not.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, MapAccess, Visitor};
use serde_json::{Map, Value, map};

use super::{JsonError, Reader};
use crate::json::names;

pub(super) fn record<'de, V: Visitor<'de>>(
    reader: Reader<'de>,
    fields: &'static [&'static str],
    visitor: V,
) -> Result<V::Value, JsonError> {
    let object = object(reader)?;
    let names: Vec<String> = fields.iter().map(|field| names::of_field(field)).collect();
    let unknown = object
        .into_iter()
        .flat_map(Map::keys)
        .find(|key| !names.contains(key));
    if let Some(key) = unknown {
        let hint = names::hint(key, "fields", &names);
        return Err(JsonError::new(format!("unknown field `{key}`")).with_hint(hint));
    }
    visitor.visit_map(Fields {
        object,
        rest: fields.iter().zip(names),
        value: None,
    })
}

fn object(reader: Reader<'_>) -> Result<Option<&Map<String, Value>>, JsonError> {
    match reader.0 {
        None => Ok(None),
        Some(Value::Object(object)) => Ok(Some(object)),
        Some(_) => Err(reader.expected("an object")),
    }
}

/// All fields of a record, those that are missing too: each says by its type what that means.
struct Fields<'a, Rest> {
    object: Option<&'a Map<String, Value>>,
    rest: Rest,
    /// Under which name to find the value of the field handed out last.
    value: Option<String>,
}

impl<'de, Rest> MapAccess<'de> for Fields<'de, Rest>
where
    Rest: Iterator<Item = (&'static &'static str, String)>,
{
    type Error = JsonError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, JsonError> {
        let Some((field, name)) = self.rest.next() else {
            return Ok(None);
        };
        self.value = Some(name);
        seed.deserialize(StrDeserializer::new(field)).map(Some)
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, JsonError> {
        let name = self.value.take().unwrap_or_default();
        let value = self.object.and_then(|object| object.get(&name));
        seed.deserialize(Reader(value))
            .map_err(|error| error.in_field(&name))
    }
}

pub(super) fn map<'de, V: Visitor<'de>>(
    reader: Reader<'de>,
    visitor: V,
) -> Result<V::Value, JsonError> {
    visitor.visit_map(Entries {
        rest: object(reader)?.map(Map::iter),
        entry: None,
    })
}

struct Entries<'a> {
    /// `None` for a map that is missing, which is an empty one.
    rest: Option<map::Iter<'a>>,
    entry: Option<(&'a String, &'a Value)>,
}

impl<'de> MapAccess<'de> for Entries<'de> {
    type Error = JsonError;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, JsonError> {
        self.entry = self.rest.as_mut().and_then(Iterator::next);
        match self.entry {
            Some((key, _)) => seed.deserialize(StrDeserializer::new(key)).map(Some),
            None => Ok(None),
        }
    }

    fn next_value_seed<T: DeserializeSeed<'de>>(&mut self, seed: T) -> Result<T::Value, JsonError> {
        let (key, value) = self.entry.take().unzip();
        seed.deserialize(Reader(value)).map_err(|error| match key {
            Some(key) => error.in_field(key),
            None => error,
        })
    }
}
