//! Server-sent events: which lines make which event, and the mutations of `recordings/README.md`,
//! none of which may change what a provider reads.

use proptest::prelude::*;

use super::super::Framing::ServerSentEvents;
use super::super::tests::{check, check_limited, decoded};
use super::super::{Decoder, FrameLimits};

#[test]
fn event_has_type_id_and_data() {
    check(
        ServerSentEvents,
        b"event: delta\nid: 7\ndata: a\n\ndata: b\n\n",
        &["[event=delta][id=7]a", "b"],
    );
}

#[test]
fn nothing_is_no_event() {
    check(ServerSentEvents, b"", &[]);
    check(ServerSentEvents, b"\n\r\n\r", &[]);
}

#[test]
fn one_space_after_the_colon_is_optional() {
    check(
        ServerSentEvents,
        b"data:a\n\ndata: b\n\ndata:  c\n\n",
        &["a", "b", " c"],
    );
}

#[test]
fn data_lines_join_with_newlines() {
    check(
        ServerSentEvents,
        b"data: {\ndata:\ndata: }\n\n",
        &["{\n\n}"],
    );
}

#[test]
fn data_without_value_is_an_event_with_empty_data() {
    check(
        ServerSentEvents,
        b"data\n\ndata:\n\ndata\ndata\n\n",
        &["", "", "\n"],
    );
}

#[test]
fn event_without_data_is_dropped_with_its_type_and_id() {
    check(
        ServerSentEvents,
        b"event: ping\nid: 1\n\ndata: a\n\n",
        &["a"],
    );
}

#[test]
fn last_type_counts_and_empty_type_is_none() {
    check(
        ServerSentEvents,
        b"event: a\nevent: b\ndata: x\n\n",
        &["[event=b]x"],
    );
    check(ServerSentEvents, b"event: a\nevent\ndata: x\n\n", &["x"]);
}

#[test]
fn id_with_nul_is_ignored_and_empty_id_is_kept() {
    check(
        ServerSentEvents,
        b"id: a\nid: b\0\ndata: x\n\n",
        &["[id=a]x"],
    );
    check(ServerSentEvents, b"id\ndata: x\n\n", &["[id=]x"]);
}

#[test]
fn comments_retry_and_unknown_fields_are_ignored() {
    check(
        ServerSentEvents,
        b": ping\n:\nretry: 3\nData: no\n data: no\nnonsense\ndata: a\n\n",
        &["a"],
    );
}

#[test]
fn cr_at_the_end_of_a_piece_dispatches_at_once() {
    let mut decoder = Decoder::new(ServerSentEvents, FrameLimits { frame_bytes: 64 });
    let mut frames = Vec::new();
    assert_eq!(decoder.push(b"data: a\r\n\r", &mut frames), Ok(()));
    assert_eq!(frames.len(), 1);
    assert_eq!(decoder.push(b"\ndata: b\r\n\r\n", &mut frames), Ok(()));
    assert_eq!(frames.len(), 2);
}

#[test]
fn line_ends_may_be_mixed() {
    check(
        ServerSentEvents,
        b"data: a\rdata: b\r\ndata: c\n\r\ndata: d\n\rdata: e\r\r",
        &["a\nb\nc", "d", "e"],
    );
}

#[test]
fn byte_order_mark_is_ignored_at_the_start_only() {
    check(
        ServerSentEvents,
        "\u{feff}data: a\n\n\u{feff}data: b\n\ndata: \u{feff}\n\n".as_bytes(),
        &["a", "\u{feff}"],
    );
}

#[test]
fn unterminated_last_event_counts() {
    check(
        ServerSentEvents,
        b"data: a\n\ndata: [DONE]",
        &["a", "[DONE]"],
    );
    check(
        ServerSentEvents,
        b"data: a\n\ndata: [DONE]\n",
        &["a", "[DONE]"],
    );
    check(ServerSentEvents, b"data: a\n\nevent: message_st", &["a"]);
}

#[test]
fn characters_survive_splits_and_stray_bytes_are_replaced() {
    check(
        ServerSentEvents,
        "data: gr\u{fc}n \u{1f30a}\n\n".as_bytes(),
        &["gr\u{fc}n \u{1f30a}"],
    );
    check(
        ServerSentEvents,
        b"data: a\xffb\ndata: \xf0\x9f\ndata: c\n\n",
        &["a\u{fffd}b\n\u{fffd}\nc"],
    );
}

#[test]
fn too_large_event_names_limit_and_place() {
    check_limited(
        ServerSentEvents,
        12,
        b"data: 123456\n\ndata: 12\ndata: 12345\n\n",
        &[
            "123456",
            "error: upstream sent a server-sent event of more than 12 bytes, at byte 23 of the response body",
        ],
    );
}

/// What a provider reads from a recorded stream with two events.
const RECORDED: &str = "event: delta\ndata: {\"a\": \"gr\u{fc}n\"}\n\ndata: [DONE]\n\n";

#[test]
fn mutations_of_the_recordings_change_nothing() {
    for (mutation, body) in [
        ("none", RECORDED.to_owned()),
        ("crlf", RECORDED.replace('\n', "\r\n")),
        ("cr-only", RECORDED.replace('\n', "\r")),
        ("bom", format!("\u{feff}{RECORDED}")),
        ("comments", RECORDED.replace("\n\n", "\n\n: keep-alive\n\n")),
        ("nospace", RECORDED.replace("data: ", "data:")),
        (
            "extra-fields",
            RECORDED.replace("data:", "retry: 10\nx: y\ndata:"),
        ),
        ("no-final-newline", RECORDED.trim_end().to_owned()),
    ] {
        assert_eq!(
            decoded(ServerSentEvents, 1024, body.as_bytes().chunks(1)),
            ["[event=delta]{\"a\": \"gr\u{fc}n\"}", "[DONE]"],
            "{mutation}"
        );
    }
}

#[test]
fn mutations_inside_the_json_reach_the_provider_as_json() {
    let multiline = RECORDED.replace("{\"a\": ", "{\ndata:   \"a\": ");
    check(
        ServerSentEvents,
        multiline.as_bytes(),
        &["[event=delta]{\n  \"a\": \"gr\u{fc}n\"}", "[DONE]"],
    );
    let escapes = RECORDED.replace('\u{fc}', "\\u00fc");
    check(
        ServerSentEvents,
        escapes.as_bytes(),
        &["[event=delta]{\"a\": \"gr\\u00fcn\"}", "[DONE]"],
    );
}

#[test]
fn truncated_body_keeps_the_events_before_and_at_most_a_piece_of_the_next() {
    let whole = decoded(ServerSentEvents, 1024, [RECORDED.as_bytes()]);
    for length in 0..RECORDED.len() {
        let cut = RECORDED.as_bytes().get(..length).unwrap_or_default();
        let frames = decoded(ServerSentEvents, 1024, [cut]);
        let ended = RECORDED
            .as_bytes()
            .windows(2)
            .take(length.saturating_sub(1));
        let ended = ended.filter(|pair| pair == b"\n\n").count();
        assert_eq!(frames.get(..ended), whole.get(..ended), "truncate@{length}");
        assert!(frames.len() <= ended + 1, "truncate@{length}: {frames:?}");
    }
}

proptest! {
    #[test]
    fn line_ends_are_equivalent(
        lines in prop::collection::vec("(data: ?|event: |id: |: |)[a-z\u{e9} ]{0,5}|", 0..20),
    ) {
        let with = |end: &str| {
            let body: String = lines.iter().map(|line| format!("{line}{end}")).collect();
            decoded(ServerSentEvents, 1024, [body.as_bytes()])
        };
        prop_assert_eq!(with("\r\n"), with("\n"));
        prop_assert_eq!(with("\r"), with("\n"));
    }
}
