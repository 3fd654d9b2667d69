//! A picture for a prompt.

use tidegate_host::types::{Media, MediaSource, Part, PartContent};

use crate::failure::Failure;

/// Reads a picture from a file, or takes its URL for the vendor to fetch.
pub fn read(place: &str) -> Result<Part, Failure> {
    let is_url = place.starts_with("https://") || place.starts_with("http://");
    let (source, media_type) = match is_url {
        true => (MediaSource::Url(place.into()), None),
        false => {
            let bytes = file(place)?;
            let media_type = media_type(&bytes).ok_or_else(|| {
                Failure::usage(
                    format!("`{place}` is no picture that models know"),
                    "give a PNG, JPEG, GIF or WebP file",
                )
            })?;
            (MediaSource::Bytes(bytes), Some(media_type.to_owned()))
        }
    };
    let content = PartContent::Image(Media {
        source,
        media_type,
        name: None,
        detail: None,
    });
    Ok(content.into())
}

fn file(path: &str) -> Result<Vec<u8>, Failure> {
    let unreadable = |error: std::io::Error| {
        Failure::usage(
            format!("the picture `{path}` cannot be read: {error}"),
            "give the path of a file, or a URL with `https://`",
        )
    };
    // Reading a device may never end.
    match std::fs::metadata(path).map_err(unreadable)?.is_file() {
        true => std::fs::read(path).map_err(unreadable),
        false => Err(unreadable(std::io::ErrorKind::InvalidInput.into())),
    }
}

/// By the first bytes: names of files lie.
fn media_type(bytes: &[u8]) -> Option<&'static str> {
    match bytes {
        [0x89, b'P', b'N', b'G', ..] => Some("image/png"),
        [0xff, 0xd8, 0xff, ..] => Some("image/jpeg"),
        [b'G', b'I', b'F', b'8', ..] => Some("image/gif"),
        [
            b'R',
            b'I',
            b'F',
            b'F',
            _,
            _,
            _,
            _,
            b'W',
            b'E',
            b'B',
            b'P',
            ..,
        ] => Some("image/webp"),
        _ => None,
    }
}
