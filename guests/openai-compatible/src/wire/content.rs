//! The `content` of an answer: a string, or a list of chunks (Mistral).

use std::borrow::Cow;
use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, SeqAccess, Visitor};

use super::Text;

/// What the model wrote. Absent and `null` are the empty string.
///
/// Chunks: <https://docs.mistral.ai/capabilities/reasoning/>
#[derive(Debug, PartialEq)]
pub enum Content<'a> {
    /// A string.
    Text(Cow<'a, str>),
    /// A list of chunks.
    Chunks(Vec<ContentChunk<'a>>),
}

/// A chunk of content. Of a type that is not known, only what looks like text is read.
#[derive(Debug, Default, PartialEq, Deserialize)]
#[serde(default)]
pub struct ContentChunk<'a> {
    /// Of type `text`.
    #[serde(borrow)]
    pub text: Text<'a>,
    /// Of type `thinking`: a string or a list of text chunks.
    #[serde(borrow)]
    pub thinking: Content<'a>,
    /// Of type `refusal`.
    #[serde(borrow)]
    pub refusal: Text<'a>,
    /// Of type `reference`: the ids of what the text before it rests on.
    #[serde(borrow)]
    pub reference_ids: Option<Vec<Text<'a>>>,
}

impl Default for Content<'_> {
    fn default() -> Self {
        Content::Text(Cow::Borrowed(""))
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Content<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(ContentVisitor)
    }
}

struct ContentVisitor;

impl<'de> Visitor<'de> for ContentVisitor {
    type Value = Content<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter) -> fmt::Result {
        formatter.write_str("text or a list of chunks")
    }

    fn visit_borrowed_str<E: Error>(self, text: &'de str) -> Result<Self::Value, E> {
        Ok(Content::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
        Ok(Content::Text(Cow::Owned(text.into())))
    }

    fn visit_unit<E: Error>(self) -> Result<Self::Value, E> {
        Ok(Content::default())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Self::Value, A::Error> {
        let mut chunks = Vec::new();
        while let Some(chunk) = items.next_element()? {
            chunks.push(chunk);
        }
        Ok(Content::Chunks(chunks))
    }
}
