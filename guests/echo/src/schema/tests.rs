//! One value per keyword, and schemas that never end.
#![expect(
    clippy::unwrap_used,
    reason = "a test that cannot make its value fails"
)]

use super::*;
use serde_json::json;

#[track_caller]
fn makes(schema: Value, value: Value) {
    assert_eq!(instance(&schema).unwrap().value, value);
}

#[test]
fn every_type_has_a_value() {
    makes(
        json!({ "type": "object", "properties": {
            "text": { "type": "string" },
            "day": { "type": "string", "format": "date" },
            "long": { "type": "string", "minLength": 6 },
            "short": { "type": "string", "maxLength": 2 },
            "number": { "type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1 },
            "integer": { "type": "integer", "minimum": 3, "multipleOf": 5 },
            "below": { "type": "integer", "maximum": -2 },
            "yes": { "type": ["null", "boolean"] },
            "none": { "type": "null" },
            "unit": { "enum": ["celsius", "kelvin"] },
            "given": { "type": "string", "default": "as it is" },
            "list": { "type": "array", "items": { "const": 7 }, "minItems": 2 },
            "any": {},
        }}),
        json!({
            "text": "echo", "day": "2000-01-01", "long": "echoec", "short": "ec",
            "number": 0.5, "integer": 5, "below": -2, "yes": true, "none": null,
            "unit": "celsius", "given": "as it is", "list": [7, 7], "any": "echo",
        }),
    );
}

#[test]
fn references_and_combinations_are_followed() {
    makes(
        json!({
            "$defs": { "named": { "properties": { "name": { "type": "string" } } } },
            "allOf": [
                { "$ref": "#/$defs/named" },
                { "properties": { "size": { "anyOf": [{ "type": "integer" }, { "type": "null" }] } } },
            ],
        }),
        json!({ "name": "echo", "size": 0 }),
    );
}

#[test]
fn a_schema_that_contains_itself_ends() {
    let tree = json!({ "type": "object", "required": ["name"], "properties": {
        "name": { "type": "string" },
        "children": { "type": "array", "items": { "$ref": "#" } },
    }});
    assert_eq!(instance(&tree).unwrap().value["name"], "echo");

    let wide: Map<String, Value> = (0..20)
        .map(|index| (index.to_string(), json!({ "$ref": "#" })))
        .collect();
    for endless in [
        json!({ "$ref": "#" }),
        json!({ "required": ["a"], "properties": { "a": { "$ref": "#" } } }),
        json!({ "properties": wide }),
        json!({ "$ref": "#/$defs/missing" }),
        json!(false),
    ] {
        let error = instance(&endless).err().unwrap();
        assert_eq!(error.kind, ErrorKind::InvalidRequest);
    }
}

#[test]
fn what_is_not_looked_at_is_listed() {
    let schema =
        json!({ "type": "array", "items": { "type": "string", "pattern": "^a" }, "minItems": 2 });
    assert_eq!(instance(&schema).unwrap().ignored, ["pattern"]);
}
