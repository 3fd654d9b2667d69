//! A picture that the vendor's tool made.

use tidegate_guest::media::from_base64;
use tidegate_guest::types::{Media, MediaSource};

use super::parts::Parts;
use super::wire;
use crate::responses::state::State;

/// Emits a picture, with the id by which it is handed back. Says whether there was one: a call that made
/// none is an item like any other.
///
/// <https://platform.openai.com/docs/guides/tools-image-generation>
pub fn emit(picture: &wire::Picture, id: &str, parts: &mut Parts) -> bool {
    let bytes = from_base64(&picture.result).unwrap_or_default();
    if bytes.is_empty() {
        return false;
    }
    let part = parts.begin(State {
        id: Some(id.into()),
        ..State::default()
    });
    let format = picture.output_format.non_empty().unwrap_or("png");
    parts.file(
        part,
        Media {
            source: MediaSource::Bytes(bytes),
            media_type: Some(format!("image/{format}")),
            name: None,
            detail: None,
        },
    );
    true
}
