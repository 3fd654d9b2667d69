//! The shape of the answer.
//!
//! <https://platform.openai.com/docs/guides/structured-outputs>

use serde_json::value::RawValue;
use tidegate_host::types;

use crate::json::{Misread, Strays, Text, members, object, push_member};

object! {
    /// `response_format`.
    pub struct ResponseFormat<'a> {
        "type" => kind: Text<'a>,
        "json_schema" => json_schema: JsonSchema<'a>,
    }
}

object! {
    /// A schema for the answer.
    pub struct JsonSchema<'a> {
        "name" => name: String,
        "description" => description: String,
        "schema" => schema: &'a RawValue,
        "strict" => strict: bool,
    }
}

impl ResponseFormat<'_> {
    /// The contract's format, or the JSON of one that only the vendor knows.
    pub fn read(
        self,
        strays: &mut Strays,
    ) -> Result<Result<types::ResponseFormat, String>, Misread> {
        let Some(kind) = self.kind else {
            return Err(Misread::new("it has no `type`"));
        };
        let format = match &*kind {
            "text" => types::ResponseFormat::Text,
            "json_object" => types::ResponseFormat::Json,
            "json_schema" => {
                let Some(schema) = self.json_schema else {
                    return Err(Misread::new("the type `json_schema` needs `json_schema`"));
                };
                strays.within("json_schema", |strays| {
                    strays.note(&schema.rest);
                    let raw = schema
                        .schema
                        .ok_or_else(|| Misread::new("it has no `schema`"))?;
                    Ok(types::ResponseFormat::JsonSchema(types::JsonSchema {
                        name: schema
                            .name
                            .ok_or_else(|| Misread::new("it has no `name`"))?,
                        description: schema.description,
                        schema: raw.get().into(),
                        strict: schema.strict,
                    }))
                })?
            }
            other => {
                let mut json = members(&self.rest).unwrap_or_default();
                json.pop();
                push_member(
                    &mut json,
                    "type",
                    &serde_json::to_string(other).unwrap_or_default(),
                );
                return Ok(Err(json + "}"));
            }
        };
        strays.note(&self.rest);
        Ok(Ok(format))
    }
}
