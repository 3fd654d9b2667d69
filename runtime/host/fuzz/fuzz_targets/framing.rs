//! Whether a body, however it is split, gives the same frames, and no bytes panic.
//!
//! | input byte | meaning |
//! |---|---|
//! | first | framing; with 3 the body is wrapped in a message whose lengths and checksums are right |
//! | second | length of the pieces, from 1 |
//! | others | body |
//!
//! Run from `runtime/host`: `cargo +nightly fuzz run framing`.

#![no_main]

use libfuzzer_sys::fuzz_target;

use framing::{Decoder, FrameLimits, Framing, FramingError};
use types::Frame;

// The module itself rather than `tidegate-host`: that crate includes wasmtime, which takes minutes
// to build with a sanitizer and is fuzzed by its own project. What the module needs of the crate
// around it are the frame types, and `types` below stands in for them.
#[path = "../../src/framing/mod.rs"]
mod framing;

// The test encoder, for bodies that get past the checksums, which no mutation does by luck.
#[allow(
    dead_code,
    reason = "headers come from the fuzzer, not from the encoder"
)]
#[path = "../../src/framing/event_stream/encoder.rs"]
mod encoder;

/// The frame types of the generated bindings.
mod types {
    #[derive(Debug, PartialEq)]
    pub enum Frame {
        Line(String),
        Event(ServerSentEvent),
        Message(EventStreamMessage),
    }

    #[derive(Debug, PartialEq)]
    pub struct ServerSentEvent {
        pub event: Option<String>,
        pub data: String,
        pub id: Option<String>,
    }

    #[derive(Debug, PartialEq)]
    pub struct EventStreamMessage {
        pub headers: Vec<Header>,
        pub payload: Content,
    }

    #[derive(Debug, PartialEq)]
    pub struct Header {
        pub name: String,
        pub value: String,
    }

    #[derive(Debug, PartialEq)]
    pub enum Content {
        Text(String),
        Bytes(Vec<u8>),
    }
}

/// Small, so that the fuzzer finds the limit too.
const LIMITS: FrameLimits = FrameLimits { frame_bytes: 512 };

fuzz_target!(|input: &[u8]| {
    let [selected, length, body @ ..] = input else {
        return;
    };
    let (framing, body) = match selected % 4 {
        0 => (Framing::Lines, body.to_vec()),
        1 => (Framing::ServerSentEvents, body.to_vec()),
        2 => (Framing::AwsEventStream, body.to_vec()),
        _ => (Framing::AwsEventStream, sealed(body)),
    };
    let whole = decode(framing, [&body[..]]);
    let split = decode(framing, body.chunks(usize::from(*length).max(1)));
    assert_eq!(whole, split);
});

/// Two messages of which the first byte says where headers end and payload begins.
fn sealed(body: &[u8]) -> Vec<u8> {
    let Some((&headers, data)) = body.split_first() else {
        return encoder::message(&[], &[]);
    };
    let (headers, payload) = data.split_at(usize::from(headers).min(data.len()));
    [
        encoder::message(headers, payload),
        encoder::message(&[], data),
    ]
    .concat()
}

fn decode<'a>(
    framing: Framing,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Frame>, Result<(), FramingError>) {
    let mut decoder = Decoder::new(framing, LIMITS);
    let mut frames = Vec::new();
    let pushed = pieces
        .into_iter()
        .try_for_each(|piece| decoder.push(piece, &mut frames));
    // The hint has a match of its own, so it is asked for as well.
    let result = pushed
        .and_then(|()| decoder.finish(&mut frames))
        .inspect_err(|error| assert!(!error.hint().is_empty()));
    (frames, result)
}
