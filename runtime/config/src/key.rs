//! `[[gateway.keys]]`: who may call, which models, and how much.

use std::ops::Range;

use crate::money::{self, Money};
use crate::names;
use crate::problem::Problems;
use crate::rate::{self, Rate};
use crate::secret::{self, Secrets};
use crate::surroundings::Surroundings;
use crate::table::Value;
use tidegate_grants::ModelPattern;

const EXAMPLE: &str = r#"{ name = "team-a", secret = { env = "TIDEGATE_KEY_A" } }"#;

/// Who may call, which models, and how much.
#[derive(Debug, Clone)]
pub struct GatewayKey {
    /// Stands in logs and metrics in place of the secret.
    pub name: String,
    /// What callers send. Each is valid.
    pub secret: Secrets,
    /// The models that may be asked for, by the names that callers use.
    pub models: Vec<ModelPattern>,
    /// How much may be asked in a minute.
    pub rate: Rate,
    /// How much may be spent.
    pub budget: Budget,
    /// Where it stands, and where each of its models does.
    pub(crate) place: Range<usize>,
    pub(crate) model_places: Vec<Range<usize>>,
}

/// How much may be spent; `None`: as much as it costs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Budget {
    /// In a day, which begins at midnight UTC.
    pub day: Option<Money>,
    /// In a month of the calendar, UTC.
    pub month: Option<Money>,
}

/// Reads the list. What the models are called is not looked at here.
pub(crate) fn read_all(
    value: &Value,
    surroundings: &Surroundings,
    problems: &mut Problems,
) -> Vec<GatewayKey> {
    // Whatever stands there in place of tables may be a key.
    let items = value.items("a list of keys", EXAMPLE, problems);
    if items.is_none() {
        problems.hide(&value.span);
    }
    let mut keys: Vec<GatewayKey> = Vec::new();
    for item in items.unwrap_or_default() {
        let Some(key) = read(&item, surroundings, problems) else {
            continue;
        };
        if let Some(other) = keys.iter().position(|other| other.name == key.name) {
            problems.add(
                &item.span,
                format!("`{}` is called `{}`, as `gateway.keys[{other}]` is", item.path, key.name.escape_debug()),
                "give it a name of its own; two secrets of one key are a list: `secret = [{ … }, { … }]`",
            );
        }
        keys.push(key);
    }
    keys
}

fn read(item: &Value, surroundings: &Surroundings, problems: &mut Problems) -> Option<GatewayKey> {
    if !item.is_table() {
        problems.hide(&item.span);
    }
    let mut table = item.table(EXAMPLE, problems)?;
    let name = table.take("name").map(|value| name(&value, problems));
    let secret = table
        .take("secret")
        .map(|value| secret::read(&value, surroundings, problems));
    for (key, is_there) in [("name", name.is_some()), ("secret", secret.is_some())] {
        if !is_there {
            problems.add(
                &item.key,
                format!("`{}` has no `{key}`", item.path),
                format!("write it like `{EXAMPLE}`"),
            );
        }
    }
    let models = table.take("models").map(|it| models(&it, problems));
    let (models, model_places) =
        models.unwrap_or_else(|| (vec![ModelPattern::new("*")], Vec::new()));
    let rate = rate::read(&mut table, problems);
    let budget = table
        .take("budget")
        .and_then(|value| budget(&value, problems));
    table.finish(problems);
    Some(GatewayKey {
        name: name??,
        secret: secret?,
        models,
        rate,
        budget: budget.unwrap_or_default(),
        place: item.span.clone(),
        model_places,
    })
}

/// The patterns, and where each stands.
fn models(value: &Value, problems: &mut Problems) -> (Vec<ModelPattern>, Vec<Range<usize>>) {
    let example = r#"["openai/*", "fast"]"#;
    let items = value.items("a list of models", example, problems);
    if value.is_empty_list() {
        problems.add(
            &value.span,
            format!(
                "`{}` is empty, so that the key is good for nothing",
                value.path
            ),
            format!("write it like `{example}`; without `models` it is good for all"),
        );
    }
    let patterns = items
        .into_iter()
        .flatten()
        .filter_map(|item| Some((names::read(&item, problems)?, item.span)));
    patterns.unzip()
}

fn name(value: &Value, problems: &mut Problems) -> Option<String> {
    let name = value.text(r#""team-a""#, problems)?;
    if name.is_empty() || name.chars().any(char::is_control) {
        problems.add(
            &value.span,
            format!("`{}` is no name", value.path),
            "it stands in logs and metrics: `\"team-a\"`",
        );
        return None;
    }
    Some(name.into())
}

fn budget(value: &Value, problems: &mut Problems) -> Option<Budget> {
    let mut table = value.table(r#"{ day = "10 USD", month = "200 USD" }"#, problems)?;
    let mut amount = |name| {
        let value = table.take(name)?;
        money::read(&value, problems)
    };
    let budget = Budget {
        day: amount("day"),
        month: amount("month"),
    };
    table.finish(problems);
    Some(budget)
}
