//! The items of a streamed answer, as far as the client has been told of them.

use bytes::BytesMut;
use tidegate_host::types::{self, Media, Reasoning, Source, TokenLogprob, ToolCall};

use super::item::{Kind, Piece, Summary};
use super::output::{Output, Spot};
use super::wire::{OfItem, OfOutput, Part, Wire};
use crate::openai::logprobs::tokens;

/// Items, and the events that tell of them.
pub struct Shown {
    pub output: Output,
    pub wire: Wire,
}

impl Shown {
    pub fn new(output: Output) -> Self {
        Shown {
            output,
            wire: Wire::default(),
        }
    }

    /// More of a text or refusal.
    pub fn say(
        &mut self,
        delta: &types::Delta,
        is_refusal: bool,
        logprobs: Vec<TokenLogprob>,
        out: &mut BytesMut,
    ) {
        let spot = match self.output.piece(delta.part, is_refusal) {
            Some((spot, _)) => spot,
            None => self.begin_piece(delta.part, is_refusal, out),
        };
        let (r#type, of_delta) = match is_refusal {
            true => ("response.refusal.delta", None),
            false => ("response.output_text.delta", Some(tokens(&logprobs))),
        };
        let members = OfItem {
            content_index: Some(spot.piece),
            delta: Some(&delta.text),
            logprobs: of_delta,
            ..OfItem::default()
        };
        self.of_item(r#type, spot.item, members, out);
        if let Some(piece) = self.output.piece_at(spot) {
            piece.text.push_str(&delta.text);
            piece.logprobs.extend(logprobs);
        }
    }

    fn begin_piece(&mut self, part: u32, is_refusal: bool, out: &mut BytesMut) -> Spot {
        let item = match self.output.last_message() {
            Some(item) => item,
            None => {
                let item = self.output.add_message();
                self.item("response.output_item.added", item, out);
                item
            }
        };
        let spot = self.output.add_piece(part, item, is_refusal);
        let members = OfItem {
            content_index: Some(spot.piece),
            part: Some(Part::Message(&Piece::new(is_refusal))),
            ..OfItem::default()
        };
        self.of_item("response.content_part.added", item, members, out);
        spot
    }

    /// The reasoning that a part is, begun now if it has not been.
    pub fn reasoning(&mut self, part: u32, out: &mut BytesMut) -> usize {
        if let Some((item, _)) = self.output.reasoning(part) {
            return item;
        }
        let nothing = Reasoning {
            text: String::new(),
            signature: None,
            redacted: None,
        };
        let item = self.output.add_reasoning(part, nothing);
        self.item("response.output_item.added", item, out);
        item
    }

    /// More of what is shown of reasoning.
    pub fn reason(&mut self, delta: &types::Delta, out: &mut BytesMut) {
        let item = self.reasoning(delta.part, out);
        let Some((_, reasoning)) = self.output.reasoning(delta.part) else {
            return;
        };
        let is_first = reasoning.text.is_empty();
        reasoning.text.push_str(&delta.text);
        if is_first {
            let members = OfItem {
                summary_index: Some(0),
                part: Some(Part::Reasoning(Summary::new(""))),
                ..OfItem::default()
            };
            self.of_item("response.reasoning_summary_part.added", item, members, out);
        }
        let members = OfItem {
            summary_index: Some(0),
            delta: Some(&delta.text),
            ..OfItem::default()
        };
        self.of_item("response.reasoning_summary_text.delta", item, members, out);
    }

    /// Begins a tool call.
    pub fn start_call(&mut self, start: types::ToolCallStart, out: &mut BytesMut) {
        let call = ToolCall {
            id: start.id,
            name: start.name,
            arguments: String::new(),
        };
        let item = self.output.add_call(start.part, call, false);
        self.item("response.output_item.added", item, out);
    }

    /// More of its arguments.
    pub fn argue(&mut self, delta: &types::Delta, out: &mut BytesMut) {
        let Some((item, call, _)) = self.output.open_call(delta.part) else {
            return;
        };
        call.arguments.push_str(&delta.text);
        let members = OfItem {
            delta: Some(&delta.text),
            ..OfItem::default()
        };
        self.of_item("response.function_call_arguments.delta", item, members, out);
    }

    /// Its arguments are complete.
    pub fn end_call(&mut self, part: u32, out: &mut BytesMut) {
        let Some((item, call, ended)) = self.output.open_call(part) else {
            return;
        };
        *ended = true;
        let (name, arguments) = (call.name.clone(), call.arguments.clone());
        let members = OfItem {
            name: Some(&name),
            arguments: Some(&arguments),
            ..OfItem::default()
        };
        self.of_item("response.function_call_arguments.done", item, members, out);
    }

    /// Says where a statement comes from. A source whose text is still to come is given back.
    pub fn cite(&mut self, source: Source, out: &mut BytesMut) -> Option<Source> {
        let Some((spot, index, annotation)) = self.output.cite(&source) else {
            return Some(source);
        };
        let members = OfItem {
            content_index: Some(spot.piece),
            annotation_index: Some(index),
            annotation: Some(&annotation),
            ..OfItem::default()
        };
        let r#type = "response.output_text.annotation.added";
        self.of_item(r#type, spot.item, members, out);
        None
    }

    /// Adds a picture. What no item can hold is given back.
    pub fn file(&mut self, part: u32, media: Media, out: &mut BytesMut) -> Option<Media> {
        match self.output.add_image(part, media) {
            Ok(item) => {
                self.item("response.output_item.added", item, out);
                None
            }
            Err(media) => Some(media),
        }
    }

    /// Says that an item and its pieces are done.
    pub fn done(&mut self, index: usize, out: &mut BytesMut) {
        let Some(item) = self.output.items().get(index) else {
            return;
        };
        let (item_id, output_index) = (item.id.as_str(), index);
        match &item.kind {
            Kind::Reasoning(reasoning) if !reasoning.text.is_empty() => {
                let of_summary = || OfItem {
                    item_id,
                    output_index,
                    summary_index: Some(0),
                    ..OfItem::default()
                };
                let members = OfItem {
                    text: Some(&reasoning.text),
                    ..of_summary()
                };
                self.wire
                    .send("response.reasoning_summary_text.done", &members, out);
                let members = OfItem {
                    part: Some(Part::Reasoning(Summary::new(&reasoning.text))),
                    ..of_summary()
                };
                self.wire
                    .send("response.reasoning_summary_part.done", &members, out);
            }
            Kind::Message(pieces) => {
                for (piece_index, piece) in pieces.iter().enumerate() {
                    let of_piece = || OfItem {
                        item_id,
                        output_index,
                        content_index: Some(piece_index),
                        ..OfItem::default()
                    };
                    let (r#type, members) = match piece.is_refusal {
                        true => {
                            let refusal = Some(piece.text.as_str());
                            (
                                "response.refusal.done",
                                OfItem {
                                    refusal,
                                    ..of_piece()
                                },
                            )
                        }
                        false => {
                            let members = OfItem {
                                text: Some(&piece.text),
                                logprobs: Some(tokens(&piece.logprobs)),
                                ..of_piece()
                            };
                            ("response.output_text.done", members)
                        }
                    };
                    self.wire.send(r#type, &members, out);
                    let members = OfItem {
                        part: Some(Part::Message(piece)),
                        ..of_piece()
                    };
                    self.wire.send("response.content_part.done", &members, out);
                }
            }
            // A call that nobody ended is not a call, and is never said to be done.
            Kind::Call { ended: false, .. } => return,
            _ => {}
        }
        self.item("response.output_item.done", index, out);
    }

    /// Says that an item has begun, or is done.
    fn item(&mut self, r#type: &'static str, index: usize, out: &mut BytesMut) {
        if let Some(item) = self.output.items().get(index) {
            let members = OfOutput {
                output_index: index,
                item,
            };
            self.wire.send(r#type, &members, out);
        }
    }

    /// Says something of an item.
    fn of_item(
        &mut self,
        r#type: &'static str,
        index: usize,
        members: OfItem<'_>,
        out: &mut BytesMut,
    ) {
        if let Some(item) = self.output.items().get(index) {
            let members = OfItem {
                item_id: &item.id,
                output_index: index,
                ..members
            };
            self.wire.send(r#type, &members, out);
        }
    }
}
