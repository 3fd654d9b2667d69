//! [Citations](https://docs.cohere.com/docs/rag-citations): a piece of the answer, and the documents
//! and tool results that it rests on.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use serde_json::{Map, Value};
use tidegate_guest::types;

/// A citation. Its offsets count characters of the content that it is in.
#[derive(Deserialize)]
pub struct Citation<'a> {
    start: Option<u32>,
    end: Option<u32>,
    text: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    pub content_index: Option<u32>,
    #[serde(borrow, default)]
    sources: Vec<&'a RawValue>,
}

/// What a source says of itself: a document of the request, or what a tool answered.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Source<'a> {
    id: Option<String>,
    #[serde(borrow)]
    document: Option<&'a RawValue>,
    #[serde(borrow)]
    tool_output: Option<&'a RawValue>,
}

/// What is handed on beside the source's own members: the citation, with this one of its sources.
#[derive(Serialize)]
struct Metadata<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    text: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    r#type: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    content_index: Option<u32>,
    source: &'a RawValue,
}

/// The citations of a message, or the one of an event. One that cannot be read is not worth an error.
pub fn list(raw: Option<&RawValue>) -> Vec<Citation<'_>> {
    let Some(raw) = raw else {
        return Vec::new();
    };
    match serde_json::from_str::<Citation>(raw.get()) {
        Ok(citation) => vec![citation],
        Err(_) => serde_json::from_str(raw.get()).unwrap_or_default(),
    }
}

impl Citation<'_> {
    /// Whether it is a piece of the plan before tool calls, and not of a content.
    pub fn of_plan(&self) -> bool {
        self.kind.as_deref() == Some("PLAN")
    }

    /// One for each source. `part` is where the cited piece of the answer is.
    pub fn sources(&self, part: Option<u32>) -> impl Iterator<Item = types::Source> {
        self.sources.iter().map(move |raw| self.source(part, raw))
    }

    fn source(&self, part: Option<u32>, raw: &RawValue) -> types::Source {
        let source: Source = serde_json::from_str(raw.get()).unwrap_or_default();
        let document = source.document.or(source.tool_output);
        // Documents may have any members; these have them by custom.
        let document: Map<String, Value> = document
            .and_then(|document| serde_json::from_str(document.get()).ok())
            .unwrap_or_default();
        let member = |name: &str| Some(document.get(name)?.as_str()?.to_owned());
        let metadata = Metadata {
            start: self.start,
            end: self.end,
            text: self.text.as_deref(),
            r#type: self.kind.as_deref(),
            content_index: self.content_index,
            source: raw,
        };
        types::Source {
            choice: 0,
            part,
            id: source.id,
            url: member("url"),
            title: member("title"),
            quote: ["snippet", "text", "content"].into_iter().find_map(member),
            metadata: serde_json::to_string(&metadata).ok(),
        }
    }
}
