//! `[providers.NAME]`: which component or profile, what it may reach, with what, and within what.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use tidegate_grants::{Grant, Pattern};
use tidegate_host::{BreakerConfig, Isolation, Limits, ProviderConfig, RateLimits};

use crate::breaker::{self, Breaker};
use crate::credential;
use crate::limits;
use crate::nearest;
use crate::prices::{self, Prices};
use crate::problem::Problems;
use crate::profile::{self, Profile};
use crate::rate::{self, Rate};
use crate::secret::MissingSecret;
use crate::settings;
use crate::surroundings::Surroundings;
use crate::table::{Table, Value};

const BUNDLED: &str = "bundled:";

/// A configured provider.
#[derive(Debug, Clone)]
pub struct ProviderEntry {
    /// What it runs.
    pub component: ComponentSource,
    /// The service it is for, where its component speaks to many.
    pub profile: Option<Profile>,
    /// What the operator decided about it, and beneath that what the profile says. Secrets that are not
    /// there are left out of it.
    pub config: ProviderConfig,
    /// How much may be asked of it in a minute, by all callers together.
    pub rate: Rate,
    /// When it is left alone.
    pub breaker: Breaker,
    /// What its models cost, by the vendor's names, where that is written; else what it says itself.
    pub prices: BTreeMap<String, Prices>,
    /// The secrets that are named and not there; without them a call is known to fail.
    pub missing: Vec<MissingSecret>,
    /// Where things stand, for what only the component can tell to be wrong.
    pub(crate) places: Places,
}

/// Where a component comes from.
#[derive(Debug, Clone, PartialEq)]
pub enum ComponentSource {
    /// It is part of this program, under this name.
    Bundled(String),
    /// A file.
    File(PathBuf),
}

impl std::fmt::Display for ComponentSource {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            ComponentSource::Bundled(name) => write!(formatter, "{BUNDLED}{name}"),
            ComponentSource::File(path) => path.display().fmt(formatter),
        }
    }
}

/// Spans of an entry.
#[derive(Debug, Clone, Default)]
pub(crate) struct Places {
    pub(crate) header: Range<usize>,
    pub(crate) component: Range<usize>,
    /// Whether anything is said of what it may reach.
    pub(crate) is_granted: bool,
    pub(crate) settings: settings::Places,
    pub(crate) secrets: BTreeMap<String, Range<usize>>,
}

/// Reads one entry; `None` where its component is not known. `memory` is what the engine has for one
/// call.
pub(crate) fn read(
    name: &str,
    value: &Value,
    memory: usize,
    surroundings: &Surroundings,
    problems: &mut Problems,
) -> Option<ProviderEntry> {
    check_name(name, value, problems);
    let example = format!("[providers.{}]", name.escape_debug());
    let mut table = value.table(&example, problems)?;
    let component = table.take("component");
    let named = table.take("profile");
    if named.is_none() && component.is_none() {
        problems.add(
            &table.span,
            format!("`{}` has no `component`", table.path),
            "add `component = \"bundled:…\"`, or the path of a `.wasm` file",
        );
    }
    let allow = table.take("allow");
    let mut places = Places {
        header: value.key.clone(),
        component: component
            .as_ref()
            .or(named.as_ref())
            .map_or(0..0, |it| it.span.clone()),
        is_granted: allow.is_some(),
        ..Places::default()
    };
    let is_profiled = named.is_some();
    let profile = named.and_then(|it| profile::read(&it, surroundings, problems));
    let component = match component {
        Some(component) => component_source(&component, surroundings, problems),
        None => surroundings
            .environment
            .profiled()
            .filter(|_| is_profiled)
            .map(|name| ComponentSource::Bundled(name.into())),
    };
    let allow = allow
        .map(|allow| grant(&allow, problems))
        .unwrap_or_default();
    let private = table
        .take("private")
        .and_then(|private| private.boolean(problems));
    let grant: Grant = allow
        .iter()
        .filter_map(|line| line.parse::<Pattern>().ok())
        .collect();
    let mut missing = Vec::new();
    let secrets = table.take("secrets").and_then(|it| {
        let table = secrets_of(&it, problems)?;
        let secrets = table.values().filter_map(|(name, value)| {
            places.secrets.insert(name.into(), value.key.clone());
            credential::read(name, &value, &grant, surroundings, &mut missing, problems)
        });
        Some(secrets.collect())
    });
    let settings = table
        .take("settings")
        .map(|it| settings::read(&it, &mut places.settings, problems));
    let limits = table
        .take("limits")
        .and_then(|it| limits_of(&it, memory, problems));
    let isolation = table
        .take("isolation")
        .and_then(|it| isolation_of(&it, problems));
    let rate = rate::read(&mut table, problems);
    let breaker = table
        .take("breaker")
        .and_then(|it| it.table(r#"{ failures = 5, cool-down = "30 s" }"#, problems))
        .map(|it| breaker::read(it, problems));
    let prices = table
        .take("prices")
        .and_then(|it| it.table(prices::EXAMPLE_OF_MODELS, problems))
        .map(|it| prices::read(it, problems));
    table.finish(problems);
    let (breaker, mut prices) = (breaker.unwrap_or_default(), prices.unwrap_or_default());
    let mut settings = settings.unwrap_or_default();
    if let Some(profile) = &profile {
        profile.fill_in(&mut settings, &mut prices);
    } else if is_profiled {
        // Without what the profile would have said, more would seem to be wrong than is.
        return None;
    }
    Some(ProviderEntry {
        component: component?,
        profile,
        config: ProviderConfig {
            allow,
            private: private.unwrap_or_default(),
            secrets: secrets.unwrap_or_default(),
            settings,
            limits: limits.unwrap_or_else(|| limits::default(memory)),
            rates: RateLimits {
                requests_per_minute: rate.requests,
                tokens_per_minute: rate.tokens,
            },
            breaker: BreakerConfig {
                failures: breaker.failures,
                cool_down: breaker.cool_down,
            },
            prices: prices
                .iter()
                .map(|(model, prices)| (model.clone(), prices.into()))
                .collect(),
            isolation: isolation.unwrap_or_default(),
        },
        rate,
        breaker,
        prices,
        missing,
        places,
    })
}

fn check_name(name: &str, value: &Value, problems: &mut Problems) {
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte);
    if name.is_empty() || !name.bytes().all(allowed) {
        problems.add(
            &value.key,
            format!("a provider cannot be called `{}`", name.escape_debug()),
            "the name stands before the `/` of a model: letters, digits, `-`, `_` and `.`",
        );
    }
}

fn component_source(
    value: &Value,
    surroundings: &Surroundings,
    problems: &mut Problems,
) -> Option<ComponentSource> {
    let text = value.text(r#""bundled:openai""#, problems)?;
    let names = || surroundings.environment.bundled_names();
    if let Some(name) = text.strip_prefix(BUNDLED) {
        if names().any(|known| known == name) {
            return Some(ComponentSource::Bundled(name.into()));
        }
        let names: Vec<&str> = names().collect();
        problems.add(
            &value.span,
            format!("no component `{}` is bundled", name.escape_debug()),
            nearest::hint(name, "this program bundles", names.into_iter()),
        );
        return None;
    }
    let path = surroundings.path(text);
    match std::fs::metadata(&path) {
        Ok(metadata) if metadata.is_file() => return Some(ComponentSource::File(path)),
        Ok(_) => problems.add(
            &value.span,
            format!("`{}` is no file", path.display()),
            "give the path of a `.wasm` file",
        ),
        Err(error) => {
            let hint = match names().find(|known| *known == text) {
                Some(name) => format!("did you mean `{BUNDLED}{name}`?"),
                None => "paths are relative to the folder of this file".into(),
            };
            let path = path.display();
            problems.add(
                &value.span,
                format!("`{path}` cannot be read: {error}"),
                hint,
            );
        }
    }
    None
}

fn grant(value: &Value, problems: &mut Problems) -> Vec<String> {
    let lines = value.texts(r#"["https://api.example.com/v1/*"]"#, problems);
    let mut allow = Vec::new();
    for (line, span) in lines.unwrap_or_default() {
        if let Err(error) = line.parse::<Pattern>() {
            problems.add_error(&span, error);
        }
        allow.push(line.to_owned());
    }
    allow
}

fn secrets_of<'d>(value: &Value<'d>, problems: &mut Problems) -> Option<Table<'d>> {
    if !value.is_table() {
        problems.hide(&value.span);
    }
    value.table(r#"{ api-key = { env = "EXAMPLE_API_KEY" } }"#, problems)
}

fn limits_of(value: &Value, memory: usize, problems: &mut Problems) -> Option<Limits> {
    let table: Table = value.table(r#"{ memory = "64 MiB" }"#, problems)?;
    Some(limits::read(table, memory, problems))
}

fn isolation_of(value: &Value, problems: &mut Problems) -> Option<Isolation> {
    match value.text(r#""call""#, problems)? {
        "call" => Some(Isolation::Call),
        "caller" => Some(Isolation::Caller),
        other => {
            problems.add(
                &value.span,
                format!(
                    "`{}` is `{}`, which it cannot be",
                    value.path,
                    other.escape_debug()
                ),
                "write `\"call\"`: every call gets an instance of its own; or `\"caller\"`: calls with the same gateway key may use one after the other",
            );
            None
        }
    }
}
