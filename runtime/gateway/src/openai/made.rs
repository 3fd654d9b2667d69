//! Pictures and files that a model made, in the form in which they could be sent back.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::Serialize;
use tidegate_host::types::{Media, MediaSource};

/// A piece of media.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Made<'a> {
    ImageUrl { image_url: MadeImage<'a> },
    File { file: MadeFile<'a> },
}

#[derive(Debug, Serialize)]
pub struct MadeImage<'a> {
    url: Cow<'a, str>,
}

#[derive(Debug, Serialize)]
pub struct MadeFile<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    filename: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_data: Option<Cow<'a, str>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    file_id: Option<&'a str>,
}

impl<'a> Made<'a> {
    /// Whether this is a picture, which has a place of its own in answers.
    pub fn is_image(media: &Media) -> bool {
        let media_type = media.media_type.as_deref();
        media_type.is_some_and(|it| it.starts_with("image/"))
            && !matches!(media.source, MediaSource::Id(_))
    }

    pub fn new(media: &'a Media) -> Self {
        let url = || match &media.source {
            MediaSource::Url(url) => Some(url.as_str().into()),
            MediaSource::Bytes(bytes) => {
                let media_type = media.media_type.as_deref();
                let media_type = media_type.unwrap_or("application/octet-stream");
                Some(format!("data:{media_type};base64,{}", STANDARD.encode(bytes)).into())
            }
            MediaSource::Id(_) => None,
        };
        match (Made::is_image(media), url()) {
            (true, Some(url)) => Made::ImageUrl {
                image_url: MadeImage { url },
            },
            (_, url) => Made::File {
                file: MadeFile {
                    filename: media.name.as_deref(),
                    file_data: url,
                    file_id: match &media.source {
                        MediaSource::Id(id) => Some(id),
                        _ => None,
                    },
                },
            },
        }
    }
}
