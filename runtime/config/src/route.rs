//! `models.ALIAS.route` and `strategy`: which models answer, and which of them is tried first.

use std::fmt;
use std::ops::Range;

use crate::nearest;
use crate::problem::Problems;
use crate::range::read_count;
use crate::table::Value;
use crate::target::{self, Names};

pub(crate) const EXAMPLE: &str = r#"["openai/gpt-5-mini", "groq/llama-3.3-70b-versatile"]"#;

/// A model of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RouteEntry {
    /// The provider's name.
    pub provider: String,
    /// The vendor's name of the model.
    pub model: String,
    /// With [`Strategy::Weighted`]: its share, beside the weights of the others; 0: only when the
    /// others fail.
    pub weight: u32,
}

/// Which model of a route is tried first. The others follow when it fails.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Strategy {
    /// The first in the file; the next only when it fails.
    #[default]
    Fallback,
    /// At random, by weight.
    Weighted,
    /// Each in turn.
    RoundRobin,
    /// The one that has answered fastest lately.
    LeastLatency,
    /// The one with the lowest price; those without a price come last.
    Cheapest,
}

impl Strategy {
    /// All of them.
    pub const ALL: [Strategy; 5] = [
        Strategy::Fallback,
        Strategy::Weighted,
        Strategy::RoundRobin,
        Strategy::LeastLatency,
        Strategy::Cheapest,
    ];

    /// As it is written.
    pub fn name(self) -> &'static str {
        match self {
            Strategy::Fallback => "fallback",
            Strategy::Weighted => "weighted",
            Strategy::RoundRobin => "round-robin",
            Strategy::LeastLatency => "least-latency",
            Strategy::Cheapest => "cheapest",
        }
    }
}

impl fmt::Display for RouteEntry {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.provider, self.model)
    }
}

/// What a route is read for.
pub(crate) struct Alias<'a> {
    pub(crate) name: &'a str,
    /// `None`: misspelt.
    pub(crate) strategy: Option<Strategy>,
    pub(crate) names: &'a Names<'a>,
}

/// Reads a strategy; one that is misspelt says nothing about what it needs.
pub(crate) fn strategy(value: &Value, problems: &mut Problems) -> Option<Strategy> {
    let text = value.text("\"fallback\"", problems)?;
    let found = Strategy::ALL.into_iter().find(|it| it.name() == text);
    if found.is_none() {
        problems.add(
            &value.span,
            format!(
                "`{}` is `{}`, which is no strategy",
                value.path,
                text.escape_debug()
            ),
            nearest::hint(
                text,
                "strategies are",
                Strategy::ALL.iter().map(|it| it.name()),
            ),
        );
    }
    found
}

/// Reads the list.
pub(crate) fn entries(
    value: &Value,
    alias: &Alias,
    problems: &mut Problems,
) -> Option<Vec<RouteEntry>> {
    let items = value.items("a list of models", EXAMPLE, problems)?;
    if items.is_empty() {
        problems.add(
            &value.span,
            format!("`{}` is empty", value.path),
            format!("write it like `{EXAMPLE}`"),
        );
    }
    let mut entries: Vec<RouteEntry> = Vec::new();
    let mut all_read = true;
    for item in &items {
        let Some((entry, place)) = entry(item, alias, problems) else {
            all_read = false;
            continue;
        };
        let same =
            |other: &&RouteEntry| other.provider == entry.provider && other.model == entry.model;
        if let Some(other) = entries.iter().find(same) {
            problems.add(
                &place,
                format!("`{}` names `{other}` twice", value.path),
                "leave one of them out; `retries` tries again, `weight` gives a larger share",
            );
        }
        entries.push(entry);
    }
    let nobody = entries.iter().all(|entry| entry.weight == 0);
    if alias.strategy == Some(Strategy::Weighted) && all_read && !entries.is_empty() && nobody {
        problems.add(
            &value.span,
            format!(
                "every weight in `{}` is 0, so that no model would ever be chosen",
                value.path
            ),
            "give at least one model a weight above 0",
        );
    }
    Some(entries)
}

/// Reads a model with or without a weight, and says where its name stands.
fn entry(
    item: &Value,
    alias: &Alias,
    problems: &mut Problems,
) -> Option<(RouteEntry, Range<usize>)> {
    if !item.is_table() {
        let text = item.text(r#""openai/gpt-5-mini""#, problems)?;
        let (provider, model) = target::read(text, item, alias.name, alias.names, problems)?;
        let entry = RouteEntry {
            provider,
            model,
            weight: 1,
        };
        return Some((entry, item.span.clone()));
    }
    let mut table = item.table("", problems)?;
    let model = table.take("model");
    if model.is_none() {
        problems.add(
            &item.span,
            format!("`{}` has no `model`", item.path),
            r#"write it like `{ model = "openai/gpt-5-mini", weight = 2 }`"#,
        );
    }
    let weight = table.take("weight");
    if let (Some(weight), Some(strategy)) = (&weight, alias.strategy)
        && strategy != Strategy::Weighted
    {
        problems.add(
            &weight.key,
            format!(
                "`{}` has no effect with the strategy `{}`",
                weight.path,
                strategy.name()
            ),
            "leave it out, or write `strategy = \"weighted\"`",
        );
    }
    let weight = weight.map(|it| read_count(&it, 0, 1_000_000, problems));
    table.finish(problems);
    let model = model?;
    let text = model.text(r#""openai/gpt-5-mini""#, problems)?;
    let (provider, vendors) = target::read(text, &model, alias.name, alias.names, problems)?;
    let weight = weight.unwrap_or(Some(1))?;
    let entry = RouteEntry {
        provider,
        model: vendors,
        weight: u32::try_from(weight).unwrap_or(u32::MAX),
    };
    Some((entry, model.span))
}
