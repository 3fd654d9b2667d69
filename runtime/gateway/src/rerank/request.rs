//! The body of a request.
//!
//! | document | read as |
//! |---|---|
//! | `"text"` | the text |
//! | `{"text": "…", …}` | its text; other members are only handed back |
//!
//! Members that are not here go to the provider as they are: `max_tokens_per_doc`, `priority`,
//! `truncation`. `return_documents` is `false` where it is absent, as with Cohere.

use serde_json::value::RawValue;
use tidegate_host::types::{RerankRequest, Warning};

use crate::extra::Extra;
use crate::json::{self, List, Misread, Strays, Text, object};

object! {
    /// A request.
    pub struct Body<'a> {
        "model" => model: String,
        "query" => query: Query<'a>,
        "documents" => documents: List<'a, &'a RawValue>,
        "top_n" => top_n: u32,
        /// Voyage's word for it.
        "top_k" => top_k: u32,
        "return_documents" => return_documents: bool,
    }
}

object! {
    /// A document that is more than a string.
    struct Document<'a> {
        "text" => text: String,
    }
}

/// A text. Jina's clients may write it as a document.
#[derive(Debug)]
pub struct Query<'a>(&'a RawValue);

impl<'a> serde::Deserialize<'a> for Query<'a> {
    fn deserialize<D: serde::Deserializer<'a>>(deserializer: D) -> Result<Self, D::Error> {
        <&RawValue>::deserialize(deserializer).map(Query)
    }
}

/// What is to be done.
pub struct Wanted<'a> {
    pub request: RerankRequest,
    /// The documents as they came, if they are to be handed back.
    pub returned: Option<Vec<&'a RawValue>>,
    pub warnings: Vec<Warning>,
}

impl<'a> Body<'a> {
    /// The contract's request, and how it is to be answered.
    pub fn read(self) -> Result<Wanted<'a>, Misread> {
        let mut strays = Strays::default();
        let query = json::needed(self.query, "query")?;
        let query = strays.within("query", |strays| text(query.0, strays))?;
        let documents = json::needed(self.documents, "documents")?;
        let documents = documents.raw();
        if documents.is_empty() {
            return Err(Misread::new("there is nothing in it").within("documents"));
        }
        let top_n = self.top_n.or(self.top_k);
        if top_n == Some(0) {
            return Err(Misread::new("there is no ranking of 0 documents").within("top_n"));
        }
        let returned = self
            .return_documents
            .unwrap_or_default()
            .then(|| documents.clone());
        let request = RerankRequest {
            model: json::needed_text(self.model, "model")?,
            query,
            documents: strays.each_raw("documents", documents, text)?,
            top_n,
            extra: Extra::new(&self.rest, &mut strays).json(),
        };
        Ok(Wanted {
            request,
            returned,
            warnings: strays.into_warnings().collect(),
        })
    }
}

fn text(raw: &RawValue, strays: &mut Strays) -> Result<String, Misread> {
    match raw.get().as_bytes().first() {
        Some(b'"') => Ok(json::reread::<Text>(raw)?.into_owned()),
        Some(b'{') => {
            let document: Document = json::reread(raw)?;
            strays.note(&document.rest);
            let needed = "it has no `text`, and nothing else can be ranked here";
            document.text.ok_or_else(|| Misread::new(needed))
        }
        _ => Err(Misread::new(
            "this is neither a string nor an object with `text`",
        )),
    }
}
