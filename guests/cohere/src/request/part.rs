//! The pieces of a message: text, reasoning and pictures.

use std::borrow::Cow;

use serde::Serialize;
use tidegate_guest::types::{Error, ErrorKind, Media, MediaSource};
use tidegate_guest::{Result, media};

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Part<'a> {
    Text { text: Cow<'a, str> },
    Thinking { thinking: &'a str },
    ImageUrl { image_url: ImageUrl<'a> },
}

/// <https://docs.cohere.com/docs/image-inputs>
#[derive(Serialize)]
pub struct ImageUrl<'a> {
    url: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
}

impl<'a> Part<'a> {
    pub fn text(text: &'a str) -> Self {
        Part::Text { text: text.into() }
    }

    /// A picture, by its URL or as a `data:` URL.
    pub fn image(image: &'a Media) -> Result<Self> {
        Ok(Part::ImageUrl {
            image_url: ImageUrl {
                url: image_url(image)?,
                detail: image.detail.as_deref(),
            },
        })
    }

    /// A file that has a text, under its name.
    pub fn file(file: &'a Media) -> Result<Self> {
        let text = media::text_of(file).ok_or_else(|| {
            unsupported("files other than text; `extra` may hold `documents` to be cited")
        })?;
        Ok(Part::Text {
            text: match &file.name {
                Some(name) => format!("{name}\n{text}").into(),
                None => text.into(),
            },
        })
    }
}

/// The URL of a picture, for vectors too.
pub fn image_url(image: &Media) -> Result<Cow<'_, str>> {
    match &image.source {
        MediaSource::Url(url) => Ok(url.into()),
        MediaSource::Bytes(bytes) => {
            let media_type = image.media_type.as_deref().unwrap_or("image/png");
            Ok(media::data_url(Some(media_type), bytes).into())
        }
        MediaSource::Id(_) => Err(unsupported("uploaded pictures; send their bytes or a URL")),
    }
}

/// An answer that never saw what was sent would be worthless, so these are errors and not warnings.
pub fn unsupported(what: &str) -> Error {
    Error::new(
        ErrorKind::Unsupported,
        format!("Cohere does not take {what}"),
    )
}
