//! Pieces of message items.
//!
//! | `type` | read as | |
//! |---|---|---|
//! | `input_text`, `output_text`, `text` | text | |
//! | `refusal` | refusal | |
//! | `input_image` | picture | `data:` URLs are decoded, others go to the vendor; or by id |
//! | `input_audio` | sound | |
//! | `input_file` | file | by id, by URL, as a `data:` URL, or as bare base64 |
//!
//! `cache_control`, which is Anthropic's and which other gateways take too, marks the part.

use serde_json::value::RawValue;
use tidegate_host::types::{self, Media, MediaSource, PartContent};

use super::state::Kept;
use crate::cache_control::{CacheControl, cache_mark};
use crate::json::{self, Misread, Strays, Text, object};
use crate::openai::media::{self, File, ImageUrl, InputAudio};

object! {
    /// A piece of an item.
    pub struct Part<'a> {
        "type" => kind: Text<'a>,
        "text" => text: String,
        "refusal" => refusal: String,
        "image_url" => image_url: ImageUrl<'a>,
        "detail" => detail: String,
        "file_id" => file_id: String,
        "file_url" => file_url: String,
        "file_data" => file_data: Text<'a>,
        "filename" => filename: String,
        "input_audio" => input_audio: InputAudio<'a>,
        "cache_control" => cache_control: CacheControl<'a>,
        /// What answers have beside their text: the vendor has no use for it.
        "annotations" => annotations: &'a RawValue,
        "logprobs" => logprobs: &'a RawValue,
        "tidegate" => tidegate: Kept<'a>,
    }
}

/// A string, or pieces.
pub type Content<'a> = json::Content<'a, Part<'a>>;

impl Content<'_> {
    /// The contract's parts; `name` is where they stand.
    pub fn read(self, name: &str, strays: &mut Strays) -> Result<Vec<types::Part>, Misread> {
        match self {
            Content::Text(text) => Ok(vec![PartContent::Text(text).into()]),
            Content::List(parts) => strays.each(name, parts, Part::read),
        }
    }
}

impl Part<'_> {
    fn read(mut self, strays: &mut Strays) -> Result<types::Part, Misread> {
        let cache = self.cache_control.take();
        let cache =
            cache.map(|mark| strays.within("cache_control", |strays| cache_mark(mark, strays)));
        strays.note(&self.rest);
        Ok(types::Part {
            cache: cache.transpose()?,
            metadata: self.tidegate.take().and_then(Kept::metadata),
            content: self.content(strays)?,
        })
    }

    fn content(self, strays: &mut Strays) -> Result<PartContent, Misread> {
        let Some(kind) = self.kind.as_deref() else {
            return Err(Misread::new("it has no `type`"));
        };
        let missing = |what| Misread::new(format!("a part of the type `{kind}` needs {what}"));
        Ok(match kind {
            "input_text" | "output_text" | "text" => {
                PartContent::Text(self.text.ok_or_else(|| missing("`text`"))?)
            }
            "refusal" => PartContent::Refusal(self.refusal.ok_or_else(|| missing("`refusal`"))?),
            "input_image" => PartContent::Image(match (self.image_url, self.file_id) {
                (Some(picture), _) => Media {
                    detail: self.detail,
                    ..strays.within("image_url", |strays| media::image(picture, strays))?
                },
                (None, Some(id)) => Media {
                    detail: self.detail,
                    ..bare(MediaSource::Id(id))
                },
                (None, None) => return Err(missing("`image_url` or `file_id`")),
            }),
            "input_audio" => {
                let sound = self.input_audio.ok_or_else(|| missing("`input_audio`"))?;
                PartContent::Audio(strays.within(kind, |strays| media::audio(sound, strays))?)
            }
            "input_file" => PartContent::File(match self.file_url {
                Some(url) => Media {
                    name: self.filename,
                    ..bare(MediaSource::Url(url))
                },
                None if self.file_id.is_none() && self.file_data.is_none() => {
                    return Err(missing("`file_data`, `file_id` or `file_url`"));
                }
                None => {
                    let file = File {
                        file_id: self.file_id,
                        file_data: self.file_data,
                        filename: self.filename,
                        rest: Vec::new(),
                    };
                    media::file(file, strays)?
                }
            }),
            other => {
                let problem = format!(
                    "`{}` is no kind of part; there are `input_text`, `input_image`, `input_file`, `input_audio`, `output_text` and `refusal`",
                    other.escape_debug()
                );
                return Err(Misread::new(problem).within("type"));
            }
        })
    }
}

/// Media of which nothing but the place is known.
pub fn bare(source: MediaSource) -> Media {
    Media {
        source,
        media_type: None,
        name: None,
        detail: None,
    }
}
