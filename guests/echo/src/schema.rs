//! Makes a value that follows a JSON Schema, always the same one.
//!
//! | keyword | value |
//! |---|---|
//! | `const`, `enum`, `default`, `examples` | the first of them, in this order |
//! | `$ref` | what it points to in the same document |
//! | `allOf` | one that has the keywords of all; `anyOf`, `oneOf`: of the first |
//! | `type: string` | `echo`, or an example of its `format`; `minLength`, `maxLength` |
//! | `type: number`, `integer` | the number nearest to 0 between `minimum` and `maximum`; `multipleOf` |
//! | `type: boolean`, `null` | `true`, `null` |
//! | `type: array` | `prefixItems`, then `items` up to `minItems`, or one |
//! | `type: object` | all `properties`; only `required` ones where schemas contain themselves |
//!
//! Other keywords (`pattern`, `not`, `if`, …) are not looked at; [`Instance::ignored`] lists them.

#[cfg(test)]
mod tests;

use serde_json::{Map, Value};
use tidegate_guest::Result;
use tidegate_guest::types::{Error, ErrorKind};

/// From here on only what is required is made, so that most schemas that contain themselves end.
const DEEP: usize = 8;
/// Deeper than honest schemas are, shallow enough for a stack of 64 KiB.
const TOO_DEEP: usize = 16;
/// Enough to test with; a schema may ask for more items or letters than there is memory.
const MOST: u64 = 1_000;
/// How many schemas to look at: one that contains itself twice doubles with every level.
const BUDGET: u32 = 10_000;

/// A value and what it does not follow.
#[derive(Default)]
pub struct Instance {
    /// The value.
    pub value: Value,
    /// Keywords that were not looked at.
    pub ignored: Vec<&'static str>,
}

/// Makes a value for `schema`.
pub fn instance(schema: &Value) -> Result<Instance> {
    let mut maker = Maker {
        root: schema,
        ignored: vec![],
        budget: BUDGET,
    };
    Ok(Instance {
        value: maker.value(schema, 0)?,
        ignored: maker.ignored,
    })
}

struct Maker<'a> {
    root: &'a Value,
    ignored: Vec<&'static str>,
    budget: u32,
}

impl Maker<'_> {
    fn value(&mut self, schema: &Value, depth: usize) -> Result<Value> {
        let schema = self.resolve(schema, depth)?;
        for keyword in ["pattern", "not", "if", "contains", "uniqueItems"] {
            if schema.contains_key(keyword) && !self.ignored.contains(&keyword) {
                self.ignored.push(keyword);
            }
        }
        for keyword in ["const", "enum", "default", "examples"] {
            match schema.get(keyword) {
                Some(Value::Array(values)) if matches!(keyword, "enum" | "examples") => {
                    if let Some(first) = values.first() {
                        return Ok(first.clone());
                    }
                }
                Some(value) if !matches!(keyword, "enum" | "examples") => return Ok(value.clone()),
                _ => {}
            }
        }
        match kind(&schema) {
            "object" => self.object(&schema, depth),
            "array" => self.array(&schema, depth),
            "number" | "integer" => Ok(number(&schema)),
            "boolean" => Ok(Value::Bool(true)),
            "null" => Ok(Value::Null),
            _ => Ok(string(&schema).into()),
        }
    }

    /// The keywords of a schema and of those it stands for.
    fn resolve(&mut self, schema: &Value, depth: usize) -> Result<Map<String, Value>> {
        self.budget = self.budget.saturating_sub(1);
        if depth > TOO_DEEP || self.budget == 0 {
            return Err(unusable("it contains itself without end, or is too large"));
        }
        let mut keywords = match schema {
            Value::Object(keywords) => keywords.clone(),
            Value::Bool(true) => Map::new(),
            Value::Bool(false) => return Err(unusable("nothing follows the schema `false`")),
            _ => return Err(unusable("a schema is an object, `true` or `false`")),
        };
        let mut parts = vec![];
        if let Some(Value::String(reference)) = keywords.remove("$ref") {
            let target = reference
                .strip_prefix('#')
                .and_then(|pointer| self.root.pointer(pointer));
            let unknown = || unusable(&format!("`{reference}` points to nothing in it"));
            parts.push(target.ok_or_else(unknown)?.clone());
        }
        if let Some(Value::Array(all)) = keywords.remove("allOf") {
            parts.extend(all);
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(Value::Array(choices)) = keywords.remove(keyword) {
                parts.extend(choices.into_iter().next());
            }
        }
        for part in &parts {
            for (keyword, value) in self.resolve(part, depth + 1)? {
                merge(&mut keywords, keyword, value);
            }
        }
        Ok(keywords)
    }

    fn object(&mut self, schema: &Map<String, Value>, depth: usize) -> Result<Value> {
        let required = |name: &String| match schema.get("required") {
            Some(Value::Array(names)) => names.iter().any(|required| required == name.as_str()),
            _ => false,
        };
        let mut object = Map::new();
        if let Some(Value::Object(properties)) = schema.get("properties") {
            for (name, property) in properties {
                if depth < DEEP || required(name) {
                    object.insert(name.clone(), self.value(property, depth + 1)?);
                }
            }
        }
        Ok(Value::Object(object))
    }

    fn array(&mut self, schema: &Map<String, Value>, depth: usize) -> Result<Value> {
        let mut items = vec![];
        let first = match schema.get("prefixItems") {
            Some(Value::Array(first)) => first.as_slice(),
            _ => &[],
        };
        for item in first {
            items.push(self.value(item, depth + 1)?);
        }
        if let Some(item) = schema
            .get("items")
            .filter(|item| **item != Value::Bool(false))
        {
            let usual = if depth < DEEP { 1 } else { 0 };
            let length = integer(schema, "minItems")
                .unwrap_or(usual)
                .min(integer(schema, "maxItems").unwrap_or(MOST))
                .min(MOST);
            while (items.len() as u64) < length {
                items.push(self.value(item, depth + 1)?);
            }
        }
        Ok(Value::Array(items))
    }
}

/// Puts a keyword over what is there: properties and required names add up.
fn merge(keywords: &mut Map<String, Value>, keyword: String, value: Value) {
    match (keywords.get_mut(&keyword), value) {
        (Some(Value::Object(there)), Value::Object(more)) if keyword == "properties" => {
            there.extend(more);
        }
        (Some(Value::Array(there)), Value::Array(more)) if keyword == "required" => {
            there.extend(more);
        }
        (Some(_), _) => {}
        (None, value) => {
            keywords.insert(keyword, value);
        }
    }
}

/// The type, or the one that the other keywords speak of.
fn kind(schema: &Map<String, Value>) -> &str {
    match schema.get("type") {
        Some(Value::String(kind)) => kind,
        Some(Value::Array(kinds)) => {
            let mut kinds = kinds.iter().filter_map(Value::as_str);
            kinds.find(|kind| *kind != "null").unwrap_or("null")
        }
        _ if schema.contains_key("properties") => "object",
        _ if schema.contains_key("items") || schema.contains_key("prefixItems") => "array",
        _ if schema.contains_key("minimum") || schema.contains_key("maximum") => "number",
        _ => "string",
    }
}

fn string(schema: &Map<String, Value>) -> String {
    let example = match schema.get("format").and_then(Value::as_str) {
        Some("date-time") => "2000-01-01T00:00:00Z",
        Some("date") => "2000-01-01",
        Some("time") => "00:00:00Z",
        Some("duration") => "P1D",
        Some("email") => "echo@example.com",
        Some("hostname") => "example.com",
        Some("ipv4") => "192.0.2.1",
        Some("ipv6") => "2001:db8::1",
        Some("uri") => "https://example.com/",
        Some("uuid") => "00000000-0000-4000-8000-000000000000",
        _ => "echo",
    };
    let at_least = integer(schema, "minLength").unwrap_or(0).min(MOST);
    let at_most = integer(schema, "maxLength").unwrap_or(u64::MAX);
    let length = (example.len() as u64).max(at_least).min(at_most);
    example.chars().cycle().take(length as usize).collect()
}

fn number(schema: &Map<String, Value>) -> Value {
    let bound = |inclusive: &str, exclusive: &str, step: f64| {
        let inclusive = schema.get(inclusive).and_then(Value::as_f64);
        let exclusive = schema.get(exclusive).and_then(Value::as_f64);
        inclusive.or(exclusive.map(|bound| bound + step))
    };
    let least = bound("minimum", "exclusiveMinimum", 1.0);
    let most = bound("maximum", "exclusiveMaximum", -1.0);
    let mut number = match (least, most) {
        (Some(least), Some(most)) if least > most => f64::midpoint(least, most),
        (least, most) => 0.0_f64
            .max(least.unwrap_or(f64::NEG_INFINITY))
            .min(most.unwrap_or(f64::INFINITY)),
    };
    let step = schema.get("multipleOf").and_then(Value::as_f64);
    if let Some(step) = step.filter(|step| *step > 0.0) {
        number = (number / step).ceil() * step;
    }
    match kind(schema) {
        "integer" => Value::from(number.ceil() as i64),
        // Plus zero, lest it be minus zero.
        _ => Value::from(number + 0.0),
    }
}

fn integer(schema: &Map<String, Value>, keyword: &str) -> Option<u64> {
    schema.get(keyword).and_then(Value::as_u64)
}

fn unusable(problem: &str) -> Error {
    Error::new(
        ErrorKind::InvalidRequest,
        format!("the JSON Schema cannot be followed: {problem}"),
    )
}
