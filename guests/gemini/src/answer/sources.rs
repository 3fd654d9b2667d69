//! Where statements come from.
//!
//! | member | becomes |
//! |---|---|
//! | [`groundingMetadata`](https://ai.google.dev/gemini-api/docs/google-search)`.groundingChunks` of the web, of maps, of documents | a source each |
//! | [`urlContextMetadata`](https://ai.google.dev/gemini-api/docs/url-context) | a source for each page that was read |
//! | `citationMetadata` | a source each |
//!
//! Each comes as a `raw` event, too: searches that were made, which statement rests on which chunk, what
//! the vendor wants shown beside the answer.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::Io;
use tidegate_guest::types::{Source, StreamEvent};

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Grounding<'a> {
    #[serde(borrow)]
    grounding_chunks: Vec<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct GroundingChunk {
    web: Option<Origin>,
    maps: Option<Origin>,
    retrieved_context: Option<Origin>,
    image: Option<Origin>,
}

/// Members of all the kinds of chunk.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Origin {
    uri: Option<String>,
    source_uri: Option<String>,
    title: Option<String>,
    text: Option<String>,
    place_id: Option<String>,
    document_name: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct UrlContext<'a> {
    #[serde(borrow)]
    url_metadata: Vec<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Page {
    retrieved_url: Option<String>,
    url_retrieval_status: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct CitationMetadata<'a> {
    /// The Gemini API's name for them.
    #[serde(borrow)]
    citation_sources: Vec<&'a RawValue>,
    /// Vertex AI's.
    #[serde(borrow)]
    citations: Vec<&'a RawValue>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Citation {
    uri: Option<String>,
    title: Option<String>,
}

/// The sources of one answer.
pub struct Sources {
    io: Io,
    choice: u32,
    /// A stream may tell of the same again.
    told: Vec<String>,
}

impl Sources {
    /// None yet.
    pub fn new(io: &Io, choice: u32) -> Self {
        Sources {
            io: io.clone(),
            choice,
            told: Vec::new(),
        }
    }

    /// `groundingMetadata`, of the text in this part.
    pub fn grounding(&mut self, raw: &RawValue, part: Option<u32>) {
        if !self.is_news("groundingMetadata", raw) {
            return;
        }
        let grounding: Grounding = serde_json::from_str(raw.get()).unwrap_or_default();
        for chunk in grounding.grounding_chunks {
            // A chunk of an unknown kind still arrives, as metadata.
            let known: GroundingChunk = serde_json::from_str(chunk.get()).unwrap_or_default();
            let kinds = [known.web, known.maps, known.retrieved_context, known.image];
            let origin = kinds.into_iter().flatten().next().unwrap_or_default();
            let source = Source {
                id: origin.place_id.or(origin.document_name),
                url: origin.uri.or(origin.source_uri),
                title: origin.title,
                quote: origin.text,
                ..Source::default()
            };
            self.tell(source, part, chunk);
        }
    }

    /// `urlContextMetadata`.
    pub fn pages(&mut self, raw: &RawValue, part: Option<u32>) {
        if !self.is_news("urlContextMetadata", raw) {
            return;
        }
        let context: UrlContext = serde_json::from_str(raw.get()).unwrap_or_default();
        for page in context.url_metadata {
            let known: Page = serde_json::from_str(page.get()).unwrap_or_default();
            let was_read =
                known.url_retrieval_status.as_deref() == Some("URL_RETRIEVAL_STATUS_SUCCESS");
            let source = Source {
                url: known.retrieved_url.filter(|_| was_read),
                ..Source::default()
            };
            if source.url.is_some() {
                self.tell(source, part, page);
            }
        }
    }

    /// `citationMetadata`.
    pub fn citations(&mut self, raw: &RawValue, part: Option<u32>) {
        if !self.is_news("citationMetadata", raw) {
            return;
        }
        let metadata: CitationMetadata = serde_json::from_str(raw.get()).unwrap_or_default();
        for citation in metadata.citation_sources.iter().chain(&metadata.citations) {
            let known: Citation = serde_json::from_str(citation.get()).unwrap_or_default();
            let source = Source {
                url: known.uri,
                title: known.title,
                ..Source::default()
            };
            self.tell(source, part, citation);
        }
    }

    fn is_news(&mut self, name: &str, raw: &RawValue) -> bool {
        let told = format!("{{\"{name}\":{}}}", raw.get());
        let is_news = raw.get() != "{}" && !self.told.contains(&told);
        if is_news {
            self.io.event(StreamEvent::Raw(told.clone()));
            self.told.push(told);
        }
        is_news
    }

    fn tell(&mut self, source: Source, part: Option<u32>, raw: &RawValue) {
        let told = raw.get().to_owned();
        if self.told.contains(&told) {
            return;
        }
        self.io.event(StreamEvent::Source(Source {
            choice: self.choice,
            part,
            metadata: Some(told.clone()),
            ..source
        }));
        self.told.push(told);
    }
}
