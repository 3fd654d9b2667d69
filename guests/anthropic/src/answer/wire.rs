//! What the API sends, as far as it is read. Unknown members are ignored.
//!
//! One flat struct per level instead of one per event: serde would buffer a tagged enum to find its
//! tag, which for the deltas, nearly all of a stream, costs more than the rest of the work.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// An event of a stream.
#[derive(Deserialize)]
pub struct Event<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    #[serde(default)]
    pub index: u32,
    #[serde(borrow)]
    pub delta: Option<Delta<'a>>,
    #[serde(borrow)]
    pub message: Option<&'a RawValue>,
    #[serde(borrow)]
    pub content_block: Option<&'a RawValue>,
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
}

/// What `content_block_delta` adds to a block and `message_delta` to the message.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Delta<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub text: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub thinking: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub signature: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub partial_json: Cow<'a, str>,
    #[serde(borrow)]
    pub citation: Option<&'a RawValue>,
    pub stop_reason: Option<String>,
    pub stop_sequence: Option<String>,
    #[serde(borrow)]
    pub stop_details: Option<&'a RawValue>,
    #[serde(borrow)]
    pub container: Option<&'a RawValue>,
}

/// A message: a whole answer, or the beginning of a stream.
#[derive(Deserialize)]
pub struct Message<'a> {
    #[serde(borrow, default, rename = "type")]
    pub kind: Cow<'a, str>,
    pub id: Option<String>,
    pub model: Option<String>,
    #[serde(borrow)]
    pub content: Option<Vec<&'a RawValue>>,
    pub stop_reason: Option<String>,
    pub stop_sequence: Option<String>,
    #[serde(borrow)]
    pub stop_details: Option<&'a RawValue>,
    #[serde(borrow)]
    pub container: Option<&'a RawValue>,
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
}

/// A content block, as it begins or whole.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Block<'a> {
    #[serde(borrow, rename = "type")]
    pub kind: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub text: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub thinking: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub signature: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub data: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub id: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub name: Cow<'a, str>,
    #[serde(borrow)]
    pub input: Option<&'a RawValue>,
    #[serde(borrow)]
    pub caller: Option<&'a RawValue>,
    #[serde(borrow)]
    pub toolset_name: Option<&'a RawValue>,
    #[serde(borrow)]
    pub citations: Option<Vec<&'a RawValue>>,
}

/// Relays write `null` for a text that is not there.
fn or_null<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'a, str>, D::Error> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

    let text: Option<Text> = Deserialize::deserialize(deserializer)?;
    Ok(text.map(|text| text.0).unwrap_or_default())
}

/// The type of an event or block, whatever else it holds.
#[derive(Deserialize)]
struct Kind<'a> {
    #[serde(borrow, rename = "type")]
    kind: Cow<'a, str>,
}

/// Whether this is an event that no version of the API documented when this was written.
pub fn is_unknown(event: &str) -> bool {
    const KNOWN: [&str; 8] = [
        "content_block_delta",
        "content_block_start",
        "content_block_stop",
        "error",
        "message_delta",
        "message_start",
        "message_stop",
        "ping",
    ];
    kind(event).is_some_and(|kind| !KNOWN.contains(&&*kind))
}

/// The `type` of an object.
pub fn kind(object: &str) -> Option<Cow<'_, str>> {
    serde_json::from_str(object).ok().map(|it: Kind| it.kind)
}

/// Why a model declined, in its vendor's words.
pub fn explanation(stop_details: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Details {
        explanation: Option<String>,
    }
    let details: Details = serde_json::from_str(stop_details.get()).ok()?;
    details.explanation
}
