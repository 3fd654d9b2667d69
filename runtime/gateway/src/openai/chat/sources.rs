//! Where statements come from: `annotations`.
//!
//! <https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-message-annotations>

use serde::Serialize;
use serde_json::value::RawValue;
use tidegate_host::types::Source;

/// An annotation, as the vendor wrote it where it speaks this dialect.
#[derive(Debug, Serialize)]
#[serde(untagged)]
pub enum Annotation<'a> {
    Vendor(&'a RawValue),
    Made {
        r#type: &'static str,
        url_citation: Citation<'a>,
    },
}

#[derive(Debug, Serialize)]
pub struct Citation<'a> {
    url: &'a str,
    title: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    content: Option<&'a str>,
}

impl<'a> From<&'a Source> for Annotation<'a> {
    fn from(source: &'a Source) -> Self {
        let vendor = source
            .metadata
            .as_deref()
            .filter(|json| json.contains("\"url_citation\""));
        if let Some(raw) = vendor.and_then(|json| serde_json::from_str(json).ok()) {
            return Annotation::Vendor(raw);
        }
        Annotation::Made {
            r#type: "url_citation",
            url_citation: Citation {
                url: source.url.as_deref().unwrap_or_default(),
                title: source
                    .title
                    .as_deref()
                    .or(source.id.as_deref())
                    .unwrap_or_default(),
                content: source.quote.as_deref(),
            },
        }
    }
}
