//! Pictures and documents: [vision](https://platform.claude.com/docs/en/build-with-claude/vision),
//! [PDF](https://platform.claude.com/docs/en/build-with-claude/pdf-support) and
//! [uploaded files](https://platform.claude.com/docs/en/build-with-claude/files).
//!
//! | media | becomes |
//! |---|---|
//! | a picture, or a file of type `image/*` | `image` |
//! | a file of type `application/pdf` | `document` of base64 |
//! | a file of any type whose bytes are UTF-8 | `document` of text |
//! | a file by URL or id | `document` |

use tidegate_guest::Result;
use tidegate_guest::media::{base64, split_data_url};
use tidegate_guest::types::*;

use super::block::{Content, Source};
use tidegate_guest::Place;
use tidegate_guest::Warnings;

const PDF: &str = "application/pdf";

/// A picture.
pub fn image<'a>(media: &'a Media, place: Place, warnings: &mut Warnings) -> Result<Content<'a>> {
    if media.detail.as_deref().is_some_and(|it| it != "auto") {
        warnings.add(
            "messages.parts.image.detail",
            format!("{place}: the vendor has one level of detail"),
        );
    }
    let source = source(media, |bytes| match media_type(media) {
        Some(media_type) => Ok(encoded(media_type, bytes)),
        None => Err(place.unsupported("the type of the picture is not known")),
    })?;
    Ok(Content::Image { source })
}

/// A document.
pub fn document<'a>(media: &'a Media, place: Place) -> Result<Content<'a>> {
    let media_type = media_type(media);
    let is_image = media_type.is_some_and(|it| it.starts_with("image/"));
    let source = source(media, |bytes| {
        match (media_type, std::str::from_utf8(bytes)) {
            (Some(media_type), _) if is_image || media_type == PDF => {
                Ok(encoded(media_type, bytes))
            }
            (_, Ok(text)) => Ok(Source::Text {
                media_type: "text/plain",
                data: text.into(),
            }),
            (media_type, Err(_)) => Err(place.unsupported(format!(
                "the vendor takes PDF, text and pictures, not `{}`",
                media_type.unwrap_or("application/octet-stream")
            ))),
        }
    })?;
    if is_image {
        return Ok(Content::Image { source });
    }
    Ok(Content::Document {
        source,
        title: media.name.as_deref(),
    })
}

fn source<'a>(
    media: &'a Media,
    from_bytes: impl FnOnce(&'a [u8]) -> Result<Source<'a>>,
) -> Result<Source<'a>> {
    match &media.source {
        MediaSource::Bytes(bytes) => from_bytes(bytes),
        MediaSource::Id(file_id) => Ok(Source::File { file_id }),
        // The vendor fetches over the network only.
        MediaSource::Url(url) => Ok(match split_data_url(url) {
            Some((media_type, data)) => Source::Base64 {
                media_type,
                data: data.into(),
            },
            None => Source::Url { url },
        }),
    }
}

fn encoded<'a>(media_type: &'a str, bytes: &[u8]) -> Source<'a> {
    Source::Base64 {
        media_type,
        data: base64(bytes).into(),
    }
}

/// The type as given, or as the bytes tell.
fn media_type(media: &Media) -> Option<&str> {
    match (&media.media_type, &media.source) {
        (Some(media_type), _) => Some(media_type),
        (None, MediaSource::Bytes(bytes)) => sniff(bytes),
        (None, _) => None,
    }
}

/// The type that the first bytes tell, for the types that the API takes.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let types: [(&[u8], &str); 5] = [
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"RIFF", "image/webp"),
        (b"%PDF", PDF),
    ];
    let found = types.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    Some(found.1)
}
