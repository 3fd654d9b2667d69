//! One fixture, with everything that is tried on it.

use tidegate_host::Component;
use tidegate_host::types::Operation;

use super::area::Area;
use super::score::{Finding, Point};
use super::{cancel, cuts, extra, state};
use crate::fixture::{Fixture, Instances, Mismatch, Outcome, Played, Run, Trial, Way};

/// What came of a fixture.
pub(super) struct Study {
    pub(super) name: String,
    pub(super) fixture: Fixture,
    pub(super) operation: Option<Operation>,
    /// What came of it with its answers sent whole.
    pub(super) outcome: Outcome,
    pub(super) points: Vec<Point>,
    pub(super) runs: usize,
    /// The most memory that a run took, in bytes, and the most CPU time.
    pub(super) peak: tidegate_host::Cost,
}

impl Study {
    /// Tries everything on a fixture.
    pub(super) async fn of(name: String, fixture: Fixture, component: Component) -> Study {
        match Trial::new(&name, &fixture, &component) {
            Ok(trial) => Study::of_trial(name, trial).await,
            Err(problem) => Study::unusable(name, fixture, problem),
        }
    }

    /// A fixture that could not be run at all.
    pub(super) fn unusable(name: String, fixture: Fixture, problem: String) -> Study {
        let mismatch = Mismatch::new(
            "the fixture",
            "one that this provider can be run with",
            problem,
        );
        let finding = Finding::of(Area::Answers, &name, "before it was run", mismatch);
        Study {
            name,
            fixture,
            operation: None,
            outcome: Outcome::default(),
            points: vec![(Area::Answers, vec![finding])],
            runs: 0,
            peak: tidegate_host::Cost::default(),
        }
    }

    async fn of_trial(name: String, trial: Trial) -> Study {
        let runs = trial.runs().await;
        let again = trial.once(Instances::Fresh).await;
        let mut points = of_runs(&name, trial.fixture(), &runs);
        let outcome = match runs.first() {
            Some(whole) => {
                points.push((Area::Determinism, determinism(&name, &whole.played, &again)));
                whole.played.outcome.clone()
            }
            None => Outcome::default(),
        };
        // What is tried on answers that end well says nothing where they do not.
        if outcome.error.is_none() && !trial.fixture().expect.contains_key("error") {
            points.extend(cuts::points(&name, &trial, &outcome).await);
            points.extend(extra::points(&name, &trial).await);
            points.extend(state::points(&name, &trial, &outcome).await);
            points.extend(cancel::points(&name, &trial, &outcome).await);
        }
        let mut peak = again.cost;
        for run in &runs {
            peak.cpu = peak.cpu.max(run.played.cost.cpu);
            peak.memory = peak.memory.max(run.played.cost.memory);
        }
        Study {
            name,
            fixture: trial.fixture().clone(),
            operation: Some(trial.operation().clone()),
            outcome,
            points,
            runs: runs.len() + 1,
            peak,
        }
    }

    /// Whether it ended well.
    pub(super) fn ends_well(&self) -> bool {
        self.operation.is_some() && self.outcome.error.is_none()
    }
}

/// One point for each area that a fixture says something of.
fn of_runs(name: &str, fixture: &Fixture, runs: &[Run]) -> Vec<Point> {
    let mut areas: Vec<Area> = fixture
        .expect
        .keys()
        .map(|name| Area::of(&format!("expect.{name}")))
        .collect();
    areas.extend([Area::Contract, Area::Limits]);
    if !fixture.upstream.is_empty() {
        areas.extend([Area::Requests, Area::Wants]);
    }
    let bodies = fixture.upstream.iter().map(|turn| turn.answer.body());
    if bodies.flatten().map(|body| body.len()).sum::<usize>() > 1 {
        areas.push(Area::Splits);
    }
    let mut found: Vec<(Area, Vec<String>, &Mismatch)> = Vec::new();
    for run in runs {
        let own = run.mismatches.iter().map(|it| (Area::of(&it.field), it));
        // Sent in the same way, in an instance that has been used: it remembers.
        let cause = match run.way {
            Way::Whole => Area::Determinism,
            _ => Area::Splits,
        };
        let beside = run.differences.iter().map(|it| (cause, it));
        let limit = run
            .played
            .outcome
            .error
            .as_ref()
            .is_some_and(|error| error.limit);
        for (area, mismatch) in own.chain(beside) {
            let area = match area {
                Area::Contract if limit => Area::Limits,
                // An error that nobody expects, and requests that nobody expects.
                area if !areas.contains(&area) && area == Area::Errors => Area::Answers,
                area => area,
            };
            let known = found
                .iter_mut()
                .find(|(_, _, it)| it.field == mismatch.field);
            match known {
                Some((_, ways, _)) => ways.push(run.way.to_string()),
                None => found.push((area, vec![run.way.to_string()], mismatch)),
            }
        }
    }
    areas.extend(found.iter().map(|(area, _, _)| *area));
    areas.sort_unstable();
    areas.dedup();
    let findings = |area: Area| {
        let found = found.iter().filter(|(of, _, _)| *of == area);
        let finding = |(area, ways, mismatch): &(Area, Vec<String>, &Mismatch)| {
            let how = match ways.len() == runs.len() {
                true => "in every way".into(),
                false => ways.join(", "),
            };
            Finding::of(*area, name, how, Mismatch::clone(mismatch))
        };
        found.map(finding).collect()
    };
    areas
        .into_iter()
        .map(|area| (area, findings(area)))
        .collect()
}

/// Two fresh instances were asked the same and told the same.
fn determinism(name: &str, one: &Played, other: &Played) -> Vec<Finding> {
    let mut mismatches = Vec::from_iter(other.outcome.difference(&one.outcome));
    let requests = |played: &Played| -> Vec<String> {
        let requests = played.requests.iter();
        requests
            .map(|request| {
                let head = String::from_utf8_lossy(&request.head);
                format!("{head}{}", String::from_utf8_lossy(&request.body))
            })
            .collect()
    };
    let (first, second) = (requests(one), requests(other));
    if first.len() != second.len() {
        let count = |requests: &[String]| format!("{} requests", requests.len());
        mismatches.push(Mismatch::new("upstream", count(&first), count(&second)));
    }
    for (index, (first, second)) in first.into_iter().zip(second).enumerate() {
        if first != second {
            let field = format!("upstream[{index}].request");
            mismatches.push(Mismatch::new(field, first, second));
        }
    }
    let how = "a second time";
    let finding = |mismatch| Finding::of(Area::Determinism, name, how, mismatch);
    mismatches.into_iter().map(finding).collect()
}
