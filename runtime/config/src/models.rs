//! `[models.ALIAS]`: a name of the operator's, and the models that answer under it.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::problem::Problems;
use crate::range::{read_count, read_time};
use crate::route::{self, Alias, RouteEntry, Strategy};
use crate::table::{Table, Value};
use crate::target::Names;

const DAY: u64 = 86_400_000;

/// Which models answer under a name, and in what order they are tried.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelRoute {
    /// The models, at least one, in the order of the file.
    pub route: Vec<RouteEntry>,
    /// Which of them is tried first.
    pub strategy: Strategy,
    /// How often models that failed are asked again, all of the route together. Asking one that was
    /// not asked yet is no retry.
    pub retries: u32,
    /// The time for all attempts together; `None`: the providers' own limits.
    pub timeout: Option<Duration>,
}

/// How often a call that failed is tried again if nothing is written.
pub(crate) const RETRIES: u32 = 2;

/// Reads the entries of `[models]`.
pub(crate) fn read_all(
    section: &Table,
    names: &Names,
    problems: &mut Problems,
) -> BTreeMap<String, ModelRoute> {
    let routes = section.values().filter_map(|(alias, value)| {
        Some((alias.to_owned(), read(alias, &value, names, problems)?))
    });
    routes.collect()
}

/// Reads the entry of an alias; `None` where it has no route.
fn read(alias: &str, value: &Value, names: &Names, problems: &mut Problems) -> Option<ModelRoute> {
    check_alias(alias, value, names, problems);
    let example = format!("[models.{}]", alias.escape_debug());
    let mut table = value.table(&example, problems)?;
    let strategy = match table.take("strategy") {
        Some(value) => route::strategy(&value, problems),
        None => Some(Strategy::default()),
    };
    let alias = Alias {
        name: alias,
        strategy,
        names,
    };
    let route = table.take("route");
    let entries = match &route {
        Some(route) => route::entries(route, &alias, problems),
        None => {
            problems.add(
                &table.span,
                format!("`{}` has no `route`", table.path),
                format!("add `route = {}`", route::EXAMPLE),
            );
            None
        }
    };
    let retries = table
        .take("retries")
        .and_then(|it| read_count(&it, 0, 100, problems));
    let timeout = table
        .take("timeout")
        .and_then(|it| read_time(&it, 1, DAY, problems));
    table.finish(problems);
    Some(ModelRoute {
        route: entries.filter(|entries| !entries.is_empty())?,
        strategy: strategy.unwrap_or_default(),
        retries: retries
            .and_then(|it| u32::try_from(it).ok())
            .unwrap_or(RETRIES),
        timeout: timeout.map(Duration::from_millis),
    })
}

fn check_alias(alias: &str, value: &Value, names: &Names, problems: &mut Problems) {
    let name = alias.escape_debug();
    if names.providers.contains(&alias) {
        problems.add(
            &value.key,
            format!("`models.{name}` has the name of a provider"),
            format!("give it another name: `{name}` is what stands before the `/` of a model"),
        );
    } else if alias.is_empty()
        || alias
            .chars()
            .any(|it| it.is_control() || it.is_whitespace())
    {
        problems.add(
            &value.key,
            format!("a model cannot be called `{name}`"),
            "callers ask for it by this name: any characters but spaces and control characters",
        );
    } else if alias.contains('*') {
        problems.add(
            &value.key,
            format!("a model cannot be called `{name}`"),
            "`*` stands for many names, in `gateway.keys[].models`",
        );
    }
}
