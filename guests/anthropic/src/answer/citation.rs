//! [Citations](https://platform.claude.com/docs/en/build-with-claude/citations) of documents, search
//! results and pages.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::Source;

/// Members of all the kinds of citation.
#[derive(Deserialize, Default)]
#[serde(default)]
struct Citation {
    cited_text: Option<String>,
    document_title: Option<String>,
    title: Option<String>,
    file_id: Option<String>,
    url: Option<String>,
    source: Option<String>,
}

/// The source that a citation of a part points to. A citation of an unknown shape still arrives, as
/// metadata.
pub fn source(part: Option<u32>, citation: &RawValue) -> Source {
    let known: Citation = serde_json::from_str(citation.get()).unwrap_or_default();
    Source {
        choice: 0,
        part,
        id: known.file_id,
        url: known.url.or(known.source),
        title: known.title.or(known.document_title),
        quote: known.cited_text,
        metadata: Some(citation.get().into()),
    }
}
