//! Items of an answer, as far as they have been made.

use std::borrow::Cow;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde::{Serialize, Serializer};
use tidegate_host::types::{Reasoning, TokenLogprob, ToolCall};

use super::annotation::Annotation;
use super::proof;
use super::state::{Keep, State};
use crate::openai::logprobs::{Token, tokens};

/// An item.
#[derive(Debug)]
pub struct Item {
    pub id: String,
    pub status: Status,
    pub kind: Kind,
    /// The vendor's state of it.
    pub state: State,
    /// The vendor's state of the whole answer, on one of its items.
    pub message: State,
}

/// How far an item is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    InProgress,
    Completed,
    Incomplete,
}

/// What an item can be.
#[derive(Debug)]
pub enum Kind {
    Reasoning(Reasoning),
    Message(Vec<Piece>),
    Call {
        call: ToolCall,
        /// Its arguments are complete. A call that never gets here is not a call.
        ended: bool,
    },
    Image {
        bytes: Vec<u8>,
        format: String,
    },
}

/// A piece of a message.
#[derive(Debug)]
pub struct Piece {
    pub is_refusal: bool,
    pub text: String,
    pub annotations: Vec<Annotation>,
    pub logprobs: Vec<TokenLogprob>,
    pub state: State,
}

impl Piece {
    /// A piece with nothing in it yet.
    pub fn new(is_refusal: bool) -> Self {
        Piece {
            is_refusal,
            text: String::new(),
            annotations: Vec::new(),
            logprobs: Vec::new(),
            state: State::default(),
        }
    }
}

/// A piece of reasoning that is shown.
#[derive(Debug, Serialize)]
pub struct Summary<'a> {
    r#type: &'static str,
    text: &'a str,
}

impl<'a> Summary<'a> {
    pub fn new(text: &'a str) -> Self {
        Summary {
            r#type: "summary_text",
            text,
        }
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum ItemView<'a> {
    Reasoning {
        id: &'a str,
        summary: Vec<Summary<'a>>,
        encrypted_content: Option<Cow<'a, str>>,
        status: Status,
    },
    Message {
        id: &'a str,
        status: Status,
        role: &'static str,
        content: &'a [Piece],
        #[serde(skip_serializing_if = "Option::is_none")]
        tidegate: Option<Keep<'a>>,
    },
    FunctionCall {
        id: &'a str,
        call_id: &'a str,
        name: &'a str,
        arguments: &'a str,
        status: Status,
        #[serde(skip_serializing_if = "Option::is_none")]
        tidegate: Option<Keep<'a>>,
    },
    ImageGenerationCall {
        id: &'a str,
        status: Status,
        /// Base64.
        result: Option<String>,
        output_format: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        tidegate: Option<Keep<'a>>,
    },
}

impl Serialize for Item {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (id, status) = (self.id.as_str(), self.status);
        let tidegate = Keep::new(&self.state, &self.message);
        let view = match &self.kind {
            Kind::Reasoning(reasoning) => ItemView::Reasoning {
                id,
                summary: match reasoning.text.as_str() {
                    "" => Vec::new(),
                    text => vec![Summary::new(text)],
                },
                encrypted_content: proof::pack(reasoning, &self.state, &self.message),
                status,
            },
            Kind::Message(content) => ItemView::Message {
                id,
                status,
                role: "assistant",
                content,
                tidegate,
            },
            Kind::Call { call, .. } => ItemView::FunctionCall {
                id,
                call_id: &call.id,
                name: &call.name,
                arguments: &call.arguments,
                status,
                tidegate,
            },
            Kind::Image { bytes, format } => ItemView::ImageGenerationCall {
                id,
                status,
                result: (status != Status::InProgress).then(|| STANDARD.encode(bytes)),
                output_format: format,
                tidegate,
            },
        };
        view.serialize(serializer)
    }
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum PieceView<'a> {
    OutputText {
        text: &'a str,
        annotations: &'a [Annotation],
        logprobs: Vec<Token<'a>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        tidegate: Option<Keep<'a>>,
    },
    Refusal {
        refusal: &'a str,
        #[serde(skip_serializing_if = "Option::is_none")]
        tidegate: Option<Keep<'a>>,
    },
}

impl Serialize for Piece {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let none = State::default();
        let tidegate = Keep::new(&self.state, &none);
        let view = match self.is_refusal {
            true => PieceView::Refusal {
                refusal: &self.text,
                tidegate,
            },
            false => PieceView::OutputText {
                text: &self.text,
                annotations: &self.annotations,
                logprobs: tokens(&self.logprobs),
                tidegate,
            },
        };
        view.serialize(serializer)
    }
}
