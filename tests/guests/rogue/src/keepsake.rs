//! Keeps things in its memory from one exchange to the next.

use std::cell::{Cell, RefCell};
use std::hint::black_box;

use tidegate_guest::types::*;

use crate::{Turn, finish, text_delta};

thread_local! {
    static EXCHANGES: Cell<u32> = const { Cell::new(0) };
    static HEARD: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    static LEAKED: RefCell<Vec<Vec<u8>>> = const { RefCell::new(Vec::new()) };
}

/// An exchange begins.
pub(crate) fn begin() {
    EXCHANGES.set(EXCHANGES.get() + 1);
}

pub(crate) fn turn(turn: &Turn) -> Option<Vec<Action>> {
    Some(match (turn.model, turn.before) {
        // How many exchanges this instance has seen.
        ("count", _) => said(&EXCHANGES.get().to_string()),
        ("count-after-a-turn", 0) => vec![Action::Wait(0)],
        ("count-after-a-turn", _) => said(&EXCHANGES.get().to_string()),
        // What it was told before.
        ("gossip", _) => HEARD.with_borrow_mut(|heard| {
            let before = heard.join(" ");
            heard.push(turn.text.into());
            said(&before)
        }),
        // So many bytes that it does not give back.
        ("leak", _) => {
            let bytes = turn.text.parse().unwrap_or(0);
            LEAKED.with_borrow_mut(|leaked| leaked.push(black_box(vec![0xff; bytes])));
            said(&EXCHANGES.get().to_string())
        }
        // So many bytes that it does give back.
        ("use", _) => {
            let bytes = turn.text.parse().unwrap_or(0);
            drop(black_box(vec![0xff_u8; bytes]));
            said(&EXCHANGES.get().to_string())
        }
        // A good deal of work.
        ("toil", _) => {
            for round in 0..5_000_000 {
                black_box(round);
            }
            said(&EXCHANGES.get().to_string())
        }
        _ => return None,
    })
}

fn said(text: &str) -> Vec<Action> {
    vec![text_delta(text), finish(), Action::Done]
}
