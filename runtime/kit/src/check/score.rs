//! The score of one area, and what is wrong in it.

use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;
use tidegate_host::types::ProviderInfo;

use super::area::Area;
use crate::fixture::Mismatch;

/// The score of an area.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Score {
    /// Which.
    pub area: Area,
    /// Points that passed.
    pub passed: usize,
    /// Points there are: cases, or things that are declared. Where there are none, it was not shown.
    pub total: usize,
    /// Whether there is anything to show, by what the provider declares.
    pub applies: bool,
    /// What is wrong.
    pub failures: Vec<Finding>,
    /// What no fixture shows.
    pub not_shown: Vec<String>,
}

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub struct Finding {
    /// The fixture, where it is about one.
    pub case: Option<String>,
    /// What was done with it: `byte by byte`.
    pub how: Option<String>,
    /// Where: `expect.tool-calls[0].name`.
    pub field: String,
    /// What should be there.
    pub expected: String,
    /// What is.
    pub got: String,
    /// What to do about it.
    pub hint: String,
}

impl Finding {
    /// Of a fixture that was run.
    pub(super) fn of(
        area: Area,
        case: &str,
        how: impl Into<String>,
        mismatch: Mismatch,
    ) -> Finding {
        Finding {
            case: Some(case.into()),
            how: Some(how.into()),
            field: mismatch.field,
            expected: mismatch.expected,
            got: mismatch.got,
            hint: area.hint().into(),
        }
    }
}

/// The fixture and what was done with it; where, expected and got; what to do.
impl fmt::Display for Finding {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(case) = &self.case {
            formatter.write_str(case)?;
        }
        if let Some(how) = &self.how {
            write!(formatter, " ({how})")?;
        }
        let mismatch = Mismatch::new(&self.field, &self.expected, &self.got).to_string();
        if self.case.is_some() {
            formatter.write_str("\n")?;
        }
        write!(formatter, "{mismatch}\nhint: {}", self.hint)
    }
}

/// A point: its area, and what keeps it from having passed.
pub(super) type Point = (Area, Vec<Finding>);

/// Scores in the making.
pub(super) struct Board(BTreeMap<Area, Score>);

impl Board {
    /// Nothing yet of a provider that says this of itself.
    pub(super) fn new(info: &ProviderInfo) -> Board {
        let score = |area: Area| Score {
            area,
            passed: 0,
            total: 0,
            applies: area.applies(info),
            failures: Vec::new(),
            not_shown: Vec::new(),
        };
        Board(Area::ALL.map(|area| (area, score(area))).into())
    }

    /// Whether the provider has an upstream.
    pub(super) fn reaches_out(&self) -> bool {
        self.0
            .get(&Area::Requests)
            .is_some_and(|score| score.applies)
    }

    /// Counts a point.
    pub(super) fn point(&mut self, (area, findings): Point) {
        if let Some(score) = self.0.get_mut(&area) {
            score.total += 1;
            score.passed += usize::from(findings.is_empty());
            score.failures.extend(findings);
        }
    }

    /// Notes something that no fixture shows.
    pub(super) fn not_shown(&mut self, area: Area, what: impl Into<String>) {
        if let Some(score) = self.0.get_mut(&area) {
            score.not_shown.push(what.into());
        }
    }

    /// All scores. An area without a point says what would show it.
    pub(super) fn scores(self) -> Vec<Score> {
        let mut scores: Vec<Score> = self.0.into_values().collect();
        for score in scores
            .iter_mut()
            .filter(|score| score.total == 0 && score.applies)
        {
            score.not_shown = vec![format!("needs {}", score.area.shown_by())];
        }
        scores
    }
}
