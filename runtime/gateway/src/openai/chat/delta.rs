//! What a chunk adds to a message.

use serde::Serialize;

use super::audio::Audio;
use super::reasoning::{Detail, Opaque};
use super::sources::Annotation;
use crate::openai::made::Made;

/// The new pieces of one chunk; in most there is one.
#[derive(Default, Serialize)]
pub struct Delta<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_content: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reasoning_details: Option<[Detail<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool_calls: Option<[Called<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function_call: Option<Function<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audio: Option<Audio>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub annotations: Option<[Annotation<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub images: Option<[Made<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub files: Option<[Made<'a>; 1]>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tidegate: Option<Opaque<'a>>,
}

/// A tool call, or more of one.
#[derive(Serialize)]
pub struct Called<'a> {
    pub index: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub function: Option<Function<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tidegate: Option<Opaque<'a>>,
}

/// The name comes once, the arguments in pieces.
#[derive(Serialize)]
pub struct Function<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<&'a str>,
    pub arguments: &'a str,
}
