//! What the API sends, as far as it is read. Unknown members are ignored.
//!
//! One flat struct per level instead of one per event: serde would buffer a tagged enum to find its
//! tag, which for the deltas, nearly all of a stream, costs more than the rest of the work.

use std::borrow::Cow;
use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Error, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

/// An event of a stream.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Event<'a> {
    #[serde(borrow, rename = "type", deserialize_with = "or_null")]
    pub kind: Cow<'a, str>,
    pub id: Option<String>,
    pub index: u32,
    #[serde(borrow)]
    pub delta: Option<Delta<'a>>,
    #[serde(borrow)]
    pub logprobs: Option<&'a RawValue>,
}

/// What an event adds.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Delta<'a> {
    #[serde(borrow)]
    pub message: Option<Message<'a>>,
    pub finish_reason: Option<String>,
    pub error: Option<String>,
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
}

/// A whole answer. `message` is a sentence where it is a failure under status 200.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Whole<'a> {
    pub id: Option<String>,
    #[serde(borrow)]
    pub message: Option<&'a RawValue>,
    pub finish_reason: Option<String>,
    pub error: Option<String>,
    #[serde(borrow)]
    pub usage: Option<&'a RawValue>,
    #[serde(borrow)]
    pub logprobs: Option<&'a RawValue>,
}

/// A message, or a piece of one: lists are whole, single things are pieces.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Message<'a> {
    #[serde(borrow)]
    pub content: Several<Content<'a>>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub tool_plan: Cow<'a, str>,
    #[serde(borrow)]
    pub tool_calls: Several<ToolCall<'a>>,
    #[serde(borrow)]
    pub citations: Option<&'a RawValue>,
}

/// Text or reasoning.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Content<'a> {
    #[serde(borrow, deserialize_with = "or_null")]
    pub text: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub thinking: Cow<'a, str>,
}

/// A tool call, or a piece of one.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct ToolCall<'a> {
    pub id: Option<String>,
    #[serde(borrow)]
    pub function: Function<'a>,
}

/// What is called, and with what.
#[derive(Deserialize, Default)]
#[serde(default)]
pub struct Function<'a> {
    #[serde(borrow, deserialize_with = "or_null")]
    pub name: Cow<'a, str>,
    #[serde(borrow, deserialize_with = "or_null")]
    pub arguments: Cow<'a, str>,
}

/// A list, or a single element of it. `null` is the empty list.
pub enum Several<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Several<T> {
    /// All of them, in order.
    pub fn iter(&self) -> std::slice::Iter<'_, T> {
        match self {
            Several::One(one) => std::slice::from_ref(one).iter(),
            Several::Many(many) => many.iter(),
        }
    }
}

impl<T> Default for Several<T> {
    fn default() -> Self {
        Several::Many(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Several<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(SeveralVisitor(PhantomData))
    }
}

struct SeveralVisitor<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de>> Visitor<'de> for SeveralVisitor<T> {
    type Value = Several<T>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("an object or a list of objects")
    }

    fn visit_unit<E: Error>(self) -> Result<Several<T>, E> {
        Ok(Several::default())
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Several<T>, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map)).map(Several::One)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Several<T>, A::Error> {
        let mut many = Vec::new();
        while let Some(item) = items.next_element()? {
            many.push(item);
        }
        Ok(Several::Many(many))
    }
}

/// The API writes `null` for a text that is not there, as relays do.
fn or_null<'de: 'a, 'a, D: Deserializer<'de>>(deserializer: D) -> Result<Cow<'a, str>, D::Error> {
    #[derive(Deserialize)]
    struct Text<'a>(#[serde(borrow)] Cow<'a, str>);

    let text: Option<Text> = Deserialize::deserialize(deserializer)?;
    Ok(text.map(|text| text.0).unwrap_or_default())
}

/// Whether this is an event that the API did not document when this was written.
pub fn is_unknown(event: &str) -> bool {
    const READ: [&str; 10] = [
        "citation-start",
        "content-delta",
        "content-start",
        "error",
        "message-end",
        "message-start",
        "tool-call-delta",
        "tool-call-end",
        "tool-call-start",
        "tool-plan-delta",
    ];

    #[derive(Deserialize)]
    struct Kind {
        r#type: String,
    }

    let kind: Option<Kind> = serde_json::from_str(event).ok();
    kind.is_some_and(|kind| !READ.contains(&kind.r#type.as_str()))
}
