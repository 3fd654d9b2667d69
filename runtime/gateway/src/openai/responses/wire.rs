//! Typed events: their common members, and what each may have beside them.

use bytes::{BufMut as _, BytesMut};
use serde::Serialize;

use super::annotation::Annotation;
use super::item::{Item, Piece, Summary};
use crate::openai::envelope::json;
use crate::openai::logprobs::Token;

/// Numbers events.
#[derive(Debug, Default)]
pub struct Wire {
    sent: u64,
}

#[derive(Serialize)]
struct Event<'a, T> {
    r#type: &'static str,
    sequence_number: u64,
    #[serde(flatten)]
    members: &'a T,
}

impl Wire {
    /// Appends an event.
    pub fn send<T: Serialize>(&mut self, r#type: &'static str, members: &T, out: &mut BytesMut) {
        out.put_slice(b"event: ");
        out.put_slice(r#type.as_bytes());
        out.put_slice(b"\ndata: ");
        let event = Event {
            r#type,
            sequence_number: self.sent,
            members,
        };
        json(out, &event);
        out.put_slice(b"\n\n");
        self.sent += 1;
    }
}

/// The answer as it is now.
#[derive(Serialize)]
pub struct Whole<T> {
    pub response: T,
}

/// What ends a stream of which nothing has been said.
#[derive(Serialize)]
pub struct Broken<'a> {
    pub code: &'a str,
    pub message: &'a str,
    pub param: Option<&'a str>,
}

/// An item, whole.
#[derive(Serialize)]
pub struct OfOutput<'a> {
    pub output_index: usize,
    pub item: &'a Item,
}

/// A piece of an item, or a piece of a piece.
#[derive(Default, Serialize)]
pub struct OfItem<'a> {
    pub item_id: &'a str,
    pub output_index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotation_index: Option<usize>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub part: Option<Part<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delta: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub arguments: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotation: Option<&'a Annotation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub logprobs: Option<Vec<Token<'a>>>,
}

/// What an item is made of.
#[derive(Serialize)]
#[serde(untagged)]
pub enum Part<'a> {
    Message(&'a Piece),
    Reasoning(Summary<'a>),
}
