//! Where statements come from, in the three forms that services have for it.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::Io;
use tidegate_guest::types::{Source, StreamEvent};

use crate::wire::Text;

/// Sources of the whole answer, each emitted once: Perplexity repeats all of them in every chunk.
#[derive(Debug, Default)]
pub struct Sources {
    urls: Vec<String>,
    /// Length of the lists read last; one that has not grown is not read again.
    read: (usize, usize),
}

/// <https://platform.openai.com/docs/api-reference/chat/object#chat-object-choices-message-annotations>
#[derive(Deserialize)]
struct Annotation<'a> {
    #[serde(borrow)]
    url_citation: Option<Page<'a>>,
}

/// `url_citation`, and Perplexity's `search_results`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Page<'a> {
    #[serde(borrow)]
    url: Text<'a>,
    #[serde(borrow)]
    title: Text<'a>,
    #[serde(borrow)]
    content: Text<'a>,
    #[serde(borrow)]
    snippet: Text<'a>,
}

impl Sources {
    /// The lists beside the choices: pages, and bare URLs of the same pages.
    pub fn read(
        &mut self,
        search_results: Option<&RawValue>,
        citations: Option<&RawValue>,
        io: &Io,
    ) {
        let length = |list: Option<&RawValue>| list.map_or(0, |list| list.get().len());
        let lengths = (length(search_results), length(citations));
        if lengths == self.read || lengths == (0, 0) {
            return;
        }
        self.read = lengths;
        for page in list(search_results) {
            self.page(page, io);
        }
        for url in list::<Text>(citations).iter().filter_map(Text::non_empty) {
            if self.is_new(url) {
                io.event(StreamEvent::Source(Source {
                    url: Some(url.into()),
                    ..Source::default()
                }));
            }
        }
    }

    fn page(&mut self, raw: &RawValue, io: &Io) {
        let Ok(page) = serde_json::from_str::<Page>(raw.get()) else {
            return;
        };
        if self.is_new(&page.url) {
            io.event(StreamEvent::Source(page.source(0, None, raw)));
        }
    }

    fn is_new(&mut self, url: &str) -> bool {
        let new = !self.urls.iter().any(|known| known == url);
        if new {
            self.urls.push(url.into());
        }
        new
    }
}

/// The annotations of a message. `part` is the text they are about.
pub fn annotations(raw: &RawValue, choice: u32, part: Option<u32>, io: &Io) {
    for raw in list::<&RawValue>(Some(raw)) {
        let annotation = serde_json::from_str::<Annotation>(raw.get());
        if let Ok(Annotation {
            url_citation: Some(page),
        }) = annotation
        {
            io.event(StreamEvent::Source(page.source(choice, part, raw)));
        }
    }
}

impl Page<'_> {
    fn source(&self, choice: u32, part: Option<u32>, raw: &RawValue) -> Source {
        let quote = self.content.non_empty().or(self.snippet.non_empty());
        Source {
            choice,
            part,
            id: None,
            url: self.url.non_empty().map(Into::into),
            title: self.title.non_empty().map(Into::into),
            quote: quote.map(Into::into),
            metadata: Some(raw.get().into()),
        }
    }
}

/// A list, or nothing where it is none: a source that cannot be read is not worth an error.
fn list<'a, T: Deserialize<'a>>(raw: Option<&'a RawValue>) -> Vec<T> {
    raw.and_then(|raw| serde_json::from_str(raw.get()).ok())
        .unwrap_or_default()
}
