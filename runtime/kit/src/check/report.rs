//! What a check came to.

use std::fmt;

use serde::Serialize;

use super::cost::Costs;
use super::score::Score;

/// What a check came to.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct CheckReport {
    /// Fixtures that were run.
    pub cases: usize,
    /// How often, each way of tearing their answers apart counted.
    pub runs: usize,
    /// One per area, in the order of the report.
    pub areas: Vec<Score>,
    /// What calls cost, where there was one.
    pub cost: Option<Costs>,
}

impl CheckReport {
    /// Whether nothing is wrong. What was not shown is not wrong, and not right either.
    pub fn passed(&self) -> bool {
        self.areas.iter().all(|score| score.failures.is_empty())
    }

    /// How many things are wrong.
    pub fn failures(&self) -> usize {
        self.areas.iter().map(|score| score.failures.len()).sum()
    }

    /// Points that passed, and points there are.
    pub fn points(&self) -> (usize, usize) {
        let passed = self.areas.iter().map(|score| score.passed).sum();
        (passed, self.areas.iter().map(|score| score.total).sum())
    }
}

/// The points, and everything that is wrong.
impl fmt::Display for CheckReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ((passed, points), CheckReport { cases, runs, .. }) = (self.points(), self);
        write!(
            formatter,
            "{cases} cases, {runs} runs, {passed} of {points} points"
        )?;
        for score in &self.areas {
            for finding in &score.failures {
                let finding = finding.to_string().replace('\n', "\n    ");
                write!(formatter, "\n\n{}: {finding}", score.area)?;
            }
        }
        Ok(())
    }
}
