//! Pictures, sounds and files: [image](https://ai.google.dev/gemini-api/docs/image-understanding),
//! [audio](https://ai.google.dev/gemini-api/docs/audio) and
//! [document understanding](https://ai.google.dev/gemini-api/docs/document-processing).
//!
//! | media | becomes |
//! |---|---|
//! | bytes, a `data:` URL | `inlineData` |
//! | any other URL: `https:`, `gs:` | `fileData`; the vendor fetches it |
//! | the id of an upload: `files/abc` | `fileData` with the file's URI |

use std::borrow::Cow;

use tidegate_guest::Result;
use tidegate_guest::media::{base64, split_data_url};
use tidegate_guest::types::*;

use super::part::{Content, FileData, InlineData};
use crate::upstream::Upstream;
use tidegate_guest::Place;
use tidegate_guest::Warnings;

/// Translates media of any kind.
pub fn read<'a>(
    media: &'a Media,
    place: Place,
    upstream: &Upstream,
    warnings: &mut Warnings,
) -> Result<Content<'a>> {
    let display_name = display_name(media, place, upstream, warnings);
    let inline = |mime_type: &'a str, data: Cow<'a, str>| {
        Content::InlineData(InlineData {
            mime_type: mime_type.into(),
            data,
            display_name,
        })
    };
    let file = |file_uri: Cow<'a, str>| {
        Content::FileData(FileData {
            mime_type: media
                .media_type
                .as_deref()
                .or_else(|| by_extension(&file_uri)),
            file_uri,
            display_name,
        })
    };
    Ok(match &media.source {
        MediaSource::Bytes(bytes) => match media.media_type.as_deref().or_else(|| sniff(bytes)) {
            Some(media_type) => inline(media_type, base64(bytes).into()),
            None => return Err(place.unsupported("its media type is not known")),
        },
        MediaSource::Url(url) => match split_data_url(url) {
            Some((media_type, data)) => inline(media_type, data.into()),
            None => file(url.into()),
        },
        MediaSource::Id(id) if upstream.is_vertex() && !id.contains("://") => {
            return Err(place.unsupported(
                "Vertex AI knows no uploaded files\nhint: name a file in Cloud Storage by its `gs://` URL",
            ));
        }
        MediaSource::Id(id) => file(upstream.file(id).into()),
    })
}

fn display_name<'a>(
    media: &'a Media,
    place: Place,
    upstream: &Upstream,
    warnings: &mut Warnings,
) -> Option<&'a str> {
    let name = media.name.as_deref()?;
    if !upstream.is_vertex() {
        warnings.add(
            "messages.parts.file.name",
            format!("{place}: the vendor takes no file names"),
        );
        return None;
    }
    Some(name)
}

/// The resolution that all pictures together ask for: the API has one for a request.
pub fn resolution(messages: &[Message], warnings: &mut Warnings) -> Option<&'static str> {
    let details = messages
        .iter()
        .flat_map(|message| &message.parts)
        .filter_map(|part| match &part.content {
            PartContent::Image(media) => media.detail.as_deref(),
            _ => None,
        });
    let mut wanted: Option<&'static str> = None;
    let mut differs = false;
    for detail in details {
        let level = match detail {
            "auto" => continue,
            "low" => "MEDIA_RESOLUTION_LOW",
            "medium" => "MEDIA_RESOLUTION_MEDIUM",
            "high" => "MEDIA_RESOLUTION_HIGH",
            other => {
                warnings.add(
                    "messages.parts.image.detail",
                    format!("the vendor knows no `{other}`"),
                );
                continue;
            }
        };
        let rank = |level| {
            ["MEDIA_RESOLUTION_LOW", "MEDIA_RESOLUTION_MEDIUM"]
                .iter()
                .position(|it| *it == level)
                .unwrap_or(2)
        };
        differs |= wanted.is_some_and(|wanted| wanted != level);
        if wanted.is_none_or(|wanted| rank(level) > rank(wanted)) {
            wanted = Some(level);
        }
    }
    if differs {
        warnings.add(
            "messages.parts.image.detail",
            "the vendor looks at all pictures of a request alike: the closest look holds",
        );
    }
    wanted
}

/// The type that the first bytes tell, for the types that the API takes most.
fn sniff(bytes: &[u8]) -> Option<&'static str> {
    let riff = |kind: &[u8]| bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(kind);
    let starts: [(&[u8], &str); 7] = [
        (b"\x89PNG", "image/png"),
        (b"\xff\xd8\xff", "image/jpeg"),
        (b"GIF8", "image/gif"),
        (b"%PDF", "application/pdf"),
        (b"ID3", "audio/mp3"),
        (b"fLaC", "audio/flac"),
        (b"OggS", "audio/ogg"),
    ];
    match starts.iter().find(|(magic, _)| bytes.starts_with(magic)) {
        Some((_, media_type)) => Some(media_type),
        None if riff(b"WEBP") => Some("image/webp"),
        None if riff(b"WAVE") => Some("audio/wav"),
        None => None,
    }
}

/// The type that the end of a path tells. Vertex AI asks for one, the Gemini API finds out itself.
fn by_extension(url: &str) -> Option<&'static str> {
    let path = url.split(['?', '#']).next()?;
    let (_, extension) = path.rsplit('/').next()?.rsplit_once('.')?;
    Some(match extension.to_ascii_lowercase().as_str() {
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "gif" => "image/gif",
        "heic" => "image/heic",
        "pdf" => "application/pdf",
        "txt" => "text/plain",
        "html" => "text/html",
        "csv" => "text/csv",
        "mp3" => "audio/mp3",
        "wav" => "audio/wav",
        "flac" => "audio/flac",
        "ogg" => "audio/ogg",
        "mp4" => "video/mp4",
        "mov" => "video/mov",
        "webm" => "video/webm",
        _ => return None,
    })
}
