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

use tidegate_host::types::{self, NamedJson, PartContent};

use super::media::{self, File, ImageUrl, InputAudio};
use crate::cache_control::{CacheControl, cache_mark};
use crate::json::{self, Misread, Strays, Text, members, object, push_member};

/// `content`: a string, or parts.
pub type Content<'a> = json::Content<'a, Part<'a>>;

impl Content<'_> {
    /// The contract's parts.
    pub fn read(self, strays: &mut Strays) -> Result<Vec<types::Part>, Misread> {
        match self {
            Content::Text(text) => Ok(vec![PartContent::Text(text).into()]),
            Content::List(parts) => strays.each("content", parts, Part::read),
        }
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
                let picture = self.image_url.ok_or_else(missing)?;
                PartContent::Image(strays.within(kind, |strays| media::image(picture, strays))?)
            }
            "input_audio" => {
                let sound = self.input_audio.ok_or_else(missing)?;
                PartContent::Audio(strays.within(kind, |strays| media::audio(sound, strays))?)
            }
            "file" => {
                let file = self.file.ok_or_else(missing)?;
                PartContent::File(strays.within(kind, |strays| media::file(file, strays))?)
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
