//! The whole file.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::Path;

use tidegate_host::types::ProviderInfo;
use tidegate_host::{ClientConfig, EngineConfig};
use toml::de::DeTable;

use crate::check;
use crate::environment::Environment;
use crate::problem::{ConfigError, Problems};
use crate::provider::{self, ProviderEntry, Surroundings};
use crate::source::Source;
use crate::table::Table;
use crate::{egress, engine};

/// Sections of the gateway. They may stand in the file; what is in them is not looked at here.
const OF_THE_GATEWAY: [&str; 3] = ["gateway", "models", "admin"];

/// A configuration in which nothing is wrong, as far as can be told without the components.
#[derive(Debug, Clone)]
pub struct Config {
    /// The providers by name.
    pub providers: BTreeMap<String, ProviderEntry>,
    /// What outbound connections trust and go through.
    pub client: ClientConfig,
    /// The machine that all providers share. Its cache is not set.
    pub engine: EngineConfig,
    source: Source,
}

impl Config {
    /// Reads a file.
    pub fn load(path: &Path, environment: &Environment) -> Result<Config, ConfigError> {
        let name = path.display().to_string();
        let text = std::fs::read_to_string(path).map_err(|error| {
            ConfigError::without_place(
                format!("the configuration `{name}` cannot be read: {error}"),
                "give the path of a `tidegate.toml` with `--config` or in `$TIDEGATE_CONFIG`",
            )
        })?;
        Config::read(
            &name,
            &text,
            path.parent().unwrap_or(Path::new("")),
            environment,
        )
    }

    /// Reads a text; `name` is for messages, and paths are relative to where the process is.
    pub fn parse(name: &str, text: &str, environment: &Environment) -> Result<Config, ConfigError> {
        Config::read(name, text, Path::new(""), environment)
    }

    fn read(
        name: &str,
        text: &str,
        folder: &Path,
        environment: &Environment,
    ) -> Result<Config, ConfigError> {
        let source = Source::new(name, text);
        let mut problems = Problems::default();
        let (document, errors) = DeTable::parse_recoverable(text);
        for error in &errors {
            let span = error.span().unwrap_or(0..0);
            hide_values(text, &span, &mut problems);
            problems.add(
                &span,
                error.message().trim_end(),
                "this is not TOML: <https://toml.io>",
            );
        }
        // What is left of a text that is no TOML gives problems that are none.
        if !errors.is_empty() {
            problems.none((), &source)?;
            problems = Problems::default();
        }
        let mut root = Table::root(document.get_ref());
        let engine = root
            .take("engine")
            .and_then(|it| it.table("[engine]", &mut problems));
        let engine = match engine {
            Some(table) => engine::read(table, &mut problems),
            None => EngineConfig::default(),
        };
        let client = root
            .take("egress")
            .and_then(|it| it.table("[egress]", &mut problems));
        let client = match client {
            Some(table) => egress::read(table, folder, &mut problems),
            None => ClientConfig::default(),
        };
        let surroundings = Surroundings {
            folder,
            environment,
            memory: engine.memory,
        };
        let mut providers = BTreeMap::new();
        let section = root.take("providers");
        let section = section.and_then(|it| it.table("[providers.openai]", &mut problems));
        for (name, value) in section.iter().flat_map(Table::values) {
            if let Some(entry) = provider::read(name, &value, &surroundings, &mut problems) {
                providers.insert(name.to_owned(), entry);
            }
        }
        for section in OF_THE_GATEWAY {
            if let Some(value) = root.take(section) {
                value.table(&format!("[{section}]"), &mut problems);
            }
        }
        root.finish(&mut problems);
        let config = Config {
            providers,
            client,
            engine,
            source,
        };
        let source = config.source.clone();
        problems.none(config, &source)
    }

    /// Checks an entry against what its component says of itself.
    pub fn check(&self, provider: &str, info: &ProviderInfo) -> Result<(), ConfigError> {
        let mut problems = Problems::default();
        if let Some(entry) = self.providers.get(provider) {
            check::check(provider, entry, info, &mut problems);
        }
        problems.none((), &self.source)
    }
}

/// Hides what stands after a `=` on a line that is no TOML and may hold a secret: quotes forgotten
/// around a key are a likely reason for a line to be no TOML.
fn hide_values(text: &str, span: &Range<usize>, problems: &mut Problems) {
    let before = text.get(..span.start).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let line = text
        .get(start..)
        .unwrap_or_default()
        .lines()
        .next()
        .unwrap_or_default();
    if let Some(equals) = line.find('=') {
        problems.hide_if_suspect(line, &(start + equals + 1..start + line.len()));
    }
}
