//! Pieces of messages that are more than a string.
//!
//! <https://platform.openai.com/docs/api-reference/chat/create#chat-create-messages>
//!
//! | `type` | read as | |
//! |---|---|---|
//! | `text` | text | |
//! | `refusal` | refusal | |
//! | `image_url` | picture | `data:` URLs are decoded, others go to the vendor |
//! | `input_audio` | sound | |
//! | `file` | file | by id, as a `data:` URL, or as bare base64 |
//! | anything else | a part that the contract does not know | as it stands |
//!
//! `cache_control`, which is Anthropic's and which other gateways take too, marks the part.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use tidegate_host::types::{self, CacheMark, Media, MediaSource, NamedJson, PartContent};

use crate::json::{Misread, Strays, Text, members, object, push_member};

/// `content`: a string, or parts.
#[derive(Debug)]
pub enum Content<'a> {
    Text(String),
    Parts(Vec<Part<'a>>),
}

impl Content<'_> {
    /// The contract's parts.
    pub fn read(self, strays: &mut Strays) -> Result<Vec<types::Part>, Misread> {
        match self {
            Content::Text(text) => Ok(vec![PartContent::Text(text).into()]),
            Content::Parts(parts) => strays.each("content", parts, Part::read),
        }
    }
}

impl<'a> Deserialize<'a> for Content<'a> {
    fn deserialize<D: Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'a> Visitor<'a> for Either {
            type Value = Content<'a>;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a string or a list of parts")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Self::Value, E> {
                Ok(Content::Text(text.into()))
            }

            fn visit_string<E: Error>(self, text: String) -> Result<Self::Value, E> {
                Ok(Content::Text(text))
            }

            fn visit_seq<A: SeqAccess<'a>>(self, mut items: A) -> Result<Self::Value, A::Error> {
                let mut parts = Vec::new();
                while let Some(part) = items.next_element()? {
                    parts.push(part);
                }
                Ok(Content::Parts(parts))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

object! {
    /// A piece of a message.
    pub struct Part<'a> {
        "type" => kind: Text<'a>,
        "text" => text: String,
        "refusal" => refusal: String,
        "image_url" => image_url: ImageUrl<'a>,
        "input_audio" => input_audio: InputAudio<'a>,
        "file" => file: File<'a>,
        "cache_control" => cache_control: CacheControl<'a>,
    }
}

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
    /// A mark for caching.
    pub struct CacheControl<'a> {
        "type" => kind: Text<'a>,
        "ttl" => ttl: Text<'a>,
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

impl Part<'_> {
    /// The contract's part.
    pub fn read(mut self, strays: &mut Strays) -> Result<types::Part, Misread> {
        let cache = self.cache_control.take();
        let cache =
            cache.map(|mark| strays.within("cache_control", |strays| cache_mark(mark, strays)));
        Ok(types::Part {
            cache: cache.transpose()?,
            ..self.content(strays)?.into()
        })
    }

    fn content(self, strays: &mut Strays) -> Result<PartContent, Misread> {
        let Some(kind) = self.kind.as_deref() else {
            return Err(Misread::new("it has no `type`"));
        };
        let missing = || Misread::new(format!("a part of the type `{kind}` needs `{kind}`"));
        let content = match kind {
            "text" => PartContent::Text(self.text.ok_or_else(missing)?),
            "refusal" => PartContent::Refusal(self.refusal.ok_or_else(missing)?),
            "image_url" => {
                let picture = self.image_url.ok_or_else(missing)?.0;
                PartContent::Image(strays.within(kind, |strays| image(picture, strays))?)
            }
            "input_audio" => {
                let sound = self.input_audio.ok_or_else(missing)?;
                PartContent::Audio(strays.within(kind, |strays| audio(sound, strays))?)
            }
            "file" => {
                let file = self.file.ok_or_else(missing)?;
                PartContent::File(strays.within(kind, |strays| file_of(file, strays))?)
            }
            _ => return Ok(PartContent::Other(self.unknown()?)),
        };
        strays.note(&self.rest);
        Ok(content)
    }

    /// A part that this dialect may learn of later. Providers that know it take it as it stands.
    fn unknown(self) -> Result<NamedJson, Misread> {
        let kind = self.kind.unwrap_or_default();
        if self.image_url.is_some() || self.input_audio.is_some() || self.file.is_some() {
            return Err(Misread::new(format!(
                "the type `{}` does not go with the media in it",
                kind.escape_debug()
            )));
        }
        let mut json = members(&self.rest).unwrap_or_default();
        json.pop();
        let texts = [
            ("type", Some(&*kind)),
            ("text", self.text.as_deref()),
            ("refusal", self.refusal.as_deref()),
        ];
        for (name, text) in texts {
            if let Some(text) = text {
                push_member(
                    &mut json,
                    name,
                    &serde_json::to_string(text).unwrap_or_default(),
                );
            }
        }
        json.push('}');
        Ok(NamedJson {
            name: kind.into_owned(),
            json,
        })
    }
}

/// A mark for caching, as Anthropic writes it.
pub fn cache_mark(control: CacheControl<'_>, strays: &mut Strays) -> Result<CacheMark, Misread> {
    strays.note(&control.rest);
    let ttl_seconds = match control.ttl.as_deref() {
        None => None,
        Some("5m") => Some(300),
        Some("1h") => Some(3600),
        Some(other) => {
            let problem = format!(
                "`{}` is no time to live; there are `5m` and `1h`",
                other.escape_debug()
            );
            return Err(Misread::new(problem).within("ttl"));
        }
    };
    Ok(CacheMark { ttl_seconds })
}

fn image(picture: Picture<'_>, strays: &mut Strays) -> Result<Media, Misread> {
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

fn audio(sound: InputAudio<'_>, strays: &mut Strays) -> Result<Media, Misread> {
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

fn file_of(file: File<'_>, strays: &mut Strays) -> Result<Media, Misread> {
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

/// The bytes and the type in a `data:` URL (RFC 2397); `None` for any other URL.
fn data_url(url: &str) -> Result<Option<(Vec<u8>, Option<String>)>, Misread> {
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

fn decode(base64: &str) -> Result<Vec<u8>, Misread> {
    STANDARD
        .decode(base64)
        .map_err(|error| Misread::new(format!("this is no base64: {error}")))
}
