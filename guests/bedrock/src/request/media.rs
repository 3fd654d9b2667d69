//! Pictures, sounds, films and documents. The API wants a format of its list for each.
//!
//! | media | becomes |
//! |---|---|
//! | a picture, or a file of type `image/*` | `image` |
//! | a sound, or a file of type `audio/*` | `audio` |
//! | a file of type `video/*` | `video` |
//! | a file of a type of the list below, or whose bytes are UTF-8 | `document` |
//!
//! The bytes are here, in a `data:` URL, or in the vendor's storage, `s3://…`. It fetches nothing else.

use std::collections::BTreeMap;

use tidegate_guest::Result;
use tidegate_guest::media::{base64, split_data_url};
use tidegate_guest::types::{self, MediaSource};

use super::block::{Block, Document, Media, Source};
use super::names::Names;
use tidegate_guest::Place;
use tidegate_guest::Warnings;

const IMAGES: [(&str, &str); 5] = [
    ("image/png", "png"),
    ("image/jpeg", "jpeg"),
    ("image/jpg", "jpeg"),
    ("image/gif", "gif"),
    ("image/webp", "webp"),
];

const SOUNDS: [(&str, &str); 18] = [
    ("audio/mpeg", "mp3"),
    ("audio/mp3", "mp3"),
    ("audio/wav", "wav"),
    ("audio/x-wav", "wav"),
    ("audio/wave", "wav"),
    ("audio/flac", "flac"),
    ("audio/x-flac", "flac"),
    ("audio/ogg", "ogg"),
    ("audio/opus", "opus"),
    ("audio/aac", "aac"),
    ("audio/x-aac", "x-aac"),
    ("audio/mp4", "mp4"),
    ("audio/m4a", "m4a"),
    ("audio/x-m4a", "m4a"),
    ("audio/webm", "webm"),
    ("audio/pcm", "pcm"),
    ("audio/l16", "pcm"),
    ("audio/x-matroska", "mka"),
];

const FILMS: [(&str, &str); 9] = [
    ("video/mp4", "mp4"),
    ("video/quicktime", "mov"),
    ("video/x-matroska", "mkv"),
    ("video/webm", "webm"),
    ("video/x-flv", "flv"),
    ("video/mpeg", "mpeg"),
    ("video/mpg", "mpg"),
    ("video/x-ms-wmv", "wmv"),
    ("video/3gpp", "three_gp"),
];

const DOCUMENTS: [(&str, &str); 10] = [
    ("application/pdf", "pdf"),
    ("text/csv", "csv"),
    ("application/msword", "doc"),
    (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        "docx",
    ),
    ("application/vnd.ms-excel", "xls"),
    (
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "xlsx",
    ),
    ("text/html", "html"),
    ("text/plain", "txt"),
    ("text/markdown", "md"),
    ("application/json", "txt"),
];

/// A picture.
pub fn image<'a>(
    media: &'a types::Media,
    place: Place,
    warnings: &mut Warnings,
) -> Result<Block<'a>> {
    if media.detail.as_deref().is_some_and(|it| it != "auto") {
        warnings.add(
            "messages.parts.image.detail",
            format!("{place}: the vendor has one level of detail"),
        );
    }
    known("pictures", media, &IMAGES, place).map(Block::Image)
}

/// A sound.
pub fn audio(media: &types::Media, place: Place) -> Result<Block<'_>> {
    known("sounds", media, &SOUNDS, place).map(Block::Audio)
}

/// A file of any kind.
pub fn file<'a>(
    media: &'a types::Media,
    place: Place,
    names: &mut Names,
    warnings: &mut Warnings,
) -> Result<Block<'a>> {
    let media_type = media_type(media).unwrap_or_default();
    match media_type.split('/').next() {
        Some("image") => return image(media, place, warnings),
        Some("audio") => return audio(media, place),
        Some("video") => return known("films", media, &FILMS, place).map(Block::Video),
        _ => {}
    }
    let is_text = match &media.source {
        MediaSource::Bytes(bytes) => std::str::from_utf8(bytes).is_ok(),
        _ => media_type.starts_with("text/"),
    };
    let format = match format(media_type, &DOCUMENTS) {
        Some(format) => format,
        None if is_text => "txt",
        None => return Err(unknown("documents", media_type, place)),
    };
    Ok(Block::Document(Document {
        format,
        name: names.document(media.name.as_deref()),
        source: source(media, place)?,
        more: BTreeMap::new(),
    }))
}

fn known<'a>(
    what: &str,
    media: &'a types::Media,
    formats: &[(&str, &'static str)],
    place: Place,
) -> Result<Media<'a>> {
    let media_type = media_type(media).unwrap_or_default();
    let format = format(media_type, formats).ok_or_else(|| unknown(what, media_type, place))?;
    let source = source(media, place)?;
    Ok(Media { format, source })
}

fn unknown(what: &str, media_type: &str, place: Place) -> types::Error {
    match media_type {
        "" => place.unsupported("its type is not known, and the vendor wants it told"),
        media_type => {
            place.unsupported(format!("the vendor takes no {what} of type `{media_type}`"))
        }
    }
}

fn format(media_type: &str, formats: &[(&str, &'static str)]) -> Option<&'static str> {
    // Without `; charset=utf-8` and the like.
    let bare = media_type.split(';').next().unwrap_or_default().trim();
    let found = formats
        .iter()
        .find(|(name, _)| name.eq_ignore_ascii_case(bare))?;
    Some(found.1)
}

fn source(media: &types::Media, place: Place) -> Result<Source<'_>> {
    match &media.source {
        MediaSource::Bytes(bytes) => Ok(Source::Bytes(base64(bytes).into())),
        MediaSource::Url(uri) if uri.starts_with("s3://") => Ok(Source::S3Location { uri }),
        MediaSource::Url(url) => match split_data_url(url) {
            Some((_, data)) => Ok(Source::Bytes(data.into())),
            None => Err(place.unsupported(
                "the vendor fetches nothing from the web\nhint: send the bytes, or a URL of the form `s3://bucket/key`",
            )),
        },
        MediaSource::Id(_) => Err(place.unsupported("the vendor keeps no uploads")),
    }
}

/// The type as given, as the URL says, or as the bytes or the file's name tell.
fn media_type(media: &types::Media) -> Option<&str> {
    if let Some(media_type) = &media.media_type {
        return Some(media_type);
    }
    match &media.source {
        MediaSource::Bytes(bytes) => sniff(bytes),
        MediaSource::Url(url) => match split_data_url(url) {
            Some((media_type, _)) => Some(media_type),
            None => by_ending(url),
        },
        MediaSource::Id(_) => None,
    }
    .or_else(|| by_ending(media.name.as_deref()?))
}

/// The type that the first bytes tell, for the types that are mostly sent without it.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let types: [(&[u8], &str); 4] = [
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"%PDF", "application/pdf"),
    ];
    if bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP") {
        return Some("image/webp");
    }
    let found = types.iter().find(|(magic, _)| bytes.starts_with(magic))?;
    Some(found.1)
}

/// The type that the ending of a name tells: the vendor's formats are endings.
fn by_ending(name: &str) -> Option<&'static str> {
    let (_, ending) = name.rsplit_once('.')?;
    let ending = match ending.to_ascii_lowercase().as_str() {
        "jpg" => "jpeg".into(),
        "3gp" => "three_gp".into(),
        ending => ending.to_owned(),
    };
    let all = IMAGES.iter().chain(&DOCUMENTS).chain(&FILMS).chain(&SOUNDS);
    all.copied()
        .find(|(_, format)| *format == ending)
        .map(|(media_type, _)| media_type)
}
