//! `text`: the shape of the answer.
//!
//! <https://platform.openai.com/docs/guides/structured-outputs>

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_host::types::{JsonSchema, ResponseFormat};

use crate::json::{Misread, Strays, Text, object};

object! {
    /// `text`.
    pub struct TextOptions<'a> {
        "format" => format: Format<'a>,
        "verbosity" => verbosity: String,
    }
}

object! {
    /// `text.format`.
    pub struct Format<'a> {
        "type" => kind: Text<'a>,
        "name" => name: String,
        "description" => description: String,
        "schema" => schema: &'a RawValue,
        "strict" => strict: bool,
    }
}

impl Format<'_> {
    /// The contract's format.
    pub fn read(self, strays: &mut Strays) -> Result<ResponseFormat, Misread> {
        strays.note(&self.rest);
        let missing = |name| Misread::new("the type `json_schema` needs this").within(name);
        match self.kind.as_deref() {
            Some("text") => Ok(ResponseFormat::Text),
            Some("json_object") => Ok(ResponseFormat::Json),
            Some("json_schema") => Ok(ResponseFormat::JsonSchema(JsonSchema {
                name: self.name.ok_or_else(|| missing("name"))?,
                description: self.description,
                schema: self.schema.ok_or_else(|| missing("schema"))?.get().into(),
                strict: self.strict,
            })),
            Some(other) => {
                let problem = format!(
                    "`{}` is no format; there are `text`, `json_object` and `json_schema`",
                    other.escape_debug()
                );
                Err(Misread::new(problem).within("type"))
            }
            None => Err(Misread::new("it has no `type`")),
        }
    }
}

/// The format as the answer repeats it.
#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Repeated<'a> {
    Text,
    JsonObject,
    JsonSchema {
        name: &'a str,
        description: Option<&'a str>,
        schema: Option<&'a RawValue>,
        strict: Option<bool>,
    },
}

impl<'a> From<Option<&'a ResponseFormat>> for Repeated<'a> {
    fn from(format: Option<&'a ResponseFormat>) -> Self {
        match format {
            None | Some(ResponseFormat::Text) => Repeated::Text,
            Some(ResponseFormat::Json) => Repeated::JsonObject,
            Some(ResponseFormat::JsonSchema(schema)) => Repeated::JsonSchema {
                name: &schema.name,
                description: schema.description.as_deref(),
                schema: serde_json::from_str(&schema.schema).ok(),
                strict: schema.strict,
            },
        }
    }
}
