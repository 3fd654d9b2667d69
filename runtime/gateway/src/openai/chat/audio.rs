//! Sound that a model made, where OpenAI's own clients look for it.
//!
//! <https://platform.openai.com/docs/guides/audio>
//!
//! What was said is `transcript`, in place of `content`; in a stream it comes as `content`, word by
//! word, since nobody knows yet whether there will be sound. The id by which the vendor knows it in
//! later turns is the provider's state of the part.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use tidegate_host::types::{Media, MediaSource};

/// `audio` of a message, or a piece of it.
#[derive(Debug, Default, Serialize)]
pub struct Audio {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub transcript: Option<String>,
    /// Seconds since the Unix epoch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<u64>,
}

/// The provider's state of the part, as far as it is of interest here.
#[derive(Default, Deserialize)]
struct State {
    audio_id: Option<String>,
    expires_at: Option<f64>,
}

impl Audio {
    /// The sound itself; `None` where the media is no sound, or is somewhere else.
    pub fn data(media: &Media) -> Option<Self> {
        let media_type = media.media_type.as_deref().unwrap_or_default();
        match &media.source {
            MediaSource::Bytes(bytes) if media_type.starts_with("audio/") => Some(Audio {
                data: Some(STANDARD.encode(bytes)),
                ..Audio::default()
            }),
            _ => None,
        }
    }

    /// How the vendor calls it, and for how long.
    pub fn name(metadata: &str) -> Option<Self> {
        let state: State = serde_json::from_str(metadata).ok()?;
        Some(Audio {
            id: Some(state.audio_id?),
            expires_at: state.expires_at.map(|seconds| seconds as u64),
            ..Audio::default()
        })
    }

    /// All of it, for a whole message: clients expect every member, and an id that is empty is none.
    pub fn whole(data: Self, metadata: Option<&str>) -> Self {
        let name = metadata.and_then(Audio::name).unwrap_or_default();
        Audio {
            id: Some(name.id.unwrap_or_default()),
            expires_at: Some(name.expires_at.unwrap_or_default()),
            ..data
        }
    }
}
