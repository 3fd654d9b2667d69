//! Takes more of something than a limit allows.

use std::hint::black_box;

use tidegate_guest::types::*;

use crate::{Turn, event, finish, get, text_delta};

pub(crate) fn turn(turn: &Turn) -> Option<Vec<Action>> {
    Some(match (turn.model, turn.before) {
        ("panic", _) => panic!("it had to come to this"),
        ("panic-in-step", 0) => vec![text_delta("so far, so good"), Action::Wait(0)],
        ("panic-in-step", _) => panic!("it had to come to this"),
        ("overrun", _) => overrun(),
        ("spin-in-start", _) => spin(),
        ("spin-in-step", 0) => vec![text_delta("so far, so good"), Action::Wait(0)],
        ("spin-in-step", _) => spin(),
        // A little at a time: no turn is long, all of them together are.
        ("spin-in-pieces", _) => {
            work();
            vec![Action::Again]
        }
        ("hoard", _) => hoard(),
        ("hoard-in-vain", _) => hoard_in_vain(),
        ("recurse", depth) => vec![Action::Wait(recurse(depth))],
        ("sleep", _) => vec![Action::Wait(u32::MAX)],
        ("beg", _) => vec![get(turn.text)],
        ("again", _) => vec![Action::Again],
        ("chatter", _) => vec![text_delta("and another thing"), Action::Again],
        ("chatter-at-once", _) => {
            let mut actions = vec![text_delta("la"); number(turn.text)];
            actions.extend([finish(), Action::Done]);
            actions
        }
        ("handover", _) => vec![
            text_delta(&"x".repeat(number(turn.text))),
            finish(),
            Action::Done,
        ],
        // Each turn hands over as much as the last, and all of them more than one may.
        ("handover-in-pieces", 0..8) => {
            vec![text_delta(&"x".repeat(number(turn.text))), Action::Again]
        }
        ("log", _) => {
            let mut actions = vec![log("a line of thirty-two bytes, yes!"); number(turn.text)];
            actions.extend([finish(), Action::Done]);
            actions
        }
        ("log-nothing", _) => {
            let mut actions = vec![log(""); number(turn.text)];
            actions.extend([finish(), Action::Done]);
            actions
        }
        // In fields that are easily forgotten when memory is counted.
        ("hide", _) => vec![hidden(turn.text), Action::Again],
        ("log-text", _) => vec![log(turn.text), finish(), Action::Done],
        _ => return None,
    })
}

/// A quarter of a mebibyte in a field of an event.
fn hidden(place: &str) -> Action {
    let text = "x".repeat(1 << 18);
    event(match place {
        "subject" => StreamEvent::Warning(Warning {
            subject: Some(text),
            message: String::new(),
        }),
        "title" => StreamEvent::Source(Source {
            title: Some(text),
            ..Source::default()
        }),
        "media-type" => StreamEvent::File(GeneratedFile {
            choice: 0,
            part: 0,
            media: Media {
                source: MediaSource::Url(String::new()),
                media_type: Some(text),
                name: None,
                detail: None,
            },
        }),
        "name" => StreamEvent::Other(NamedJson {
            name: text,
            json: String::new(),
        }),
        _ => StreamEvent::Logprobs(Logprobs {
            choice: 0,
            tokens: vec![TokenLogprob {
                token: Candidate {
                    token: text,
                    logprob: 0.0,
                    bytes: None,
                },
                top: vec![],
            }],
            refusal: false,
        }),
    })
}

fn number(text: &str) -> usize {
    text.parse().unwrap_or(1)
}

fn log(message: &str) -> Action {
    Action::Log(LogRecord {
        level: LogLevel::Warn,
        message: message.into(),
    })
}

fn spin() -> ! {
    let mut counter: u64 = 0;
    loop {
        counter = black_box(counter.wrapping_add(1));
    }
}

/// About a millisecond.
fn work() {
    for counter in 0..1_000_000 {
        black_box(counter);
    }
}

/// Takes memory until its allocator gives up, which is a trap.
fn hoard() -> ! {
    let mut hoard: Vec<Vec<u8>> = Vec::new();
    loop {
        hoard.push(black_box(vec![0xff; 1 << 20]));
    }
}

/// Asks for more than there is, is refused, and behaves from then on.
fn hoard_in_vain() -> Vec<Action> {
    let mut hoard: Vec<u8> = Vec::new();
    let refused = hoard.try_reserve(1 << 30).is_err();
    black_box(&mut hoard);
    let text = if refused { "refused" } else { "got it" };
    vec![text_delta(text), finish(), Action::Done]
}

/// Deeper than the stack that Rust keeps in linear memory.
#[expect(unconditional_recursion, reason = "it has to overflow")]
fn recurse(depth: u32) -> u32 {
    let frame = black_box([depth; 64]);
    recurse(depth.wrapping_add(1)).wrapping_add(frame[0])
}

/// Writes outside its memory.
#[expect(unsafe_code, reason = "it has to trap")]
fn overrun() -> ! {
    let nowhere = black_box(usize::MAX & !0xf) as *mut u8;
    unsafe { nowhere.write_volatile(1) };
    unreachable!("there is no memory at the end of the address space")
}
