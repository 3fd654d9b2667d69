//! Pictures and documents in a request.
//!
//! | `source` | read as |
//! |---|---|
//! | `base64` | bytes |
//! | `text` | bytes, as UTF-8 |
//! | `url` | a URL that the vendor fetches |
//! | `file` | the id of an uploaded file |

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::value::RawValue;
use tidegate_host::types::{Media, MediaSource};

use crate::json::{self, Misread, Strays, Text, object};

object! {
    struct Source<'a> {
        "type" => kind: Text<'a>,
        "media_type" => media_type: String,
        "data" => data: Text<'a>,
        "url" => url: String,
        "file_id" => file_id: String,
    }
}

/// Reads a source.
pub fn read(
    source: &RawValue,
    name: Option<String>,
    strays: &mut Strays,
) -> Result<Media, Misread> {
    let source: Source = json::reread(source)?;
    let Some(Text(kind)) = source.kind else {
        return Err(Misread::new("it has no `type`"));
    };
    let missing =
        |name: &str| Misread::new(format!("a source of the type `{kind}` needs `{name}`"));
    let place = match &*kind {
        "base64" => {
            let data = source.data.ok_or_else(|| missing("data"))?;
            let bytes = STANDARD.decode(data.as_bytes()).map_err(|error| {
                Misread::new(format!("this is no base64: {error}")).within("data")
            })?;
            MediaSource::Bytes(bytes)
        }
        "text" => {
            let data = source.data.ok_or_else(|| missing("data"))?;
            MediaSource::Bytes(data.into_owned().into_bytes())
        }
        "url" => MediaSource::Url(source.url.ok_or_else(|| missing("url"))?),
        "file" => MediaSource::Id(source.file_id.ok_or_else(|| missing("file_id"))?),
        other => {
            let problem = format!(
                "`{}` is no source; there are `base64`, `text`, `url` and `file`",
                other.escape_debug()
            );
            return Err(Misread::new(problem).within("type"));
        }
    };
    strays.note(&source.rest);
    Ok(Media {
        source: place,
        media_type: source.media_type,
        name,
        detail: None,
    })
}

/// Whether a document is made of blocks of its own.
pub fn is_content(source: &RawValue) -> bool {
    json::reread::<Source>(source).is_ok_and(|source| source.kind.as_deref() == Some("content"))
}
