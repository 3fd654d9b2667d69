//! The pieces of a message: text, pictures, sound, files.

use std::borrow::Cow;

use serde::Serialize;
use tidegate_guest::media::{base64, data_url};
use tidegate_guest::types::{self, Media, MediaSource};

use crate::profile::{Audio, Files, Profile};
use crate::warnings::Warnings;

/// A piece of a message.
///
/// <https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages>
#[derive(Debug, PartialEq, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part<'a> {
    Text {
        text: Cow<'a, str>,
    },
    ImageUrl {
        image_url: ImageUrl<'a>,
    },
    InputAudio {
        input_audio: InputAudio<'a>,
    },
    File(FilePart<'a>),
    DocumentUrl {
        document_url: Cow<'a, str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        document_name: Option<&'a str>,
    },
    /// Mistral's form of reasoning.
    Thinking {
        thinking: Vec<Part<'a>>,
    },
}

#[derive(Debug, PartialEq, Serialize)]
pub struct ImageUrl<'a> {
    url: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

#[derive(Debug, PartialEq, Serialize)]
#[serde(untagged)]
pub enum InputAudio<'a> {
    Object { data: String, format: &'a str },
    Bare(Cow<'a, str>),
}

/// A file, or its id beside the type.
#[derive(Debug, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FilePart<'a> {
    File(File<'a>),
    FileId(&'a str),
}

#[derive(Debug, Default, PartialEq, Serialize)]
pub struct File<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_id: Option<&'a str>,
}

impl<'a> Part<'a> {
    pub fn text(text: &'a str) -> Self {
        Part::Text {
            text: Cow::Borrowed(text),
        }
    }

    /// A picture. `subject` names it in the warning if the dialect cannot carry it.
    pub fn image(media: &'a Media, subject: &str, warnings: &mut Warnings) -> Option<Self> {
        let url = match &media.source {
            MediaSource::Url(url) => Cow::Borrowed(url.as_str()),
            MediaSource::Bytes(bytes) => {
                let media_type = media.media_type.as_deref().unwrap_or("image/png");
                Cow::Owned(data_url(Some(media_type), bytes))
            }
            MediaSource::Id(_) => {
                warnings.add(
                    subject,
                    "a picture by id cannot be sent to this API and was left out; send its bytes or a URL",
                );
                return None;
            }
        };
        Some(Part::ImageUrl {
            image_url: ImageUrl {
                url,
                detail: media.detail.as_deref(),
            },
        })
    }

    /// Sound.
    pub fn audio(
        media: &'a Media,
        subject: &str,
        profile: &Profile,
        warnings: &mut Warnings,
    ) -> Option<Self> {
        let input_audio = match (&media.source, profile.audio) {
            (MediaSource::Bytes(bytes), Audio::Object) => InputAudio::Object {
                data: base64(bytes),
                format: audio_format(media.media_type.as_deref()),
            },
            (MediaSource::Bytes(bytes), Audio::Bare) => InputAudio::Bare(base64(bytes).into()),
            (MediaSource::Url(url), Audio::Bare) => InputAudio::Bare(url.into()),
            (MediaSource::Url(_) | MediaSource::Id(_), _) => {
                warnings.add(
                    subject,
                    "sound by URL or id cannot be sent to this API and was left out; send its bytes",
                );
                return None;
            }
        };
        Some(Part::InputAudio { input_audio })
    }

    /// Any other file.
    pub fn file(
        media: &'a Media,
        subject: &str,
        profile: &Profile,
        warnings: &mut Warnings,
    ) -> Option<Self> {
        if profile.files == Files::DocumentUrl {
            return Some(Part::document(media));
        }
        let file = match &media.source {
            MediaSource::Bytes(bytes) => File {
                // Without a name the API refuses the data.
                filename: Some(media.name.as_deref().unwrap_or("file")),
                file_data: Some(data_url(media.media_type.as_deref(), bytes)),
                file_id: None,
            },
            MediaSource::Id(id) => File {
                file_id: Some(id),
                ..File::default()
            },
            MediaSource::Url(_) => {
                warnings.add(
                    subject,
                    "a file by URL cannot be sent to this API and was left out; send its bytes or an id",
                );
                return None;
            }
        };
        Some(Part::File(FilePart::File(file)))
    }

    fn document(media: &'a Media) -> Self {
        let document_url = match &media.source {
            MediaSource::Url(url) => Cow::Borrowed(url.as_str()),
            MediaSource::Bytes(bytes) => data_url(media.media_type.as_deref(), bytes).into(),
            MediaSource::Id(id) => return Part::File(FilePart::FileId(id)),
        };
        Part::DocumentUrl {
            document_url,
            document_name: media.name.as_deref(),
        }
    }
}

/// The API's word for a media type: `wav` and `mp3` are all that OpenAI documents.
pub fn audio_format(media_type: Option<&str>) -> &str {
    match media_type {
        None | Some("audio/wav" | "audio/x-wav" | "audio/wave" | "audio/vnd.wave") => "wav",
        Some("audio/mpeg" | "audio/mp3") => "mp3",
        Some(other) => other.strip_prefix("audio/").unwrap_or(other),
    }
}

/// Why a cache mark has no effect.
pub const CACHE: &str =
    "this API has no marks for caching; prompts are cached by the service itself";

/// Warns where a part carries a cache mark.
pub fn note_cache_mark(part: &types::Part, warnings: &mut Warnings) {
    if part.cache.is_some() {
        warnings.add("messages.parts.cache", CACHE);
    }
}

/// Warns of a part that this version of the contract does not know.
pub fn unknown_part(name: &str, warnings: &mut Warnings) {
    warnings.add(
        "messages.parts.other",
        &format!("parts of the kind `{name}` are not known here; left out"),
    );
}
