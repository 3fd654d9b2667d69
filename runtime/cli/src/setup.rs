//! What commands run on: the configuration, the engine, and components as they are needed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tidegate_config::{ComponentSource, Config, Environment, Profile, find, nearest};
use tidegate_host::types::ErrorKind;
use tidegate_host::{
    ClientConfig, Component, Engine, EngineConfig, Error, LoadError, Outcome, Runtime,
};

use crate::arguments::Common;
use crate::failure::{Failure, print_note};
use crate::loaded::Loaded;
use crate::progress;

/// A command makes a few calls at once at most; address space for thousands is not needed.
const INSTANCES: u32 = 16;

/// What commands run on.
#[derive(Clone)]
pub struct Setup {
    pub environment: Environment,
    pub common: Common,
    config: Option<Config>,
    file: Option<PathBuf>,
    engine: Engine,
    /// Bundled components that have been loaded: many profiles are of the same.
    bundled: Arc<Mutex<BTreeMap<String, Component>>>,
    denials: Arc<Mutex<Vec<String>>>,
}

impl Setup {
    /// Reads the configuration and sets up the engine.
    pub fn new(common: Common) -> Result<Self, Failure> {
        let (file, config) = configuration(&common)?;
        Setup::build(common, file, config, INSTANCES)
    }

    /// The same for a configuration that was read, and for as many calls at once as it allows.
    pub fn serving(
        common: Common,
        (file, config): (Option<PathBuf>, Option<Config>),
    ) -> Result<Self, Failure> {
        Setup::build(common, file, config, u32::MAX)
    }

    /// Sets up the engine for a configuration that was read.
    pub fn with(
        common: Common,
        file: Option<PathBuf>,
        config: Option<Config>,
    ) -> Result<Self, Failure> {
        Setup::build(common, file, config, INSTANCES)
    }

    fn build(
        common: Common,
        file: Option<PathBuf>,
        config: Option<Config>,
        instances: u32,
    ) -> Result<Self, Failure> {
        let environment = environment();
        let base = config
            .as_ref()
            .map(|config| config.engine.clone())
            .unwrap_or_default();
        let cache = match common.no_cache {
            true => None,
            false => cache_folder(&environment),
        };
        let engine = Engine::new(EngineConfig {
            instances: base.instances.min(instances),
            cache,
            ..base
        })?;
        Ok(Setup {
            environment,
            common,
            config,
            file,
            engine,
            bundled: Arc::default(),
            denials: Arc::default(),
        })
    }

    /// Whether there is a configuration file; without one, bundled providers are used as they are.
    pub fn is_configured(&self) -> bool {
        self.config.is_some()
    }

    /// The configuration, if there is one.
    pub fn config(&self) -> Option<&Config> {
        self.config.as_ref()
    }

    /// The file that was read.
    pub fn path(&self) -> Option<&Path> {
        self.file.as_deref()
    }

    /// The same engine with another configuration.
    pub fn changed(&self, config: Config) -> Setup {
        Setup {
            config: Some(config),
            ..self.clone()
        }
    }

    /// Goes on with another configuration, or without the secrets of this one's callers.
    pub fn config_mut(&mut self) -> Option<&mut Config> {
        self.config.as_mut()
    }

    /// Where components are loaded.
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// What a component is called in a configuration, and what that means beside this one.
    pub fn source(&self, text: &str) -> ComponentSource {
        match text.strip_prefix("bundled:") {
            Some(name) => ComponentSource::Bundled(name.into()),
            None => {
                let folder = self.path().and_then(Path::parent);
                ComponentSource::File(folder.unwrap_or(Path::new("")).join(text))
            }
        }
    }

    /// The file that was read, for messages.
    pub fn file(&self) -> Option<String> {
        Some(self.file.as_ref()?.display().to_string())
    }

    /// The providers that can be named, sorted.
    pub fn names(&self) -> Vec<String> {
        match &self.config {
            Some(config) => config.providers.keys().cloned().collect(),
            None => {
                let bundled = self.environment.bundled_names();
                let names = bundled.chain(self.environment.profile_names());
                let mut names: Vec<String> = names.map(Into::into).collect();
                names.sort();
                names
            }
        }
    }

    /// The providers that are used where nobody names one. Of profiles that nobody configured only those
    /// whose key is there: a server of the user's own may or may not run, and what listens at its usual
    /// port may be anything, this program included.
    pub fn used(&self) -> Vec<String> {
        let mut names = self.names();
        if !self.is_configured() {
            names.retain(|name| match Profile::bundled(name, &self.environment) {
                Some(Ok(profile)) => {
                    let key = profile.credential.filter(|key| key.required);
                    key.is_some_and(|key| self.environment.variable(&key.environment).is_some())
                }
                Some(Err(_)) | None => true,
            });
        }
        names
    }

    /// Finds a provider and loads its component.
    pub async fn load(&self, name: &str) -> Result<Loaded, Failure> {
        if let Some(config) = &self.config {
            let entry = config
                .providers
                .get(name)
                .ok_or_else(|| self.unknown(name))?;
            let component = self.component(&entry.component).await?;
            config.check(name, component.info())?;
            return Ok(Loaded::of_entry(name, entry, component));
        }
        self.bundled(name).await
    }

    /// A bundled provider or profile, as it is.
    pub async fn bundled(&self, name: &str) -> Result<Loaded, Failure> {
        let environment = &self.environment;
        let profile = Profile::bundled(name, environment).transpose()?;
        let component = match &profile {
            Some(_) => environment.profiled(),
            None => environment.bundled_names().find(|bundled| *bundled == name),
        };
        let component = component.ok_or_else(|| self.unknown(name))?;
        let source = ComponentSource::Bundled(component.into());
        let component = self.component(&source).await?;
        let profile = profile.as_ref();
        if let Some(profile) = profile {
            profile.check(component.info())?;
        }
        Ok(Loaded::as_it_wants(
            name,
            source,
            component,
            profile,
            environment,
        ))
    }

    /// Loads a component.
    pub async fn component(&self, source: &ComponentSource) -> Result<Component, LoadError> {
        let loading = async {
            match source {
                ComponentSource::File(path) => Component::from_file(&self.engine, path).await,
                ComponentSource::Bundled(name) => {
                    let loaded = || self.bundled.lock().unwrap_or_else(PoisonError::into_inner);
                    if let Some(component) = loaded().get(name) {
                        return Ok(component.clone());
                    }
                    let bytes = tidegate_bundle::component(name).unwrap_or_default();
                    let source = source.to_string();
                    let component = Component::from_bytes(&self.engine, &source, bytes).await?;
                    let component = component.trusted();
                    loaded().insert(name.clone(), component.clone());
                    Ok(component)
                }
            }
        };
        progress::during(&format!("loading {source}"), loading).await
    }

    /// What outbound connections trust and go through.
    pub fn client(&self) -> ClientConfig {
        let config = self.config.as_ref();
        config
            .map(|config| config.client.clone())
            .unwrap_or_default()
    }

    /// A runtime with these providers.
    pub fn runtime(&self, providers: impl IntoIterator<Item = Loaded>) -> Result<Runtime, Error> {
        let denials = self.denials.clone();
        let mut builder = Runtime::builder()
            .client(self.client())
            .audit(Arc::new(move |record| {
                if let Outcome::Denied(sentence) = &record.outcome {
                    let mut denials = denials.lock().unwrap_or_else(PoisonError::into_inner);
                    denials.push(sentence.clone());
                }
            }));
        for loaded in providers {
            builder = builder.provider(loaded.name, loaded.component, loaded.config);
        }
        builder.build()
    }

    /// A runtime with the one provider that `model` begins with, ready to be called.
    pub async fn runtime_for(&self, model: &str) -> Result<(Runtime, String), Failure> {
        let Some((name, vendors)) = model.split_once('/') else {
            let model = model.escape_debug();
            let names = self.names();
            return Err(
                match names.iter().find(|name| **name == *model.to_string()) {
                    Some(_) => Failure::usage(
                        format!("`{model}` is a provider, and names no model"),
                        format!("write `{model}/MODEL`; `tidegate models {model}` lists them"),
                    ),
                    None => Failure::usage(
                        format!("model `{model}` names no provider"),
                        "write `PROVIDER/MODEL`; `tidegate providers` lists the providers",
                    ),
                },
            );
        };
        if name.is_empty() {
            return Err(Failure::usage(
                format!("model `{}` names no provider", model.escape_debug()),
                "write `PROVIDER/MODEL`; `tidegate providers` lists the providers",
            ));
        }
        let loaded = self.load(name).await?;
        if vendors.is_empty() {
            return Err(Failure::usage(
                format!("`{name}/` names a provider and no model"),
                format!("write `{name}/MODEL`; `tidegate models {name}` lists them"),
            ));
        }
        self.check_callable(&loaded)?;
        if let Some(note) = loaded.note() {
            print_note(&note);
        }
        Ok((self.runtime([loaded])?, name.into()))
    }

    /// Fails where a call is known to fail: for want of a secret, pointed at, or of a setting.
    pub fn check_callable(&self, loaded: &Loaded) -> Result<(), Failure> {
        if let Some(config) = &self.config {
            config.require_secrets(&loaded.name)?;
        }
        loaded.check_complete()
    }

    /// A call begins: what was denied to those before it does not explain how this one ends.
    pub fn begin_call(&self) {
        self.denials().clear();
    }

    /// What became of a call: the host's sentence where it ended with a denial, of which the provider
    /// is told a bare code. A provider that was denied something and failed for another reason
    /// afterwards is heard with that reason.
    pub fn failed(&self, provider: &str, error: Error) -> Failure {
        let sentence = self.denials().pop();
        match sentence {
            Some(sentence) if error.kind() == ErrorKind::Denied => Failure::Denied(sentence),
            _ => Failure::Call {
                provider: provider.into(),
                error,
            },
        }
    }

    fn denials(&self) -> MutexGuard<'_, Vec<String>> {
        self.denials.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn unknown(&self, name: &str) -> Failure {
        let names = self.names();
        let is_bundled = self
            .environment
            .bundled_names()
            .any(|bundled| bundled == name);
        let hint = match (
            &self.file(),
            nearest(name, names.iter().map(String::as_str)),
        ) {
            (Some(file), _) if is_bundled => format!(
                "it is bundled; to use it, add `[providers.{name}]` with `component = \"bundled:{name}\"` to `{file}`"
            ),
            (Some(file), _) if self.environment.profile_text(name).is_some() => format!(
                "it is a bundled profile; to use it, add `[providers.{name}]` with `profile = \"{name}\"` and what it may reach to `{file}`"
            ),
            (_, Some(nearest)) => format!("did you mean `{nearest}`?"),
            _ => "`tidegate providers` lists those there are".into(),
        };
        Failure::usage(format!("no provider `{}`", name.escape_debug()), hint)
    }
}

/// The variables of the process, the bundled providers and their profiles.
pub fn environment() -> Environment {
    Environment::of_process()
        .bundled(tidegate_bundle::names())
        .profiles(tidegate_bundle::PROFILED, tidegate_bundle::profiles())
}

/// The configuration, if there is one.
pub fn configuration(common: &Common) -> Result<(Option<PathBuf>, Option<Config>), Failure> {
    let environment = environment();
    let file = find(common.config.as_deref(), &environment);
    let config = match &file {
        Some(path) => Some(Config::load(path, &environment)?),
        None => None,
    };
    Ok((file, config))
}

/// Of this user alone: what is in it is executed.
fn cache_folder(environment: &Environment) -> Option<PathBuf> {
    let folder = environment.user_folder("XDG_CACHE_HOME", ".cache")?;
    Some(folder.join("tidegate").join("components"))
}
