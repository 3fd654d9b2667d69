//! Pictures and sound that the model made.

use serde::Deserialize;
use serde_json::json;
use serde_json::value::RawValue;
use tidegate_guest::Choice;
use tidegate_guest::media::{from_base64, split_data_url};
use tidegate_guest::types::{Media, MediaSource};

use crate::wire::{self, Text};

/// An element of `images`.
///
/// <https://openrouter.ai/docs/features/multimodal/image-generation>
#[derive(Deserialize)]
struct Image<'a> {
    #[serde(borrow)]
    image_url: ImageUrl<'a>,
}

#[derive(Deserialize)]
struct ImageUrl<'a> {
    #[serde(borrow)]
    url: Text<'a>,
}

/// Emits the pictures of a message.
pub fn images(raw: &RawValue, choice: &mut Choice) {
    let images: Vec<Image> = serde_json::from_str(raw.get()).unwrap_or_default();
    for image in images {
        choice.file(picture(&image.image_url.url));
    }
}

fn picture(url: &str) -> Media {
    let inline =
        split_data_url(url).and_then(|(media_type, data)| Some((media_type, from_base64(data)?)));
    let (source, media_type) = match inline {
        Some((media_type, bytes)) => (MediaSource::Bytes(bytes), Some(media_type.into())),
        None => (MediaSource::Url(url.into()), None),
    };
    Media {
        source,
        media_type,
        name: None,
        detail: None,
    }
}

/// Sound in the making. The contract hands over files whole, so its pieces are gathered.
///
/// <https://platform.openai.com/docs/guides/audio>
#[derive(Debug, Default)]
pub struct Sound {
    id: String,
    bytes: Vec<u8>,
    expires_at: Option<f64>,
}

impl Sound {
    /// Adds a piece. What is said goes out as text at once.
    pub fn push(&mut self, audio: &wire::Audio, choice: &mut Choice) {
        choice.text(&audio.transcript);
        if let Some(id) = audio.id.non_empty() {
            self.id = id.into();
        }
        self.bytes
            .extend(from_base64(&audio.data).unwrap_or_default());
        self.expires_at = audio.expires_at.or(self.expires_at);
    }

    /// Emits the file, with the id by which later turns refer to it.
    pub fn finish(self, media_type: Option<&str>, choice: &mut Choice) {
        if self.bytes.is_empty() {
            return;
        }
        choice.file(Media {
            source: MediaSource::Bytes(self.bytes),
            media_type: media_type.map(Into::into),
            name: None,
            detail: None,
        });
        if !self.id.is_empty() {
            let metadata = json!({ "audio_id": self.id, "expires_at": self.expires_at });
            choice.metadata(choice.last_part(), metadata.to_string());
        }
    }
}

/// The media type of the format that was asked for, in `extra` as `audio.format`.
///
/// The answer does not say it.
pub fn sound_type(extra: Option<&str>) -> Option<&'static str> {
    #[derive(Deserialize)]
    struct Extra<'a> {
        #[serde(borrow)]
        audio: Audio<'a>,
    }
    #[derive(Deserialize)]
    struct Audio<'a> {
        #[serde(borrow)]
        format: Text<'a>,
    }
    let extra: Extra = serde_json::from_str(extra?).ok()?;
    Some(match &*extra.audio.format {
        "wav" => "audio/wav",
        "mp3" => "audio/mpeg",
        "flac" => "audio/flac",
        "opus" => "audio/opus",
        "aac" => "audio/aac",
        "pcm16" => "audio/pcm",
        _ => return None,
    })
}
