//! `[providers.NAME.prices]`: what models cost, for budgets, for the strategy `cheapest` and for
//! metrics. What is written here goes before what the provider says of its models.

use crate::money::{self, Money};
use crate::names::{self, NamePattern};
use crate::problem::Problems;
use crate::table::{Table, Value};

/// What a model costs per million tokens; `None`: not known, which is not the same as nothing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Prices {
    /// Input.
    pub input: Option<Money>,
    /// Output.
    pub output: Option<Money>,
    /// Input read from a cache.
    pub cache_read: Option<Money>,
    /// Input written to a cache.
    pub cache_write: Option<Money>,
}

/// What the models of a provider cost, by the vendor's names of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PriceList {
    /// The longest pattern first, so that the first that matches is the nearest.
    entries: Vec<(NamePattern, Prices)>,
}

impl PriceList {
    /// What a model costs, if anything is written about it.
    pub fn of(&self, model: &str) -> Option<&Prices> {
        let mut entries = self.entries.iter();
        let (_, prices) = entries.find(|(pattern, _)| pattern.matches(model))?;
        Some(prices)
    }

    /// Whether nothing is written.
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    pub(crate) fn read(table: Table, problems: &mut Problems) -> Self {
        let mut entries = Vec::new();
        for (name, value) in table.values() {
            let pattern = names::read(name, &table.path, &value.key, problems);
            let prices = prices(&value, problems);
            entries.extend(pattern.zip(prices));
        }
        // A whole name is nearer than a beginning that is as long.
        entries.sort_by_key(|(pattern, _)| {
            let length = pattern.begins().len();
            std::cmp::Reverse((length, pattern.exact().is_some()))
        });
        PriceList { entries }
    }
}

fn prices(value: &Value, problems: &mut Problems) -> Option<Prices> {
    let example = r#"{ input = "0.25 USD", output = "2 USD" }"#;
    let mut table = value.table(example, problems)?;
    let mut price = |name| {
        let value = table.take(name)?;
        money::read(&value, problems)
    };
    let prices = Prices {
        input: price("input"),
        output: price("output"),
        cache_read: price("cache-read"),
        cache_write: price("cache-write"),
    };
    table.finish(problems);
    Some(prices)
}
