//! JSON Schemas as the API wants them. The order of members is kept, because models write members in
//! the order of the schema.

use std::fmt;

use serde::de::{MapAccess, Visitor};
use serde::ser::SerializeMap;
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::{RawValue, to_raw_value};
use tidegate_guest::Result;
use tidegate_guest::types::{Error, ErrorKind};

/// What a function without arguments takes.
const NO_ARGUMENTS: &str = r#"{"type":"object","properties":{}}"#;

/// Schemas nested deeper than this are left as they are: far more than anybody writes, and little
/// enough for the small stack of a guest.
const DEPTH: u32 = 64;

/// The schema of a function's arguments, which has to say that it is an object.
pub fn of_arguments(schema: &str) -> Result<Box<RawValue>> {
    let text = match schema.trim() {
        "" | "{}" | "null" => NO_ARGUMENTS,
        text => text,
    };
    let mut members = parse("tools.parameters", text)?;
    if members.get("type").is_some() {
        return RawValue::from_string(text.into()).map_err(internal);
    }
    members.push("type", "object")?;
    to_raw_value(&members).map_err(internal)
}

/// The schema of an answer. [Structured outputs](https://platform.claude.com/docs/en/build-with-claude/structured-outputs)
/// require every object to rule out members that it does not name, so this is added where the schema
/// says nothing of them. `description` goes in where the schema has none.
pub fn of_answer(schema: &str, description: Option<&str>) -> Result<Box<RawValue>> {
    let mut members = parse("response-format.json-schema.schema", schema.trim())?;
    if let Some(description) = description.filter(|_| members.get("description").is_none()) {
        members.push("description", description)?;
    }
    close(&to_raw_value(&members).map_err(internal)?, DEPTH)
}

fn close(schema: &RawValue, depth: u32) -> Result<Box<RawValue>> {
    let text = schema.get();
    if depth == 0 || !text.starts_with(['{', '[']) {
        return Ok(schema.to_owned());
    }
    if text.starts_with('[') {
        let items: Vec<&RawValue> = serde_json::from_str(text).map_err(internal)?;
        let items: Vec<_> = items
            .into_iter()
            .map(|item| close(item, depth - 1))
            .collect::<Result<_>>()?;
        return to_raw_value(&items).map_err(internal);
    }
    let mut members: Members = serde_json::from_str(text).map_err(internal)?;
    for (name, value) in &mut members.0 {
        // Values, not schemas.
        if !["enum", "const", "default", "examples"].contains(&name.as_str()) {
            *value = close(value, depth - 1)?;
        }
    }
    let is_object = members
        .get("type")
        .is_some_and(|it| it.get() == "\"object\"");
    if is_object && members.get("additionalProperties").is_none() {
        members.push("additionalProperties", false)?;
    }
    to_raw_value(&members).map_err(internal)
}

/// An object whose members keep their order.
struct Members(Vec<(String, Box<RawValue>)>);

impl Members {
    fn get(&self, name: &str) -> Option<&RawValue> {
        let member = self.0.iter().find(|(member, _)| member == name)?;
        Some(&member.1)
    }

    fn push(&mut self, name: &str, value: impl Serialize) -> Result<()> {
        let value = to_raw_value(&value).map_err(internal)?;
        self.0.push((name.into(), value));
        Ok(())
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> std::result::Result<Self, D::Error> {
        struct InOrder;

        impl<'de> Visitor<'de> for InOrder {
            type Value = Members;

            fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
                formatter.write_str("a JSON object")
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                mut map: A,
            ) -> std::result::Result<Members, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }

        deserializer.deserialize_map(InOrder)
    }
}

impl Serialize for Members {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for (name, value) in &self.0 {
            map.serialize_entry(name, value)?;
        }
        map.end()
    }
}

fn parse(field: &str, schema: &str) -> Result<Members> {
    serde_json::from_str(schema).map_err(|error| {
        Error::new(
            ErrorKind::InvalidRequest,
            format!("`{field}` is not a JSON Schema: {error}"),
        )
    })
}

fn internal(error: serde_json::Error) -> Error {
    Error::new(ErrorKind::Internal, error.to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test may panic")]
mod tests {
    use super::*;

    #[test]
    fn arguments_are_always_an_object() {
        assert_eq!(of_arguments("").unwrap().get(), NO_ARGUMENTS);
        assert_eq!(of_arguments("{}").unwrap().get(), NO_ARGUMENTS);
        let untyped = of_arguments(r#"{"properties":{"b":{},"a":{}}}"#).unwrap();
        assert_eq!(
            untyped.get(),
            r#"{"properties":{"b":{},"a":{}},"type":"object"}"#
        );
        let whole = r#"{ "type": "object" }"#;
        assert_eq!(of_arguments(whole).unwrap().get(), whole);
    }

    #[test]
    fn every_object_of_an_answer_is_closed_and_order_is_kept() {
        let schema = r#"{"type":"object","properties":{"z":{"type":"array","items":{"type":"object"}},
            "type":{"type":"string","enum":[{"type":"object"}]}},"required":["z"]}"#;
        assert_eq!(
            of_answer(schema, Some("a thing")).unwrap().get(),
            r#"{"type":"object","properties":{"z":{"type":"array","items":{"type":"object","additionalProperties":false}},"type":{"type":"string","enum":[{"type":"object"}]}},"required":["z"],"description":"a thing","additionalProperties":false}"#
        );
    }

    #[test]
    fn what_is_no_schema_names_its_field() {
        let error = of_arguments("[1").unwrap_err();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
        assert!(error.message.contains("`tools.parameters`"));
    }
}
