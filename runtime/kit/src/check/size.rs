//! A conversation of a mebibyte, under the default limits.

use tidegate_host::Component;
use tidegate_host::types::{Message, Operation};

use super::area::Area;
use super::score::{Finding, Point};
use crate::fixture::{Fixture, Mismatch, Trial};
use crate::upstream::Split;

/// As long as the longest prompts that models take, with characters of several bytes and such as have
/// to be escaped in JSON.
const SIZE: usize = 1 << 20;
const SENTENCE: &str = "A \"long\" conversation — naïve, 長い, 🌙.\n";

pub(super) async fn point(name: &str, fixture: &Fixture, component: &Component) -> Option<Point> {
    let trial = Trial::new(name, fixture, component).ok()?;
    let Operation::Chat(request) = trial.operation() else {
        return None;
    };
    let mut request = request.clone();
    let text = SENTENCE.repeat(SIZE / SENTENCE.len());
    request.messages.insert(0, Message::user(text));
    let answers = trial.answers(|_| Split::Whole);
    let played = trial.stage().play(Operation::Chat(request), answers).await;
    let failed = played.outcome.error.filter(|failed| failed.fault);
    let finding = failed.map(|failed| {
        let expected = "an answer, or an error that the provider makes";
        let mismatch = Mismatch::new("outcome", expected, failed.error.message);
        Finding::of(
            Area::Limits,
            name,
            "with a mebibyte of text in front",
            mismatch,
        )
    });
    Some((Area::Limits, finding.into_iter().collect()))
}
