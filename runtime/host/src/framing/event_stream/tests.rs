//! What comes out of an event stream, and which of its defects is named.

use proptest::prelude::*;

use super::super::Framing::AwsEventStream;
use super::super::tests::{check, check_limited, decoded};
use super::encoder::{Value, header, message, prelude};

/// A message with one header, with the checksums as zlib computes them.
const KNOWN: &[u8] = b"\x00\x00\x00\x3d\x00\x00\x00\x20\x07\xfd\x83\x96\
    \x0ccontent-type\x07\x00\x10application/json{'foo':'bar'}\x8d\x9c\x08\xb1";

/// The smallest message there is.
const EMPTY: &[u8] = b"\x00\x00\x00\x10\x00\x00\x00\x00\x05\xc2\x48\xeb\x7d\x98\xc8\xff";

#[test]
fn known_messages_decode() {
    let body = [KNOWN, EMPTY, KNOWN].concat();
    let known = "[content-type=application/json]{'foo':'bar'}";
    check(AwsEventStream, &body, &[known, "", known]);
    check(AwsEventStream, b"", &[]);
}

#[test]
fn every_header_type_becomes_text() {
    let mut id = [0; 16];
    id.copy_from_slice(b"\x01\x23\x45\x67\x89\xab\xcd\xef\x01\x23\x45\x67\x89\xab\xcd\xef");
    for (value, text) in [
        (Value::Bool(true), "true"),
        (Value::Bool(false), "false"),
        (Value::Byte(-7), "-7"),
        (Value::Short(i16::MIN), "-32768"),
        (Value::Integer(i32::MAX), "2147483647"),
        (Value::Long(i64::MIN), "-9223372036854775808"),
        (Value::ByteArray(vec![0, 255]), "00ff"),
        (Value::ByteArray(vec![]), ""),
        (Value::Text("gr\u{fc}n".to_owned()), "gr\u{fc}n"),
        (Value::Timestamp(1_700_000_000_123), "1700000000123"),
        (Value::Uuid(id), "01234567-89ab-cdef-0123-456789abcdef"),
    ] {
        let body = message(&header("a", &value), b"");
        check(AwsEventStream, &body, &[&format!("[a={text}]")]);
    }
}

#[test]
fn payload_that_is_not_utf8_stays_bytes() {
    check(AwsEventStream, &message(&[], b"\xff\x00"), &["[ff, 00]"]);
}

#[test]
fn repeated_header_is_handed_on_twice() {
    let headers = [header("a", &Value::Byte(1)), header("a", &Value::Byte(2))].concat();
    check(AwsEventStream, &message(&headers, b""), &["[a=1][a=2]"]);
}

/// The known message, then `body`; the error must name the place of the second.
#[track_caller]
fn check_malformed(body: &[u8], defect: &str) {
    let sentence = format!(
        "error: upstream sent a malformed event stream message at byte 61 of the response body: {defect}"
    );
    check(
        AwsEventStream,
        &[KNOWN, body].concat(),
        &["[content-type=application/json]{'foo':'bar'}", &sentence],
    );
}

#[test]
fn text_instead_of_messages_fails_on_the_first_checksum() {
    check_malformed(
        b"{\"message\":\"bad gateway\"}",
        "prelude checksum is `65223a22`, should be `a98fe9c5`",
    );
}

#[test]
fn damaged_message_fails_on_the_second_checksum() {
    let damaged = [&KNOWN[..KNOWN.len() - 1], b"\xb0"].concat();
    check_malformed(
        &damaged,
        "message checksum is `8d9c08b0`, should be `8d9c08b1`",
    );
}

#[test]
fn impossible_lengths_fail_before_anything_is_collected() {
    check_malformed(
        &prelude(15, 0),
        "0 bytes of headers do not fit a message of 15 bytes",
    );
    check_malformed(
        &prelude(20, 5),
        "5 bytes of headers do not fit a message of 20 bytes",
    );
    check_malformed(
        &prelude(u32::MAX, u32::MAX),
        "4294967295 bytes of headers do not fit a message of 4294967295 bytes",
    );
    check_malformed(
        &prelude(200_000, 131_073),
        "131073 bytes of headers are more than 128 KiB",
    );
    check_malformed(
        &prelude(25_165_841, 0),
        "25165825 bytes of payload are more than 24 MiB",
    );
}

#[test]
fn malformed_headers_are_named() {
    for (headers, defect) in [
        (&b"\x05ab"[..], "the last header is cut off"),
        (b"\x01a", "the last header is cut off"),
        (b"\x01a\x07\x00\x09text", "the last header is cut off"),
        (b"\x01a\x05\x00\x00", "the last header is cut off"),
        (b"\x01a\x09\x00\x00", "the last header is cut off"),
        (b"\x00\x00", "a header name is empty or not UTF-8"),
        (b"\x01\xff\x00", "a header name is empty or not UTF-8"),
        (
            b"\x01a\x07\x00\x01\xff",
            "a header value of type string is not UTF-8",
        ),
        (b"\x01a\x0a", "header value type 10 does not exist"),
    ] {
        check_malformed(&message(headers, b"payload"), defect);
    }
}

#[test]
fn cut_body_is_an_error_that_says_how_far_it_got() {
    for length in 1..KNOWN.len() {
        let body = [EMPTY, &KNOWN[..length]].concat();
        let sentence = format!(
            "error: response body ended inside the event stream message at byte 16, after {length} bytes of it"
        );
        assert_eq!(decoded(AwsEventStream, 1024, [&body[..]]), ["", &sentence]);
        assert_eq!(
            decoded(AwsEventStream, 1024, body.chunks(7)),
            ["", &sentence]
        );
    }
}

#[test]
fn message_over_our_limit_is_refused_on_its_prelude() {
    check_limited(AwsEventStream, 16, EMPTY, &[""]);
    check_limited(
        AwsEventStream,
        16,
        &[EMPTY, &KNOWN[..12]].concat(),
        &[
            "",
            "error: upstream sent an event stream message of more than 16 bytes, at byte 16 of the response body",
        ],
    );
}

fn value() -> impl Strategy<Value = Value> {
    prop_oneof![
        any::<bool>().prop_map(Value::Bool),
        any::<i8>().prop_map(Value::Byte),
        any::<i16>().prop_map(Value::Short),
        any::<i32>().prop_map(Value::Integer),
        any::<i64>().prop_map(Value::Long),
        prop::collection::vec(any::<u8>(), 0..40).prop_map(Value::ByteArray),
        ".{0,40}".prop_map(Value::Text),
        any::<i64>().prop_map(Value::Timestamp),
        any::<[u8; 16]>().prop_map(Value::Uuid),
    ]
}

/// A value as the table in `headers.rs` has it, by other means than the decoder's.
fn as_text(value: &Value) -> String {
    match value {
        Value::Bool(value) => value.to_string(),
        Value::Byte(number) => number.to_string(),
        Value::Short(number) => number.to_string(),
        Value::Integer(number) => number.to_string(),
        Value::Long(number) | Value::Timestamp(number) => number.to_string(),
        Value::ByteArray(bytes) => bytes.iter().map(|byte| format!("{byte:02x}")).collect(),
        Value::Text(text) => text.clone(),
        Value::Uuid(bytes) => {
            let digits = format!("{:032x}", u128::from_be_bytes(*bytes));
            let group = |from, to| digits.get(from..to).unwrap_or_default();
            [
                group(0, 8),
                group(8, 12),
                group(12, 16),
                group(16, 20),
                group(20, 32),
            ]
            .join("-")
        }
    }
}

proptest! {
    #[test]
    fn encoded_messages_decode_to_what_they_were(
        messages in prop::collection::vec(
            (prop::collection::vec(("[a-z:-]{1,20}", value()), 0..5), ".{0,60}"),
            0..5,
        ),
        piece in 1..40_usize,
    ) {
        let mut body = Vec::new();
        let mut expected = Vec::new();
        for (headers, payload) in &messages {
            let encoded: Vec<u8> =
                headers.iter().flat_map(|(name, value)| header(name, value)).collect();
            body.extend(message(&encoded, payload.as_bytes()));
            let shown: String = headers
                .iter()
                .map(|(name, value)| format!("[{name}={}]", as_text(value)))
                .collect();
            expected.push(shown + payload);
        }
        prop_assert_eq!(decoded(AwsEventStream, 64 * 1024, body.chunks(piece)), expected);
    }

    #[test]
    fn any_flipped_bit_is_noticed(payload in ".{0,40}", place in any::<prop::sample::Index>(), bit in 0..8_u32) {
        let mut body = message(&header("a", &Value::Byte(1)), payload.as_bytes());
        let place = place.index(body.len());
        body[place] ^= 1_u8 << bit;
        let frames = decoded(AwsEventStream, 1024, [&body[..]]);
        prop_assert!(frames.len() == 1 && frames[0].starts_with("error: "), "{:?}", frames);
    }
}
