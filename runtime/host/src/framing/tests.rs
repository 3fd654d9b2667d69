//! What holds for every framing: the split of a body changes nothing, no bytes panic, and memory
//! stays within the limit. Also the helpers with which the framings' own tests state their cases.

use proptest::prelude::*;

use super::event_stream::encoder;
use super::{Decoder, FrameLimits, Framing, State};
use crate::types::{Content, Frame};

const ROOMY: usize = 64 * 1024;

/// Decodes a body that arrives in these pieces. Each frame is one string, as `show` writes it; an
/// error is the last one, and its sentence.
pub(super) fn decoded<'a>(
    framing: Framing,
    frame_bytes: usize,
    pieces: impl IntoIterator<Item = &'a [u8]>,
) -> Vec<String> {
    let mut decoder = Decoder::new(framing, FrameLimits { frame_bytes });
    let mut frames = Vec::new();
    let mut result = Ok(());
    for piece in pieces {
        result = result.and_then(|()| decoder.push(piece, &mut frames));
        let held = capacity(&decoder);
        // Twice for the doubling of buffers, and their smallest allocations.
        assert!(held <= 2 * frame_bytes + 64, "holds {held} bytes");
    }
    result = result.and_then(|()| decoder.finish(&mut frames));
    let mut shown: Vec<String> = frames.iter().map(show).collect();
    if let Err(error) = result {
        shown.push(format!("error: {error}"));
        assert_eq!(decoder.push(b"data: a\n\n", &mut frames), Err(error));
        assert_eq!(decoder.finish(&mut frames), Err(error));
        assert_eq!(frames.len() + 1, shown.len(), "a frame after the error");
    }
    shown
}

/// Decodes the body whole, byte by byte, and in two pieces for every place of the border.
#[track_caller]
pub(super) fn check_limited(framing: Framing, frame_bytes: usize, body: &[u8], expected: &[&str]) {
    assert_eq!(decoded(framing, frame_bytes, [body]), expected, "whole");
    assert_eq!(
        decoded(framing, frame_bytes, body.chunks(1)),
        expected,
        "byte by byte"
    );
    for place in 0..body.len() {
        let (before, after) = body.split_at(place);
        assert_eq!(
            decoded(framing, frame_bytes, [before, &[], after]),
            expected,
            "split at {place}"
        );
    }
}

#[track_caller]
pub(super) fn check(framing: Framing, body: &[u8], expected: &[&str]) {
    check_limited(framing, ROOMY, body, expected);
}

/// A line is itself; an event and a message have their attributes in brackets before the content.
fn show(frame: &Frame) -> String {
    match frame {
        Frame::Line(line) => line.clone(),
        Frame::Event(event) => {
            let bracket = |name, value: &Option<String>| match value {
                Some(value) => format!("[{name}={value}]"),
                None => String::new(),
            };
            bracket("event", &event.event) + &bracket("id", &event.id) + &event.data
        }
        Frame::Message(message) => {
            let headers: String = message
                .headers
                .iter()
                .map(|header| format!("[{}={}]", header.name, header.value))
                .collect();
            match &message.payload {
                Content::Text(text) => headers + text,
                Content::Bytes(bytes) => format!("{headers}{bytes:02x?}"),
            }
        }
    }
}

fn capacity(decoder: &Decoder) -> usize {
    match &decoder.0 {
        State::Lines(lines) => lines.capacity(),
        State::ServerSentEvents(events) => events.capacity(),
        State::AwsEventStream(messages) => messages.capacity(),
        State::Failed(_) => 0,
    }
}

/// Pieces of `body`, as long as `lengths` say, round and round.
fn split<'a>(mut body: &'a [u8], lengths: &[usize]) -> Vec<&'a [u8]> {
    let mut pieces = Vec::new();
    let mut lengths = lengths.iter().cycle();
    while let Some(length) = lengths.next().filter(|_| !body.is_empty()) {
        let (piece, rest) = body.split_at(*length.min(&body.len()));
        pieces.push(piece);
        body = rest;
    }
    pieces
}

/// Bodies made of what decoders stumble over, with arbitrary bytes between.
fn body() -> impl Strategy<Value = Vec<u8>> {
    let token = prop::sample::select(vec![
        &b"data:"[..],
        b"data: x",
        b"data",
        b"event: delta",
        b"id: 7",
        b"id: \0",
        b": ping",
        b"retry: 5",
        b"{\"a\":1}",
        b" ",
        b"\n",
        b"\n\n",
        b"\r",
        b"\r\n",
        b"\r\n\r\n",
        b"\xEF\xBB\xBF",
        b"\xEF\xBB",
        "\u{1f30a}".as_bytes(),
        b"\xF0\x9F",
        b"\0",
    ])
    .prop_map(<[u8]>::to_vec);
    let bytes = || prop::collection::vec(any::<u8>(), 0..12);
    let message = (bytes(), bytes()).prop_map(|(headers, payload)| {
        let header = encoder::header("a", &encoder::Value::ByteArray(headers));
        encoder::message(&header, &payload)
    });
    let nonsense =
        (bytes(), bytes()).prop_map(|(headers, payload)| encoder::message(&headers, &payload));
    // Messages among themselves too: anything else between them is the last that is decoded.
    let mixed = prop_oneof![8 => token, 1 => bytes(), 4 => message.clone(), 1 => nonsense];
    let pieces = prop_oneof![
        2 => prop::collection::vec(mixed, 0..24),
        1 => prop::collection::vec(message, 0..6),
    ];
    pieces.prop_map(|pieces| pieces.concat())
}

fn framing() -> impl Strategy<Value = Framing> {
    prop::sample::select(vec![
        Framing::Lines,
        Framing::ServerSentEvents,
        Framing::AwsEventStream,
    ])
}

fn limit() -> impl Strategy<Value = usize> {
    prop_oneof![0..80_usize, Just(ROOMY)]
}

fn lengths() -> impl Strategy<Value = Vec<usize>> {
    prop::collection::vec(1..9_usize, 1..6)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_split_gives_the_same_frames(
        framing in framing(), limit in limit(), body in body(), lengths in lengths(),
    ) {
        let whole = decoded(framing, limit, [&body[..]]);
        prop_assert_eq!(decoded(framing, limit, split(&body, &lengths)), whole);
    }

    #[test]
    fn arbitrary_bytes_never_panic(
        framing in framing(), limit in limit(),
        body in prop::collection::vec(any::<u8>(), 0..512), lengths in lengths(),
    ) {
        let whole = decoded(framing, limit, [&body[..]]);
        prop_assert_eq!(decoded(framing, limit, split(&body, &lengths)), whole);
    }
}

/// Bodies without an end, each of which would fill the memory of a decoder that only collects.
#[test]
fn endless_frames_are_refused_at_the_limit() {
    let announced = encoder::prelude(16 * 1024 * 1024, 0);
    for (framing, start, more) in [
        (Framing::Lines, &b""[..], &b"x"[..]),
        (Framing::ServerSentEvents, b"", b"x"),
        (Framing::ServerSentEvents, b"", b"data\n"),
        (Framing::ServerSentEvents, b"", b"data: x\r"),
        (Framing::AwsEventStream, &announced, b"x"),
    ] {
        let pieces = std::iter::once(start).chain(std::iter::repeat_n(more, 2_000));
        let frames = decoded(framing, 1_000, pieces);
        assert!(
            frames.len() == 1 && frames[0].contains("of more than 1000 bytes"),
            "{framing:?}: {frames:?}"
        );
    }
}

#[test]
fn keep_alive_comments_never_add_up() {
    let pings = std::iter::repeat_n(&b": ping\n"[..], 2_000);
    let frames = decoded(
        Framing::ServerSentEvents,
        32,
        pings.chain([&b"data: a\n\n"[..]]),
    );
    assert_eq!(frames, ["a"]);
}

#[test]
fn errors_come_with_a_hint() {
    let mut decoder = Decoder::new(Framing::AwsEventStream, FrameLimits { frame_bytes: ROOMY });
    let error = decoder
        .push(b"{\"message\":\"bad gateway\"}", &mut Vec::new())
        .expect_err("JSON is not an event stream");
    assert_eq!(
        error.hint(),
        "check that the upstream answers with `application/vnd.amazon.eventstream`"
    );
}
