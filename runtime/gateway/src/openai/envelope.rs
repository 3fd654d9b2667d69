//! What all chunks of a stream have in common: written once, copied into each.

use bytes::{BufMut as _, BytesMut};
use serde::Serialize;
use tidegate_host::types::{self, AnswerInfo};

use super::identity::Identity;
use super::usage::Usage;

/// The members around the choices of a chunk.
pub struct Envelope {
    identity: Identity,
    object: &'static str,
    /// Whether a last chunk with the number of tokens is wanted.
    include_usage: bool,
    /// What every chunk begins with; made when the first is written.
    prefix: Vec<u8>,
}

impl Envelope {
    /// For chunks that call themselves `object`.
    pub fn new(identity: Identity, object: &'static str, include_usage: bool) -> Self {
        Envelope {
            identity,
            object,
            include_usage,
            prefix: Vec::new(),
        }
    }

    /// Takes over what the upstream says. Once a chunk has gone out, the answer keeps its name.
    pub fn learn(&mut self, answer: AnswerInfo) {
        if self.prefix.is_empty() {
            self.identity.learn(answer);
        }
    }

    /// Appends what stands before the choices.
    pub fn open(&mut self, out: &mut BytesMut) {
        if self.prefix.is_empty() {
            #[derive(Serialize)]
            struct Head<'a> {
                id: &'a str,
                object: &'static str,
                created: u64,
                model: &'a str,
            }
            let head = Head {
                id: &self.identity.id,
                object: self.object,
                created: self.identity.created,
                model: &self.identity.model,
            };
            self.prefix.extend_from_slice(b"data: ");
            // Strings and numbers always have a JSON form, and memory takes it.
            let _ = serde_json::to_writer(&mut self.prefix, &head);
            self.prefix.pop();
            self.prefix.extend_from_slice(b",\"choices\":[");
        }
        out.put_slice(&self.prefix);
    }

    /// Appends what stands after the choices, and after what else was put beside them. Where usage
    /// was asked for, every chunk but the last says that it has none.
    pub fn close(&self, out: &mut BytesMut) {
        out.put_slice(match self.include_usage {
            true => b",\"usage\":null}\n\n",
            false => b"}\n\n",
        });
    }

    /// Appends the end of a whole answer.
    pub fn end(&mut self, usage: Option<&types::Usage>, out: &mut BytesMut) {
        if self.include_usage {
            self.open(out);
            out.put_slice(b"],\"usage\":");
            json(out, &usage.map(Usage::from));
            out.put_slice(b"}\n\n");
        }
        out.put_slice(b"data: [DONE]\n\n");
    }
}

/// Appends a value as JSON.
pub fn json<T: Serialize + ?Sized>(out: &mut BytesMut, value: &T) {
    // All that is written here has a JSON form, and memory takes it.
    let _ = serde_json::to_writer(out.writer(), value);
}
