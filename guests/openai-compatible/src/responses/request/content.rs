//! The pieces of a message: text, pictures, sound, files.

use std::borrow::Cow;

use serde::Serialize;
use tidegate_guest::media::{base64, data_url};
use tidegate_guest::types::{Media, MediaSource};

use crate::request::audio_format;
use crate::warnings::Warnings;

/// A single text goes as a string, which every service understands.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Content<'a> {
    Text(&'a str),
    Pieces(Vec<Piece<'a>>),
}

/// A piece of a message or of a tool's result.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Piece<'a> {
    InputText {
        text: &'a str,
    },
    InputImage {
        #[serde(skip_serializing_if = "Option::is_none")]
        image_url: Option<Cow<'a, str>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        file_id: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        detail: Option<&'a str>,
    },
    InputFile(File<'a>),
    InputAudio {
        input_audio: Sound<'a>,
    },
    /// What the model said.
    OutputText {
        text: &'a str,
    },
    /// Why the model declined.
    Refusal {
        refusal: &'a str,
    },
}

#[derive(Debug, Default, Serialize)]
pub struct File<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_data: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_id: Option<&'a str>,
}

#[derive(Debug, Serialize)]
pub struct Sound<'a> {
    data: String,
    format: &'a str,
}

impl<'a> Content<'a> {
    /// The content that these pieces of a prompt make.
    pub fn of(pieces: Vec<Piece<'a>>) -> Self {
        match pieces.as_slice() {
            [] => Content::Text(""),
            [Piece::InputText { text }] => Content::Text(text),
            _ => Content::Pieces(pieces),
        }
    }
}

impl<'a> Piece<'a> {
    /// A picture.
    ///
    /// <https://platform.openai.com/docs/guides/images-vision>
    pub fn image(media: &'a Media) -> Self {
        let (image_url, file_id) = match &media.source {
            MediaSource::Url(url) => (Some(Cow::Borrowed(url.as_str())), None),
            MediaSource::Bytes(bytes) => {
                let media_type = media.media_type.as_deref().unwrap_or("image/png");
                (Some(Cow::Owned(data_url(Some(media_type), bytes))), None)
            }
            MediaSource::Id(id) => (None, Some(id.as_str())),
        };
        Piece::InputImage {
            image_url,
            file_id,
            detail: media.detail.as_deref(),
        }
    }

    /// Any file but sound and pictures.
    ///
    /// <https://platform.openai.com/docs/guides/pdf-files>
    pub fn file(media: &'a Media) -> Self {
        Piece::InputFile(match &media.source {
            MediaSource::Bytes(bytes) => File {
                // Without a name the API refuses the data.
                filename: Some(media.name.as_deref().unwrap_or("file")),
                file_data: Some(data_url(media.media_type.as_deref(), bytes)),
                ..File::default()
            },
            MediaSource::Url(url) => File {
                file_url: Some(url),
                ..File::default()
            },
            MediaSource::Id(id) => File {
                file_id: Some(id),
                ..File::default()
            },
        })
    }

    /// Sound. `subject` names it in the warning where the API cannot carry it.
    pub fn audio(media: &'a Media, subject: &str, warnings: &mut Warnings) -> Option<Self> {
        let MediaSource::Bytes(bytes) = &media.source else {
            warnings.add(
                subject,
                "sound by URL or id cannot be sent to this API and was left out; send its bytes",
            );
            return None;
        };
        Some(Piece::InputAudio {
            input_audio: Sound {
                data: base64(bytes),
                format: audio_format(media.media_type.as_deref()),
            },
        })
    }
}
