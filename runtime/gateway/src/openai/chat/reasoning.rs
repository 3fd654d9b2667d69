//! Reasoning, in both directions.
//!
//! Its text is `reasoning_content`, as DeepSeek, vLLM and others have it. What proves that the text
//! is the vendor's own has no place there; it is in `reasoning_details`, as OpenRouter has it, and
//! comes back the same way.

use serde::Serialize;
use tidegate_host::types::{Part, PartContent, Reasoning};

use super::wire::{ReasoningDetail, State};
use crate::json::{Misread, Strays};

/// A piece that the client hands back.
pub fn read(detail: ReasoningDetail<'_>, strays: &mut Strays) -> Result<Part, Misread> {
    strays.note(&detail.rest);
    let reasoning = Reasoning {
        text: detail.text.or(detail.summary).unwrap_or_default(),
        signature: detail.signature,
        redacted: detail.data,
    };
    Ok(Part {
        metadata: State::metadata(detail.tidegate),
        ..PartContent::Reasoning(reasoning).into()
    })
}

/// Reasoning of which only the text is there.
pub fn unsigned(text: String) -> Part {
    let reasoning = Reasoning {
        text,
        signature: None,
        redacted: None,
    };
    PartContent::Reasoning(reasoning).into()
}

/// A piece, or a piece of a piece, for the client.
#[derive(Debug, Default, Serialize)]
pub struct Detail<'a> {
    pub r#type: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub signature: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<&'a str>,
    /// Pieces with the same number belong together.
    pub index: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tidegate: Option<Opaque<'a>>,
}

pub const TEXT: &str = "reasoning.text";
pub const ENCRYPTED: &str = "reasoning.encrypted";

/// The vendor's own state.
#[derive(Debug, Serialize)]
pub struct Opaque<'a> {
    metadata: &'a serde_json::value::RawValue,
}

impl<'a> Opaque<'a> {
    /// `None` where it is no JSON.
    pub fn new(json: &'a str) -> Option<Self> {
        let metadata = serde_json::from_str(json).ok()?;
        Some(Opaque { metadata })
    }
}
