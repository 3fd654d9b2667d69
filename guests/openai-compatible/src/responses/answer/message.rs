//! A message in the making: texts and refusals, with their sources.

use serde::Deserialize;
use serde_json::value::RawValue;
use tidegate_guest::types::{Source, TokenLogprob};

use super::parts::Parts;
use super::wire;
use crate::responses::state::State;
use crate::wire::{Text, Token};

/// A message.
#[derive(Debug, Default)]
pub struct Message {
    /// Whether it is a comment on the way or the answer.
    phase: Option<String>,
    pieces: Vec<Piece>,
}

/// A piece of it, which is a part of the answer.
#[derive(Debug)]
struct Piece {
    index: u32,
    part: u32,
    is_refusal: bool,
    /// What has been emitted, to find out at the end what has not.
    said: String,
    sources: usize,
    logprobs: bool,
}

impl Message {
    /// One that begins so.
    pub fn new(message: &wire::Message) -> Self {
        Message {
            phase: message.phase.non_empty().map(Into::into),
            pieces: Vec::new(),
        }
    }

    /// More text of a piece.
    pub fn text(&mut self, index: u32, text: &str, logprobs: &[Token], parts: &mut Parts) {
        if text.is_empty() {
            return;
        }
        let piece = self.piece(index, false, parts);
        piece.say(text, parts);
        piece.probabilities(logprobs, parts);
    }

    /// More of a piece that explains why the model declines.
    pub fn refusal(&mut self, index: u32, text: &str, parts: &mut Parts) {
        if !text.is_empty() {
            self.piece(index, true, parts).say(text, parts);
        }
    }

    /// Where a statement of a piece comes from.
    pub fn annotation(&mut self, index: u32, raw: &RawValue, parts: &mut Parts) {
        let piece = self.piece(index, false, parts);
        piece.sources += 1;
        parts.source(piece.part, source(raw));
    }

    /// The message as it is in the end: emits what has not come before.
    pub fn settle(&mut self, message: &wire::Message, parts: &mut Parts) {
        for (index, whole) in (0..).zip(message.content.iter().flatten()) {
            let is_refusal = !whole.refusal.is_empty();
            let text = if is_refusal {
                &whole.refusal
            } else {
                &whole.text
            };
            if text.is_empty() {
                continue;
            }
            let piece = self.piece(index, is_refusal, parts);
            // What has been said differently cannot be unsaid.
            if let Some(rest) = text.strip_prefix(piece.said.as_str()) {
                piece.say(rest, parts);
            }
            if !piece.logprobs {
                piece.probabilities(whole.logprobs.as_deref().unwrap_or_default(), parts);
            }
            let sources = whole.annotations.iter().flatten();
            for raw in sources.skip(piece.sources) {
                piece.sources += 1;
                parts.source(piece.part, source(raw));
            }
        }
    }

    fn piece(&mut self, index: u32, is_refusal: bool, parts: &mut Parts) -> &mut Piece {
        let known = |piece: &Piece| piece.index == index && piece.is_refusal == is_refusal;
        let position = match self.pieces.iter().position(known) {
            Some(position) => position,
            None => {
                let part = parts.begin(State {
                    phase: self.phase.clone(),
                    ..State::default()
                });
                self.pieces.push(Piece {
                    index,
                    part,
                    is_refusal,
                    said: String::new(),
                    sources: 0,
                    logprobs: false,
                });
                self.pieces.len() - 1
            }
        };
        &mut self.pieces[position]
    }
}

impl Piece {
    fn say(&mut self, text: &str, parts: &Parts) {
        self.said.push_str(text);
        match self.is_refusal {
            true => parts.refusal(self.part, text),
            false => parts.text(self.part, text),
        }
    }

    fn probabilities(&mut self, logprobs: &[Token], parts: &Parts) {
        self.logprobs |= !logprobs.is_empty();
        parts.logprobs(logprobs.iter().map(TokenLogprob::from).collect());
    }
}

/// A source, whatever kind of annotation it is.
///
/// | type | has |
/// |---|---|
/// | `url_citation` | `url`, `title` |
/// | `file_citation`, `container_file_citation` | `file_id`, `filename` |
/// | `file_path` | `file_id` |
fn source(raw: &RawValue) -> Source {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Annotation<'a> {
        #[serde(borrow)]
        url: Text<'a>,
        #[serde(borrow)]
        title: Text<'a>,
        #[serde(borrow)]
        file_id: Text<'a>,
        #[serde(borrow)]
        filename: Text<'a>,
    }
    // A source that cannot be read is not worth an error; its JSON goes out in any case.
    let annotation: Annotation = serde_json::from_str(raw.get()).unwrap_or_default();
    let title = annotation.title.non_empty();
    Source {
        id: annotation.file_id.non_empty().map(Into::into),
        url: annotation.url.non_empty().map(Into::into),
        title: title.or(annotation.filename.non_empty()).map(Into::into),
        metadata: Some(raw.get().into()),
        ..Source::default()
    }
}
