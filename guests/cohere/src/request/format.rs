//! The shape of the answer (<https://docs.cohere.com/docs/structured-outputs>).

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_guest::Result;
use tidegate_guest::types;

use super::tools::raw;
use crate::warnings::Warnings;

#[derive(Serialize)]
pub struct ResponseFormat<'a> {
    r#type: &'static str,
    /// As it is written: the model writes members in the order of the schema.
    #[serde(skip_serializing_if = "Option::is_none")]
    json_schema: Option<&'a RawValue>,
}

pub fn format<'a>(
    format: Option<&'a types::ResponseFormat>,
    warnings: &mut Warnings,
) -> Result<Option<ResponseFormat<'a>>> {
    let json_schema = match format {
        None | Some(types::ResponseFormat::Text) => return Ok(None),
        Some(types::ResponseFormat::Json) => None,
        Some(types::ResponseFormat::JsonSchema(schema)) => {
            if schema.description.is_some() {
                warnings.add(
                    "response-format.json-schema.description",
                    "Cohere takes the schema alone; describe it in a message",
                );
            }
            let schema = raw("response-format.json-schema.schema", &schema.schema)?;
            Some(schema)
        }
    };
    Ok(Some(ResponseFormat {
        r#type: "json_object",
        json_schema,
    }))
}
