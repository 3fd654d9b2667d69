//! The contract's types as JSON, under the names of the WIT.
//!
//! One form for `--json` output, fixtures and recordings. Serde sees the Rust names that `bindgen!`
//! makes; the serializer and deserializer here turn them back into what `wit/provider.wit` says:
//!
//! | WIT | JSON | absent |
//! |---|---|---|
//! | record | object, fields in `kebab-case` | all its fields are absent |
//! | case without a value, enum | string, `"list-models"` | error |
//! | case with a value | object with one key, `{"text": "Hi"}` | error |
//! | option | its value | `none` |
//! | list | array | empty |
//! | `list<u8>` | string, base64 (RFC 4648, section 4) | empty |
//! | bool | `true`, `false` | `false` |
//! | number | number; `"NaN"`, `"Infinity"`, `"-Infinity"`, which JSON has not | error |
//! | string, char | string | error |
//!
//! Fields that are `none` or an empty list are left out when written. A key that is no field and a
//! case that is none are errors, so that a slip of the pen is never a default. Maps keep their keys
//! as they are.

mod de;
mod error;
mod names;
mod ser;
#[cfg(test)]
mod tests;

pub use error::JsonError;

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Writes a value of the contract as JSON.
///
/// Fails only for types that the contract does not have: named tuples, maps whose keys are no
/// strings.
pub fn to_json<T: Serialize + ?Sized>(value: &T) -> Result<Value, JsonError> {
    ser::write(value)
}

/// Reads a value of the contract from JSON.
///
/// The error names the place, `chat.messages[2].parts[0].content`, what stands there and what may.
pub fn from_json<T: DeserializeOwned>(value: &Value) -> Result<T, JsonError> {
    de::read(value)
}
