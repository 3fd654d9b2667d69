//! The whole file.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Range;
use std::path::{Path, PathBuf};

use tidegate_host::types::ProviderInfo;
use tidegate_host::{ClientConfig, EngineConfig};
use toml::de::DeTable;

use crate::admin::{self, Admin};
use crate::check;
use crate::environment::Environment;
use crate::file;
use crate::gateway::{self, Gateway};
use crate::models::{self, ModelRoute};
use crate::problem::{ConfigError, Problem, Problems};
use crate::provider::{self, ProviderEntry};
use crate::secret::MissingSecret;
use crate::source::Source;
use crate::surroundings::Surroundings;
use crate::table::Table;
use crate::target::Names;
use crate::telemetry::{self, Telemetry};
use crate::{egress, engine, together};

/// A configuration is written by hand.
const LONGEST: u64 = 1 << 20;

/// A configuration in which nothing is wrong, as far as can be told without the components.
#[derive(Debug, Clone)]
pub struct Config {
    /// The providers by name.
    pub providers: BTreeMap<String, ProviderEntry>,
    /// Names of the operator's own, and the models that answer under them.
    pub models: BTreeMap<String, ModelRoute>,
    /// Where callers are served, and who they are.
    pub gateway: Gateway,
    /// The listener for operators, if there is to be one.
    pub admin: Option<Admin>,
    /// What is told of what happens, and to whom.
    pub telemetry: Telemetry,
    /// What outbound connections trust and go through.
    pub client: ClientConfig,
    /// The machine that all providers share. Its cache is not set.
    pub engine: EngineConfig,
    /// The files that it names, whether or not they could be read: components, secrets, certificates. A
    /// change of one is a change of the configuration.
    pub files: Vec<PathBuf>,
    /// Its text.
    source: Source,
    /// Where `[egress]` stands.
    egress: Range<usize>,
    /// What must not be shown of it.
    hidden: Vec<Range<usize>>,
}

/// What could be read of a file, and all that is wrong with it.
#[derive(Debug, Clone)]
pub struct Examined {
    /// What could be read; only without problems is it what the operator meant.
    pub config: Config,
    problems: Vec<Problem>,
}

impl Config {
    /// Reads a file. Secrets may be missing: see [`Config::require_secrets`].
    pub fn load(path: &Path, environment: &Environment) -> Result<Config, ConfigError> {
        Config::examine(path, environment)?.finish()
    }

    /// Reads as much of a file as can be, for whoever has more to find out about it.
    pub fn examine(path: &Path, environment: &Environment) -> Result<Examined, ConfigError> {
        let name = path.display().to_string();
        match file::read(path, LONGEST) {
            Ok(text) => {
                let folder = path.parent().unwrap_or(Path::new(""));
                Config::read(&name, &text, folder, environment)
            }
            Err(error) => Err(ConfigError::without_place(
                format!("the configuration `{name}` cannot be read: {error}"),
                "give the path of a `tidegate.toml` with `--config` or in `$TIDEGATE_CONFIG`",
            )),
        }
    }

    /// Reads a text; `name` is for messages, and paths are relative to where the process is.
    pub fn parse(name: &str, text: &str, environment: &Environment) -> Result<Config, ConfigError> {
        Config::read(name, text, Path::new(""), environment)?.finish()
    }

    fn read(
        name: &str,
        text: &str,
        folder: &Path,
        environment: &Environment,
    ) -> Result<Examined, ConfigError> {
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
        problems.none(&source)?;
        let mut problems = Problems::default();
        let mut root = Table::root(document.get_ref());
        let engine = root.section("engine", &mut problems);
        let engine = engine.map(|table| engine::read(table, &mut problems));
        let engine = engine.unwrap_or_default();
        let client = root.section("egress", &mut problems);
        let egress = client.as_ref().map(|table| table.span.clone());
        let surroundings = Surroundings {
            folder,
            environment,
            files: RefCell::default(),
        };
        let client = client.map(|table| egress::read(table, &surroundings, &mut problems));
        let section = root.take("providers");
        let section = section.and_then(|it| it.table("[providers.openai]", &mut problems));
        let provider_names = named(section.as_ref());
        let mut providers = BTreeMap::new();
        for (name, value) in section.iter().flat_map(Table::values) {
            let entry = provider::read(name, &value, engine.memory, &surroundings, &mut problems);
            if let Some(entry) = entry {
                providers.insert(name.to_owned(), entry);
            }
        }
        let section = root.take("models");
        let section = section.and_then(|it| it.table("[models.fast]", &mut problems));
        let names = Names {
            providers: provider_names,
            aliases: named(section.as_ref()),
        };
        let models = section.map(|it| models::read_all(&it, &names, &mut problems));
        let gateway = root.section("gateway", &mut problems);
        let gateway = gateway.map(|table| gateway::read(table, &surroundings, &mut problems));
        let admin = root.section("admin", &mut problems);
        let admin = admin.map(|table| admin::read(table, &surroundings, &mut problems));
        let telemetry = root.section("telemetry", &mut problems);
        let telemetry = telemetry.map(|table| telemetry::read(table, &mut problems));
        root.finish(&mut problems);
        let gateway = gateway.unwrap_or_default();
        let models = models.unwrap_or_default();
        together::check_models(&gateway.keys, &names, &mut problems);
        together::check_budgets(&gateway.keys, &providers, &models, &mut problems);
        together::check_secrets(&gateway.keys, admin.as_ref(), &mut problems);
        together::check_listeners(&gateway, admin.as_ref(), &mut problems);
        let hidden = problems.hidden().to_vec();
        Ok(Examined {
            problems: problems.placed(&source),
            config: Config {
                providers,
                models,
                gateway,
                admin,
                telemetry: telemetry.unwrap_or_default(),
                client: client.unwrap_or_default(),
                engine,
                files: surroundings.files.into_inner(),
                source,
                egress: egress.unwrap_or_default(),
                hidden,
            },
        })
    }

    /// Checks an entry against what its component says of itself.
    pub fn check(&self, provider: &str, info: &ProviderInfo) -> Result<(), ConfigError> {
        let mut problems = Problems::hiding(&self.hidden);
        if let Some(entry) = self.providers.get(provider) {
            check::check(provider, entry, info, &mut problems);
        }
        problems.none(&self.source)
    }

    /// Fails if a secret of this provider is not there. For whoever is about to call it.
    pub fn require_secrets(&self, provider: &str) -> Result<(), ConfigError> {
        let entry = self.providers.get(provider);
        self.require(entry.into_iter().flat_map(|entry| &entry.missing))
    }

    /// Fails if any secret is not there. For whoever is about to serve all that is configured.
    pub fn require_all_secrets(&self) -> Result<(), ConfigError> {
        self.require(self.missing_secrets())
    }

    /// Every secret that is named and not there.
    pub fn missing_secrets(&self) -> impl Iterator<Item = &MissingSecret> {
        let providers = self.providers.values().flat_map(|entry| &entry.missing);
        let keys = self.gateway.keys.iter();
        let keys = keys.flat_map(|key| &key.secret.missing);
        let admin = self.admin.iter().flat_map(|admin| &admin.key.missing);
        providers.chain(keys).chain(admin)
    }

    /// Forgets the secrets of callers and operators, for whoever keeps a configuration after it was
    /// applied: it serves to be compared with the next one, and a gateway has their hashes.
    pub fn forget_keys(&mut self) {
        for key in &mut self.gateway.keys {
            key.secret.values.clear();
        }
        if let Some(admin) = &mut self.admin {
            admin.key.values.clear();
        }
    }

    fn require<'a>(
        &self,
        missing: impl Iterator<Item = &'a MissingSecret>,
    ) -> Result<(), ConfigError> {
        let mut problems = Problems::hiding(&self.hidden);
        for missing in missing {
            missing.add_to(&mut problems);
        }
        problems.none(&self.source)
    }
}

impl Examined {
    /// Adds what was found out later.
    pub fn add(&mut self, found: Result<(), ConfigError>) {
        if let Err(error) = found {
            self.problems.extend(error.into_problems());
        }
    }

    /// Adds what the host says of a provider, at the line that names its component.
    pub fn add_component_error(&mut self, provider: &str, error: impl Display) {
        let entry = self.config.providers.get(provider);
        let place = entry.map_or(0..0, |entry| entry.places.component.clone());
        self.add_at(&place, error);
    }

    /// Adds what the host says of `[egress]`.
    pub fn add_egress_error(&mut self, error: impl Display) {
        self.add_at(&self.config.egress.clone(), error);
    }

    fn add_at(&mut self, place: &Range<usize>, error: impl Display) {
        let mut problems = Problems::hiding(&self.config.hidden);
        problems.add_error(place, error);
        self.problems.extend(problems.placed(&self.config.source));
    }

    /// The configuration, if nothing is wrong; else everything that is, in the order of the file.
    pub fn finish(self) -> Result<Config, ConfigError> {
        ConfigError::of(self.problems).map_or(Ok(self.config), Err)
    }
}

/// What the operator calls things, those with problems too.
fn named<'d>(section: Option<&Table<'d>>) -> Vec<&'d str> {
    let values = section.into_iter().flat_map(Table::values);
    values.map(|(name, _)| name).collect()
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
