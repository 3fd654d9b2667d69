//! [Citations](https://docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Citation.html) of
//! documents, search results and pages.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::Source;

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Citation {
    title: Option<String>,
    source: Option<String>,
    source_content: Option<Vec<Content>>,
    location: Option<Location>,
}

#[derive(Deserialize)]
struct Content {
    text: Option<String>,
}

#[derive(Deserialize)]
struct Location {
    web: Option<Web>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Web {
    url: Option<String>,
    domain: Option<String>,
}

/// The source that a citation of a part points to. A citation of an unknown shape still arrives, as
/// metadata.
pub fn source(part: Option<u32>, citation: &RawValue) -> Source {
    let known: Citation = serde_json::from_str(citation.get()).unwrap_or_default();
    let web = known.location.and_then(|it| it.web).unwrap_or_default();
    let is_url = |source: &String| source.starts_with("http://") || source.starts_with("https://");
    let texts = known.source_content.into_iter().flatten();
    let quote: String = texts.filter_map(|content| content.text).collect();
    Source {
        choice: 0,
        part,
        id: known.source.clone().filter(|source| !is_url(source)),
        url: web.url.or(known.source.filter(is_url)),
        title: known.title.or(web.domain),
        quote: (!quote.is_empty()).then_some(quote),
        metadata: Some(citation.get().into()),
    }
}
