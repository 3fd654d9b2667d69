//! Where statements come from: `annotations` of a text.

use serde::{Deserialize, Serialize};
use tidegate_host::types::Source;

/// An annotation. Indices are those of the vendor; where it gives none, the annotation is about
/// nothing in particular, which is the empty range at the beginning.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Annotation {
    UrlCitation {
        url: String,
        title: String,
        start_index: u32,
        end_index: u32,
    },
    FileCitation {
        file_id: String,
        filename: String,
        index: u32,
    },
}

/// What a vendor says of a source, if it speaks one of OpenAI's dialects.
#[derive(Default, Deserialize)]
struct Range {
    start_index: Option<u32>,
    end_index: Option<u32>,
    url_citation: Option<Box<Range>>,
}

impl From<&Source> for Annotation {
    fn from(source: &Source) -> Self {
        let title = source.title.clone();
        match (&source.url, &source.id) {
            (None, Some(id)) => Annotation::FileCitation {
                file_id: id.clone(),
                filename: title.unwrap_or_default(),
                index: 0,
            },
            (url, id) => {
                let range: Option<Range> = source
                    .metadata
                    .as_deref()
                    .and_then(|json| serde_json::from_str(json).ok());
                let range = range.unwrap_or_default();
                let range = range
                    .url_citation
                    .map_or((range.start_index, range.end_index), |inner| {
                        (inner.start_index, inner.end_index)
                    });
                Annotation::UrlCitation {
                    url: url.clone().unwrap_or_default(),
                    title: title.or_else(|| id.clone()).unwrap_or_default(),
                    start_index: range.0.unwrap_or_default(),
                    end_index: range.1.unwrap_or_default(),
                }
            }
        }
    }
}
