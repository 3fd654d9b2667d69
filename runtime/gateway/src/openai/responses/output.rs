//! The items of an answer in the making, and which of the contract's parts is where in them.
//!
//! | parts | item |
//! |---|---|
//! | texts and refusals that follow each other | one `message` with a piece for each |
//! | reasoning | `reasoning` |
//! | tool call | `function_call` |
//! | picture, as bytes | `image_generation_call` |
//!
//! A part goes on wherever it began, whatever has begun since: several items may be open at a time.

use std::collections::HashMap;

use tidegate_host::types::{Media, MediaSource, Reasoning, Source, ToolCall, Warning};

use super::annotation::Annotation;
use super::item::{Item, Kind, Piece, Status};
use super::state::State;

/// Items and their parts.
#[derive(Debug)]
pub struct Output {
    /// What makes ids of items this answer's own.
    tag: String,
    items: Vec<Item>,
    spots: HashMap<u32, Spot>,
}

/// Where a part is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Spot {
    pub item: usize,
    /// Which piece of a message; 0 for other items.
    pub piece: usize,
}

impl Output {
    pub fn new(tag: &str) -> Self {
        Output {
            tag: tag.into(),
            items: Vec::new(),
            spots: HashMap::new(),
        }
    }

    pub fn items(&self) -> &[Item] {
        &self.items
    }

    /// The message that a new text can join: one that is the last item.
    pub fn last_message(&self) -> Option<usize> {
        let last = self.items.last()?;
        matches!(last.kind, Kind::Message(_)).then(|| self.items.len() - 1)
    }

    /// Begins a message.
    pub fn add_message(&mut self) -> usize {
        self.add("msg", Kind::Message(Vec::new()))
    }

    /// The piece that a part is, if it has begun as one of this kind.
    pub fn piece(&mut self, part: u32, is_refusal: bool) -> Option<(Spot, &mut Piece)> {
        let spot = *self.spots.get(&part)?;
        let piece = self.piece_at(spot)?;
        (piece.is_refusal == is_refusal).then_some((spot, piece))
    }

    /// Begins a piece of a message.
    pub fn add_piece(&mut self, part: u32, item: usize, is_refusal: bool) -> Spot {
        let mut spot = Spot { item, piece: 0 };
        if let Some(Kind::Message(pieces)) = self.items.get_mut(item).map(|item| &mut item.kind) {
            spot.piece = pieces.len();
            pieces.push(Piece::new(is_refusal));
        }
        self.spots.insert(part, spot);
        spot
    }

    pub fn piece_at(&mut self, spot: Spot) -> Option<&mut Piece> {
        match &mut self.items.get_mut(spot.item)?.kind {
            Kind::Message(pieces) => pieces.get_mut(spot.piece),
            _ => None,
        }
    }

    /// The reasoning that a part is, if it has begun as such.
    pub fn reasoning(&mut self, part: u32) -> Option<(usize, &mut Reasoning)> {
        let index = self.spots.get(&part)?.item;
        match &mut self.items.get_mut(index)?.kind {
            Kind::Reasoning(reasoning) => Some((index, reasoning)),
            _ => None,
        }
    }

    /// Begins reasoning.
    pub fn add_reasoning(&mut self, part: u32, reasoning: Reasoning) -> usize {
        let item = self.add("rs", Kind::Reasoning(reasoning));
        self.spots.insert(part, Spot { item, piece: 0 });
        item
    }

    /// The tool call that a part is, if it is one whose arguments are still being made.
    pub fn open_call(&mut self, part: u32) -> Option<(usize, &mut ToolCall, &mut bool)> {
        let index = self.spots.get(&part)?.item;
        match &mut self.items.get_mut(index)?.kind {
            Kind::Call { call, ended } if !*ended => Some((index, call, ended)),
            _ => None,
        }
    }

    /// Begins a tool call.
    pub fn add_call(&mut self, part: u32, call: ToolCall, ended: bool) -> usize {
        let item = self.add("fc", Kind::Call { call, ended });
        self.spots.insert(part, Spot { item, piece: 0 });
        item
    }

    /// Adds a picture. Media that there is no item for comes back.
    pub fn add_image(&mut self, part: u32, media: Media) -> Result<usize, Media> {
        let format = media.media_type.as_deref();
        let format = format.and_then(|kind| kind.strip_prefix("image/"));
        match (format.map(str::to_owned), media.source) {
            (Some(format), MediaSource::Bytes(bytes)) => {
                let item = self.add("ig", Kind::Image { bytes, format });
                self.spots.insert(part, Spot { item, piece: 0 });
                Ok(item)
            }
            (_, source) => Err(Media { source, ..media }),
        }
    }

    /// Notes where a statement comes from, at the text it is in. `None`: there is no text yet.
    pub fn cite(&mut self, source: &Source) -> Option<(Spot, usize, Annotation)> {
        let spot = source
            .part
            .and_then(|part| Some(self.piece(part, false)?.0))
            .or_else(|| self.last_text())?;
        let piece = self.piece_at(spot)?;
        let annotation = Annotation::from(source);
        piece.annotations.push(annotation.clone());
        Some((spot, piece.annotations.len() - 1, annotation))
    }

    /// The text that was begun last.
    pub fn last_text(&self) -> Option<Spot> {
        let mut items = self.items.iter().enumerate().rev();
        items.find_map(|(item, it)| match &it.kind {
            Kind::Message(pieces) => {
                let piece = pieces.iter().rposition(|piece| !piece.is_refusal)?;
                Some(Spot { item, piece })
            }
            _ => None,
        })
    }

    /// Keeps the vendor's state of a part, or of the whole answer.
    pub fn keep(&mut self, part: Option<u32>, json: &str) {
        let state = match part {
            Some(part) => self.state_of(part),
            None => self.state_of_all(),
        };
        if let Some(state) = state {
            state.add(json);
        }
    }

    fn state_of(&mut self, part: u32) -> Option<&mut State> {
        let spot = *self.spots.get(&part)?;
        let item = self.items.get_mut(spot.item)?;
        match &mut item.kind {
            Kind::Message(pieces) => Some(&mut pieces.get_mut(spot.piece)?.state),
            _ => Some(&mut item.state),
        }
    }

    /// Reasoning keeps it best: its ciphertext comes back from clients that know nothing of us.
    fn state_of_all(&mut self) -> Option<&mut State> {
        let is_reasoning = |item: &Item| matches!(item.kind, Kind::Reasoning(_));
        let index = self.items.iter().position(is_reasoning).unwrap_or_default();
        Some(&mut self.items.get_mut(index)?.message)
    }

    /// Whether the model declined in words of its own.
    pub fn has_refusal(&self) -> bool {
        self.items.iter().any(|item| match &item.kind {
            Kind::Message(pieces) => pieces.iter().any(|piece| piece.is_refusal),
            _ => false,
        })
    }

    /// Nothing is added any more. Where the answer is cut short, its last item is.
    pub fn close(&mut self, is_whole: bool) {
        let last = self.items.len().saturating_sub(1);
        for (index, item) in self.items.iter_mut().enumerate() {
            item.status = match is_whole || index < last {
                true => Status::Completed,
                false => Status::Incomplete,
            };
        }
    }

    /// Leaves out calls whose arguments are not complete: half of them may look like all.
    pub fn drop_open_calls(&mut self) -> Vec<Warning> {
        let mut warnings = Vec::new();
        self.items.retain(|item| match &item.kind {
            Kind::Call { call, ended: false } => {
                warnings.push(Warning {
                    subject: None,
                    message: format!(
                        "the call of `{}` was not completed and is left out",
                        call.name
                    ),
                });
                false
            }
            _ => true,
        });
        warnings
    }

    fn add(&mut self, prefix: &str, kind: Kind) -> usize {
        let index = self.items.len();
        self.items.push(Item {
            id: format!("{prefix}_{}{index:02x}", self.tag),
            status: Status::InProgress,
            kind,
            state: State::default(),
            message: State::default(),
        });
        index
    }
}
