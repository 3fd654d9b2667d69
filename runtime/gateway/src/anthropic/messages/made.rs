//! What models of other vendors make, in forms that this dialect has: pictures, files, citations.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tidegate_host::types::{self, MediaSource};

use crate::json;

/// A picture or file as a content block, in the form in which it could be sent back.
#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Media<'a> {
    Image {
        source: Source<'a>,
    },
    Document {
        source: Source<'a>,
        #[serde(skip_serializing_if = "Option::is_none")]
        title: Option<&'a str>,
    },
}

#[derive(Debug, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Source<'a> {
    Base64 {
        media_type: &'a str,
        data: Cow<'a, str>,
    },
    Url {
        url: &'a str,
    },
    File {
        file_id: &'a str,
    },
}

impl<'a> Media<'a> {
    pub fn new(media: &'a types::Media) -> Self {
        let media_type = media.media_type.as_deref();
        let source = match &media.source {
            MediaSource::Bytes(bytes) => Source::Base64 {
                media_type: media_type.unwrap_or("application/octet-stream"),
                data: STANDARD.encode(bytes).into(),
            },
            MediaSource::Url(url) => Source::Url { url },
            MediaSource::Id(file_id) => Source::File { file_id },
        };
        match media_type.is_some_and(|it| it.starts_with("image/")) {
            true => Media::Image { source },
            false => Media::Document {
                source,
                title: media.name.as_deref(),
            },
        }
    }
}

/// A citation in the form that the vendor gives to results of a search.
#[derive(Serialize)]
struct Citation<'a> {
    r#type: &'static str,
    url: &'a str,
    title: Option<&'a str>,
    cited_text: &'a str,
    /// What the vendor finds its own source by.
    encrypted_index: &'static str,
}

/// The JSON of a citation: the vendor's own where the source came with one.
pub fn citation(source: &types::Source) -> Option<Box<RawValue>> {
    #[derive(Deserialize)]
    struct Native {
        r#type: String,
    }
    if let Some(native) = &source.metadata
        && serde_json::from_str::<Native>(native).is_ok_and(|it| it.r#type.ends_with("_location"))
    {
        return RawValue::from_string(native.clone()).ok();
    }
    let citation = Citation {
        r#type: "web_search_result_location",
        url: source.url.as_deref().or(source.id.as_deref())?,
        title: source.title.as_deref(),
        cited_text: source.quote.as_deref().unwrap_or_default(),
        encrypted_index: "",
    };
    serde_json::value::to_raw_value(&citation).ok()
}

/// Whether citations that come back are none of the vendor's.
pub fn is_made(citations: &RawValue) -> bool {
    #[derive(Deserialize)]
    struct Index {
        encrypted_index: Option<String>,
    }
    let citations: Result<Vec<Index>, _> = json::reread(citations);
    citations.is_ok_and(|citations| {
        citations
            .iter()
            .any(|it| it.encrypted_index.as_deref() == Some(""))
    })
}
