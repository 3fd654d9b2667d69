//! A caller that goes away: the upstream hears of it, and the next call is as good as the first.

use std::time::Duration;

use futures::StreamExt as _;

use super::area::Area;
use super::score::{Finding, Point};
use crate::fixture::{Instances, Mismatch, Outcome, Trial};
use crate::upstream::{Answer, Split, Valve};

/// How long to wait for a first event that does not come: a provider may hand over all of an answer
/// at its end.
const FIRST_EVENT: Duration = Duration::from_millis(250);

pub(super) async fn points(name: &str, trial: &Trial, whole: &Outcome) -> Vec<Point> {
    let turns = &trial.fixture().upstream;
    let Some(last) = turns.len().checked_sub(1) else {
        return Vec::new();
    };
    let silent = Valve::shut();
    let mut points = vec![(
        Area::Cancel,
        leave(
            name,
            trial,
            last,
            "gone before the answer",
            Duration::ZERO,
            |answer| answer.hold_before_head(&silent),
        )
        .await,
    )];
    if let Some(turn) = turns.get(last).filter(|turn| turn.answer.is_streamed()) {
        // Most of it, so that there is an event; not its end, which ends the call.
        let most = turn.answer.body().unwrap_or_default().len() / 4 * 3;
        let how = "gone in the middle of the answer";
        let findings = leave(name, trial, last, how, FIRST_EVENT, |answer| {
            answer.hold_after(most, &silent)
        });
        points.push((Area::Cancel, findings.await));
    }
    let after = trial.once(Instances::Reused).await;
    let difference = after.outcome.difference(whole);
    let finding = |mismatch| Finding::of(Area::Cancel, name, "called again after that", mismatch);
    points.push((Area::Cancel, difference.map(finding).into_iter().collect()));
    points
}

/// Goes away while the last answer is held: at its first event, or after so long without one.
async fn leave(
    name: &str,
    trial: &Trial,
    last: usize,
    how: &str,
    patience: Duration,
    hold: impl Fn(Answer) -> Answer,
) -> Vec<Finding> {
    let mut answers = trial.answers(|_| Split::Whole);
    if let Some(answer) = answers.get_mut(last) {
        *answer = hold(answer.clone());
    }
    let upstream = trial.stage().upstream();
    let (requests, abandoned) = (upstream.requests().len(), upstream.abandoned());
    let operation = trial.operation().clone();
    let failed = |expected: &str, got: String| {
        vec![Finding::of(
            Area::Cancel,
            name,
            how,
            Mismatch::new("the call", expected, got),
        )]
    };
    let outputs = trial
        .stage()
        .begin(Instances::Reused, operation, answers)
        .await;
    let mut outputs = match outputs {
        Ok(outputs) => outputs,
        Err(error) => return failed("one that begins", error.to_string()),
    };
    // Nothing of it moves unless somebody waits for its outputs.
    let asked = upstream.wait_for_requests(requests + last + 1).outcome();
    let asked = async {
        let asked = asked.await;
        tokio::time::sleep(patience).await;
        asked
    };
    let mut asked = std::pin::pin!(asked);
    let mut outcome = Ok(());
    loop {
        tokio::select! {
            asked = &mut asked => {
                outcome = asked;
                break;
            }
            output = outputs.next() => match output {
                Some(Ok(_)) if upstream.requests().len() > requests + last => break,
                Some(Ok(_)) => {}
                Some(Err(error)) => return failed("one that waits for its upstream", error.to_string()),
                // It has heard enough, and listens no more.
                None => break,
            },
        }
    }
    drop(outputs);
    if let Err(seen) = outcome {
        return failed("a request to the upstream", seen);
    }
    match upstream.wait_for_abandoned(abandoned + 1).outcome().await {
        Ok(()) => Vec::new(),
        Err(seen) => failed("a connection that is closed", seen),
    }
}
