//! Whether a provider does what the contract asks of it, area by area.
//!
//! Each area has a score: points that passed, of points there are. Where no fixture shows an area,
//! there are none, and it counts neither as passed nor as failed. Everything that is wrong is said
//! with its place and with what to do.

// Reading order: what is tried on one fixture, what on all of them; what it comes to.
mod study;
mod cuts;
mod extra;
mod state;
mod cancel;

mod size;
mod pairs;
mod describe;
mod features;
mod cost;

mod report;
mod score;
mod area;

pub use area::Area;
pub use cost::Costs;
pub use report::CheckReport;
pub use score::{Finding, Score};

use futures::StreamExt as _;
use tidegate_host::Component;
use tidegate_host::types::Operation;

use crate::fixture::Case;
use crate::fixture::{Fixture, FixtureError};
use score::Board;
use study::Study;

/// More than there are cores, because an answer that comes byte by byte is mostly waiting; few enough
/// for the instances of a small pool, of which each has one at work and one that waits.
const AT_ONCE: usize = 6;

/// Checks a component with these fixtures. Fails where the file of one cannot be read.
pub async fn check(component: &Component, cases: &[Case]) -> Result<CheckReport, FixtureError> {
    let mut fixtures: Vec<(String, Fixture)> = Vec::new();
    for case in cases {
        fixtures.push((case.name.clone(), case.fixture.clone()?));
    }
    let studies = studies(component, fixtures).await;
    let info = component.info();
    let mut board = Board::new(info);
    describe::check(component, &studies, &mut board).await;
    for point in pairs::points(&studies) {
        board.point(point);
    }
    let is_chat = |study: &&Study| matches!(study.operation, Some(Operation::Chat(_)));
    if let Some(chat) = studies
        .iter()
        .filter(|study| study.ends_well())
        .find(is_chat)
    {
        let point = size::point(&chat.name, &chat.fixture, component).await;
        point.into_iter().for_each(|point| board.point(point));
    }
    shown_of_errors(&studies, &mut board);
    let cost = cost::measure(component, &studies).await;
    let runs = studies.iter().map(|study| study.runs).sum();
    let cases = studies.len();
    for study in studies {
        study
            .points
            .into_iter()
            .for_each(|point| board.point(point));
    }
    Ok(CheckReport {
        cases,
        runs,
        areas: board.scores(),
        cost,
    })
}

async fn studies(component: &Component, fixtures: Vec<(String, Fixture)>) -> Vec<Study> {
    let studies = fixtures.into_iter().map(|(name, fixture)| {
        let component = component.clone();
        async move {
            let study = Study::of(name.clone(), fixture.clone(), component);
            // A task of its own: what goes wrong in the kit itself fails one fixture.
            match tokio::spawn(study).await {
                Ok(study) => study,
                Err(error) => Study::unusable(name, fixture, error.to_string()),
            }
        }
    });
    futures::stream::iter(studies)
        .buffered(AT_ONCE)
        .collect()
        .await
}

/// Errors come in two ways, and both have to be seen.
fn shown_of_errors(studies: &[Study], board: &mut Board) {
    let expects = |study: &&Study| study.fixture.expect.contains_key("error");
    let statuses = |study: &Study| -> Vec<u16> {
        let turns = study.fixture.upstream.iter();
        turns.map(|turn| turn.answer.status()).collect()
    };
    let erring = || studies.iter().filter(expects);
    if board.reaches_out() && !erring().any(|study| statuses(study).iter().any(|it| *it >= 400)) {
        board.not_shown(Area::Errors, "an error by its status and body");
    }
    let is_late = |study: &Study| {
        let streamed = study
            .fixture
            .upstream
            .iter()
            .any(|turn| turn.answer.is_streamed());
        streamed && statuses(study).iter().all(|it| *it < 400)
    };
    if board.reaches_out() && !erring().any(is_late) {
        board.not_shown(
            Area::Errors,
            "an error inside of a stream, after status 200",
        );
    }
}
