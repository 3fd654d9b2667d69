//! `encrypted_content` of reasoning: what the vendor wants to see again with it.
//!
//! It is the one member that all clients hand back, those included that build the item anew from
//! `id`, `summary` and `encrypted_content`. So everything that belongs to a piece of reasoning and is
//! not its text is in there:
//!
//! | reasoning | `encrypted_content` |
//! |---|---|
//! | encrypted by the vendor, nothing else | as the vendor wrote it |
//! | signed, or with state of the vendor's | `tidegate:` and a JSON object in base64 |
//! | text alone | none |

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_host::types::Reasoning;

use super::state::State;
use crate::json::Misread;

/// What stands before the base64. No vendor's ciphertext has a colon in it.
const MARK: &str = "tidegate:";

#[derive(Serialize)]
struct Packed<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    redacted: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    metadata: Option<&'a State>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a State>,
}

/// What was packed.
#[derive(Debug, Default, Deserialize)]
pub struct Proof {
    pub signature: Option<String>,
    pub redacted: Option<String>,
    /// State of the reasoning.
    pub metadata: Option<Box<RawValue>>,
    /// State of the whole message.
    pub message: Option<Box<RawValue>>,
}

/// The member for a piece of reasoning; `None` where there is nothing but its text.
pub fn pack<'a>(
    reasoning: &'a Reasoning,
    metadata: &'a State,
    message: &'a State,
) -> Option<Cow<'a, str>> {
    let packed = Packed {
        signature: reasoning.signature.as_deref(),
        redacted: reasoning.redacted.as_deref(),
        metadata: metadata.some(),
        message: message.some(),
    };
    match packed {
        Packed {
            signature: None,
            metadata: None,
            message: None,
            redacted,
        } if !redacted.is_some_and(|it| it.starts_with(MARK)) => redacted.map(Cow::Borrowed),
        packed => {
            let json = serde_json::to_vec(&packed).ok()?;
            Some(format!("{MARK}{}", STANDARD.encode(json)).into())
        }
    }
}

/// What a client hands back.
pub fn unpack(encrypted: String) -> Result<Proof, Misread> {
    let Some(base64) = encrypted.strip_prefix(MARK) else {
        return Ok(Proof {
            redacted: Some(encrypted),
            ..Proof::default()
        });
    };
    let json = STANDARD.decode(base64).ok();
    json.and_then(|json| serde_json::from_slice(&json).ok())
        .ok_or_else(|| {
            Misread::new("this is not what the answer had\nhint: send it back as it came")
        })
}
