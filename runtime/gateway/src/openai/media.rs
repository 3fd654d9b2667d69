//! Pictures, sound and files in a request.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, Visitor};
use tidegate_host::types::{Media, MediaSource};

use crate::json::{Misread, Strays, Text, object};

object! {
    /// Sound in base64.
    pub struct InputAudio<'a> {
        "data" => data: Text<'a>,
        "format" => format: Text<'a>,
    }
}

object! {
    /// A file.
    pub struct File<'a> {
        "file_id" => file_id: String,
        "file_data" => file_data: Text<'a>,
        "filename" => filename: String,
    }
}

object! {
    /// A picture.
    pub struct Picture<'a> {
        "url" => url: Text<'a>,
        "detail" => detail: String,
    }
}

/// A picture. Some clients write its URL alone.
#[derive(Debug)]
pub struct ImageUrl<'a>(Picture<'a>);

impl<'a> Deserialize<'a> for ImageUrl<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'a> Visitor<'a> for Either {
            type Value = ImageUrl<'a>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("an object with `url`")
            }

            fn visit_borrowed_str<E: Error>(self, url: &'a str) -> Result<Self::Value, E> {
                Ok(ImageUrl(Picture {
                    url: Some(Text(url.into())),
                    ..Picture::default()
                }))
            }

            fn visit_str<E: Error>(self, url: &str) -> Result<Self::Value, E> {
                Ok(ImageUrl(Picture {
                    url: Some(Text(url.to_owned().into())),
                    ..Picture::default()
                }))
            }

            fn visit_map<A: MapAccess<'a>>(self, members: A) -> Result<Self::Value, A::Error> {
                Picture::deserialize(MapAccessDeserializer::new(members)).map(ImageUrl)
            }
        }

        deserializer.deserialize_any(Either)
    }
}

pub fn image(picture: ImageUrl<'_>, strays: &mut Strays) -> Result<Media, Misread> {
    let ImageUrl(picture) = picture;
    strays.note(&picture.rest);
    let url = picture.url.ok_or_else(|| Misread::new("it has no `url`"))?;
    let (source, media_type) = match data_url(&url).map_err(|it| it.within("url"))? {
        Some((bytes, media_type)) => (MediaSource::Bytes(bytes), media_type),
        None => (MediaSource::Url(url.into_owned()), None),
    };
    Ok(Media {
        source,
        media_type,
        name: None,
        detail: picture.detail,
    })
}

pub fn audio(sound: InputAudio<'_>, strays: &mut Strays) -> Result<Media, Misread> {
    strays.note(&sound.rest);
    let data = sound.data.ok_or_else(|| Misread::new("it has no `data`"))?;
    let format = sound
        .format
        .ok_or_else(|| Misread::new("it has no `format`"))?;
    Ok(Media {
        source: MediaSource::Bytes(decode(&data).map_err(|it| it.within("data"))?),
        media_type: Some(match &*format {
            "mp3" => "audio/mpeg".into(),
            format => format!("audio/{format}"),
        }),
        name: None,
        detail: None,
    })
}

pub fn file(file: File<'_>, strays: &mut Strays) -> Result<Media, Misread> {
    strays.note(&file.rest);
    let (source, media_type) = match (file.file_id, file.file_data) {
        (Some(id), _) => (MediaSource::Id(id), None),
        (None, Some(data)) => match data_url(&data).map_err(|it| it.within("file_data"))? {
            Some((bytes, media_type)) => (MediaSource::Bytes(bytes), media_type),
            None => {
                let bytes = decode(&data).map_err(|it| it.within("file_data"))?;
                (MediaSource::Bytes(bytes), None)
            }
        },
        (None, None) => return Err(Misread::new("it has neither `file_data` nor `file_id`")),
    };
    Ok(Media {
        source,
        media_type,
        name: file.filename,
        detail: None,
    })
}

/// Bytes, and what they are.
type Data = (Vec<u8>, Option<String>);

/// The bytes and the type in a `data:` URL (RFC 2397); `None` for any other URL.
fn data_url(url: &str) -> Result<Option<Data>, Misread> {
    let Some(("data:", rest)) = url.split_at_checked(5) else {
        return Ok(None);
    };
    let Some((head, data)) = rest.split_once(',') else {
        return Err(Misread::new("the `data:` URL has no comma"));
    };
    let Some(media_type) = head.strip_suffix(";base64") else {
        return Err(Misread::new("the `data:` URL is not in base64"));
    };
    let media_type = (!media_type.is_empty()).then(|| media_type.into());
    Ok(Some((decode(data)?, media_type)))
}

/// Bytes from base64.
pub fn decode(base64: &str) -> Result<Vec<u8>, Misread> {
    STANDARD
        .decode(base64)
        .map_err(|error| Misread::new(format!("this is no base64: {error}")))
}
