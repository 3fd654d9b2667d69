//! `[providers.NAME.prices]`: what models cost, for budgets, for the strategy `cheapest` and for
//! metrics. What a provider says of its models is not asked: that is a component's or an upstream's word.

use std::collections::BTreeMap;

use tidegate_host::Price;

use crate::money::{self, Money};
use crate::problem::Problems;
use crate::table::{Table, Value};

const EXAMPLE: &str = r#"{ input = "0.25 USD", output = "2 USD" }"#;

/// A table of what models cost.
pub(crate) const EXAMPLE_OF_MODELS: &str =
    r#"{ "gpt-5-mini" = { input = "0.25 USD", output = "2 USD" } }"#;

/// What a model costs per million tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Prices {
    /// Input.
    pub input: Money,
    /// Output.
    pub output: Money,
    /// Input read from a cache; `None`: as other input.
    pub cache_read: Option<Money>,
    /// Input written to a cache; `None`: as other input.
    pub cache_write: Option<Money>,
}

impl From<&Prices> for Price {
    fn from(prices: &Prices) -> Self {
        Price {
            input: prices.input.dollars(),
            output: prices.output.dollars(),
            cache_read: prices.cache_read.map(Money::dollars),
            cache_write: prices.cache_write.map(Money::dollars),
        }
    }
}

/// Reads the prices of a provider's models, by the vendor's names of them.
pub(crate) fn read(table: Table, problems: &mut Problems) -> BTreeMap<String, Prices> {
    let mut prices = BTreeMap::new();
    for (model, value) in table.values() {
        if model.contains('*') || model.is_empty() {
            let model = model.escape_debug();
            problems.add(
                &value.key,
                format!("`{}` has `{model}`, which is no model", table.path),
                "name each model by the vendor's name: one price for several would be wrong for most",
            );
        }
        if let Some(read) = of_model(&value, problems) {
            prices.insert(model.into(), read);
        }
    }
    prices
}

fn of_model(value: &Value, problems: &mut Problems) -> Option<Prices> {
    let mut table = value.table(EXAMPLE, problems)?;
    let required = [table.take("input"), table.take("output")];
    let [input, output] = required.each_ref().map(|price| {
        let price = price.as_ref()?;
        money::read(price, problems)
    });
    for (name, price) in ["input", "output"].iter().zip(&required) {
        if price.is_none() {
            problems.add(
                &value.key,
                format!("`{}` has no `{name}`", value.path),
                format!("write it like `{EXAMPLE}`; what costs nothing costs `\"0 USD\"`"),
            );
        }
    }
    let mut price = |name| {
        let price = table.take(name)?;
        money::read(&price, problems)
    };
    let (cache_read, cache_write) = (price("cache-read"), price("cache-write"));
    table.finish(problems);
    Some(Prices {
        input: input?,
        output: output?,
        cache_read,
        cache_write,
    })
}
