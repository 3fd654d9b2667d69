//! A streamed answer that breaks off: an error, or nothing is lost by it.
//!
//! A provider that has seen the vendor's own end may stop listening; one that asks for the rest in
//! another way has it too. What it may not do is to hand over a part as if it were the whole.

use super::area::Area;
use super::score::{Finding, Point};
use crate::fixture::{Mismatch, Outcome, Trial};
use crate::upstream::Split;

pub(super) async fn points(name: &str, trial: &Trial, whole: &Outcome) -> Vec<Point> {
    let turns = &trial.fixture().upstream;
    let streamed = turns.iter().rposition(|turn| {
        turn.answer.is_streamed() && turn.answer.status() == 200 && !turn.answer.is_cut()
    });
    let Some(streamed) = streamed else {
        return Vec::new();
    };
    let length = turns
        .get(streamed)
        .map_or(0, |turn| turn.answer.body().unwrap_or_default().len());
    let mut findings = Vec::new();
    // In the middle, and where nothing is missing but the word that this was all.
    for (how, offset) in [
        ("cut in the middle", length / 2),
        ("cut at its end", length),
    ] {
        let mut answers = trial.answers(|_| Split::Whole);
        if let Some(answer) = answers.get_mut(streamed) {
            *answer = answer.clone().cut_after(offset);
        }
        let played = trial.stage().play(trial.operation().clone(), answers).await;
        let failed = played.outcome.error.as_ref();
        let mismatch = match failed {
            Some(failed) if failed.fault => Some(failed.error.message.clone()),
            Some(_) => None,
            None if same_answer(&played.outcome, whole) => None,
            None => Some("an answer that ends as if it were whole".into()),
        };
        findings.extend(mismatch.map(|got| {
            let mismatch = Mismatch::new("outcome", "an error, or all of the answer", got);
            Finding::of(Area::Cuts, name, how, mismatch)
        }));
    }
    vec![(Area::Cuts, findings)]
}

/// Usage and what the vendor calls the answer may come after the end of it.
fn same_answer(one: &Outcome, other: &Outcome) -> bool {
    let (one, other) = (one.view(), other.view());
    let names = [
        "text",
        "reasoning",
        "refusal",
        "tool-calls",
        "finish",
        "choices",
        "files",
    ];
    names.iter().all(|name| one.get(*name) == other.get(*name))
}
