//! A streamed continuation. Finish reasons wait for the end, as in streamed chats, and where log
//! probabilities are wanted, text waits for its own, which belong into the same chunk.

use std::collections::HashMap;

use bytes::{BufMut as _, BytesMut};
use tidegate_host::types::{Delta, Finish, StreamEvent, Usage, Warning};

use super::logprobs::Logprobs;
use crate::call::Writer;
use crate::failure::Failure;
use crate::openai::envelope::{Envelope, json};
use crate::openai::identity::Identity;
use crate::openai::warnings::Remarks;
use crate::openai::{error, finish};

/// Writes chunks.
pub struct Chunks {
    envelope: Envelope,
    /// Log probabilities come with the text they are of.
    logprobs: bool,
    /// Text whose log probabilities may come next.
    held: Option<Delta>,
    /// Where the next token of each choice begins, in characters.
    offsets: HashMap<u32, usize>,
    warnings: Vec<Warning>,
    usage: Option<Usage>,
    finishes: Vec<Finish>,
}

impl Chunks {
    pub fn new(identity: Identity, include_usage: bool, logprobs: bool) -> Self {
        Chunks {
            envelope: Envelope::new(identity, "text_completion", include_usage),
            logprobs,
            held: None,
            offsets: HashMap::new(),
            warnings: Vec::new(),
            usage: None,
            finishes: Vec::new(),
        }
    }

    fn chunk(
        &mut self,
        choice: u32,
        text: &str,
        logprobs: Option<Logprobs<'_>>,
        finished: Option<&Finish>,
        out: &mut BytesMut,
    ) {
        self.envelope.open(out);
        out.put_slice(b"{\"text\":");
        json(out, text);
        out.put_slice(b",\"index\":");
        out.put_slice(itoa::Buffer::new().format(choice).as_bytes());
        out.put_slice(b",\"logprobs\":");
        json(out, &logprobs);
        out.put_slice(b",\"finish_reason\":");
        json(out, &finished.map(|it| finish::word(it.reason)));
        if let Some(native) = finished.and_then(|it| finish::native(it.reason, it.raw.as_deref())) {
            out.put_slice(b",\"native_finish_reason\":");
            json(out, native);
        }
        out.put_slice(b"}]");
        if finished.is_some()
            && let Some(remarks) = Remarks::new(&self.warnings)
        {
            out.put_slice(b",\"tidegate\":");
            json(out, &remarks);
            self.warnings.clear();
        }
        self.envelope.close(out);
    }
}

impl Chunks {
    fn release(&mut self, out: &mut BytesMut) {
        if let Some(held) = self.held.take() {
            self.chunk(held.choice, &held.text, None, None, out);
        }
    }
}

impl Writer for Chunks {
    fn event(&mut self, event: StreamEvent, out: &mut BytesMut) {
        if let StreamEvent::Logprobs(logprobs) = event {
            let held = self.held.take_if(|held| held.choice == logprobs.choice);
            self.release(out);
            let text = held.as_ref().map_or("", |held| held.text.as_str());
            let mut offset = self.offsets.get(&logprobs.choice).copied();
            let columns = Logprobs::new(&logprobs.tokens, offset.get_or_insert_default());
            self.chunk(logprobs.choice, text, columns, None, out);
            self.offsets
                .extend(offset.map(|offset| (logprobs.choice, offset)));
            return;
        }
        self.release(out);
        match event {
            StreamEvent::TextDelta(delta) => match self.logprobs {
                true => self.held = Some(delta),
                false => self.chunk(delta.choice, &delta.text, None, None, out),
            },
            StreamEvent::Answer(answer) => self.envelope.learn(answer),
            StreamEvent::Warning(warning) => self.warnings.push(warning),
            StreamEvent::Usage(usage) => self.usage = Some(usage),
            StreamEvent::Finish(finish) => self.finishes.push(finish),
            // A continuation is a text and nothing else.
            _ => {}
        }
    }

    fn end(&mut self, out: &mut BytesMut) {
        self.release(out);
        for finished in std::mem::take(&mut self.finishes) {
            self.chunk(finished.choice, "", None, Some(&finished), out);
        }
        self.envelope.end(self.usage.as_ref(), out);
    }

    fn failure(&mut self, failure: &Failure, out: &mut BytesMut) {
        self.release(out);
        out.put_slice(b"data: ");
        out.put_slice(&error::body(failure));
        out.put_slice(b"\n\n");
    }
}
