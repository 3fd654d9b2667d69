//! Cases of variants and enums: a string, or an object with one key.

use serde::de::value::StrDeserializer;
use serde::de::{DeserializeSeed, Deserializer, EnumAccess, VariantAccess, Visitor};
use serde_json::Value;

use super::{JsonError, Reader};
use crate::json::names;

pub(super) fn case<'de, V: Visitor<'de>>(
    reader: Reader<'de>,
    variants: &'static [&'static str],
    visitor: V,
) -> Result<V::Value, JsonError> {
    let names: Vec<String> = variants
        .iter()
        .map(|variant| names::of_case(variant))
        .collect();
    let (name, value) = match reader.0 {
        Some(Value::String(name)) => (name, None),
        Some(Value::Object(object)) => {
            let mut entries = object.iter();
            match (entries.next(), entries.next()) {
                (Some((name, value)), None) => (name, Some(value)),
                (None, _) => return Err(one_case("an empty object", &names)),
                (Some((first, _)), Some((second, _))) => {
                    let found = format!("an object with the keys `{first}` and `{second}`");
                    return Err(one_case(&found, &names));
                }
            }
        }
        _ => {
            let hint = names::hint("", "cases", &names);
            return Err(reader.expected("a case").with_hint(hint));
        }
    };
    let known = names.iter().zip(variants).find(|(known, _)| *known == name);
    let Some((_, variant)) = known else {
        let hint = names::hint(name, "cases", &names);
        return Err(JsonError::new(format!("unknown case `{name}`")).with_hint(hint));
    };
    visitor.visit_enum(Case {
        variant,
        name,
        value,
    })
}

fn one_case(found: &str, names: &[String]) -> JsonError {
    JsonError::new(format!(
        "expected an object with one key, the case, found {found}"
    ))
    .with_hint(names::hint("", "cases", names))
}

struct Case<'a> {
    variant: &'static str,
    name: &'a str,
    value: Option<&'a Value>,
}

impl<'a> Case<'a> {
    /// The reader of the case's value, which must be there.
    fn value(&self) -> Result<Reader<'a>, JsonError> {
        let name = self.name;
        match self.value {
            Some(value) => Ok(Reader(Some(value))),
            None => Err(JsonError::new(format!("the case `{name}` has a value"))
                .with_hint(format!("write `{{\"{name}\": …}}`"))),
        }
    }
}

impl<'de> EnumAccess<'de> for Case<'de> {
    type Error = JsonError;
    type Variant = Self;

    fn variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<(T::Value, Self), JsonError> {
        let variant = seed.deserialize(StrDeserializer::new(self.variant))?;
        Ok((variant, self))
    }
}

impl<'de> VariantAccess<'de> for Case<'de> {
    type Error = JsonError;

    fn unit_variant(self) -> Result<(), JsonError> {
        let name = self.name;
        match self.value {
            None => Ok(()),
            Some(_) => Err(JsonError::new(format!("the case `{name}` has no value"))
                .with_hint(format!("write `\"{name}\"`"))),
        }
    }

    fn newtype_variant_seed<T: DeserializeSeed<'de>>(self, seed: T) -> Result<T::Value, JsonError> {
        seed.deserialize(self.value()?)
            .map_err(|error| error.in_field(self.name))
    }

    fn tuple_variant<V: Visitor<'de>>(
        self,
        length: usize,
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.value()?
            .deserialize_tuple(length, visitor)
            .map_err(|error| error.in_field(self.name))
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        fields: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, JsonError> {
        self.value()?
            .deserialize_struct("", fields, visitor)
            .map_err(|error| error.in_field(self.name))
    }
}
