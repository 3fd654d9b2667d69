//! A changed configuration, or a changed component, while the gateway serves: applied whole, or not at
//! all.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::sync::Arc;

use tidegate_config::{Config, Examined};
use tidegate_gateway::{Admin, ChangedProvider, Gateway, ProviderChange, Reloaded};
use tidegate_host::{Provider, Route, Runtime};
use tokio::sync::mpsc;

use super::changes::Changes;
use super::program::{Asked, refusal};
use super::wiring;
use crate::failure::{Failure, print_note, print_warning};
use crate::setup::{Setup, environment};

/// Applies changes: when a file has changed, at SIGHUP, and when an operator says so.
pub struct Reloader {
    setup: Setup,
    runtime: Runtime,
    gateway: Gateway,
    admin: Option<Admin>,
    changes: Changes,
}

impl Reloader {
    /// Everything that is watched has been read.
    pub fn new(
        setup: Setup,
        runtime: Runtime,
        gateway: Gateway,
        admin: Option<Admin>,
        changes: Changes,
    ) -> Self {
        Reloader {
            setup,
            runtime,
            gateway,
            admin,
            changes,
        }
    }

    /// Goes on for as long as it is polled.
    pub async fn run(mut self, mut asked: mpsc::Receiver<Asked>) {
        loop {
            let asked = tokio::select! {
                () = self.changes.next() => None,
                Some(asked) = asked.recv() => Some(asked),
            };
            let applied = self.apply().await;
            match &applied {
                Ok(reloaded) => tell(reloaded),
                // What was good goes on.
                Err(failure) => {
                    print_warning("the configuration is not applied, and the one before stays:");
                    failure.report(false);
                }
            }
            if let Some(asked) = asked {
                // Whoever asked may have gone.
                let _ = asked.send(applied.map_err(|failure| refusal(&failure)));
            }
        }
    }

    async fn apply(&mut self) -> Result<Reloaded, Failure> {
        let mut config = self.read().await?.finish()?;
        let changed = self.setup.changed(config.clone());
        let keys = wiring::keys(&config)?;
        let admin = wiring::admin(&config)?;
        let builder = wiring::builder(&changed).await?;
        let before = Before::of(&self.runtime);
        self.gateway.check_keys(&keys)?;
        let runtime = self.runtime.clone();
        blocking(move || Ok(runtime.apply(builder)?)).await?;
        self.gateway.set_keys(keys)?;
        self.gateway
            .set_metrics_keys(wiring::metrics_keys(&config))?;
        if let (Some(api), Some(config)) = (&self.admin, admin) {
            api.set_keys(config.secrets)?;
        }
        let mut reloaded = before.compare(&self.runtime);
        if let Some(old) = self.setup.config() {
            let sections = needs_restart(old, &config).into_iter();
            reloaded.needs_restart = sections.map(Into::into).collect();
        }
        config.forget_keys();
        self.setup = self.setup.changed(config);
        Ok(reloaded)
    }

    /// Reads the file. From then on the files are watched that it names, good or not: what makes a bad
    /// one good may be a change of one of them.
    async fn read(&mut self) -> Result<Examined, Failure> {
        let Some(path) = self.setup.path().map(Path::to_owned) else {
            return Err(Failure::usage(
                "there is no configuration file",
                "start `tidegate serve` with `--config FILE`",
            ));
        };
        self.changes.take_note();
        loop {
            let file = path.clone();
            let examined = blocking(move || Ok(Config::examine(&file, &environment())?)).await?;
            let files = examined.config.files.iter().cloned();
            // A file that is new on the list was read before it was looked at.
            if !self.changes.watch([path.clone()].into_iter().chain(files)) {
                return Ok(examined);
            }
        }
    }
}

/// Work that reads files, or takes longer than a task may.
async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Failure> + Send + 'static,
) -> Result<T, Failure> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|panic| Failure::Output(io::Error::other(panic)))?
}

/// What a runtime was.
struct Before {
    providers: BTreeMap<String, (Arc<Provider>, u64)>,
    routes: BTreeMap<String, Route>,
}

impl Before {
    fn of(runtime: &Runtime) -> Self {
        let providers = runtime.providers().map(|provider| {
            let version = provider.version().number();
            (provider.name().to_owned(), (provider, version))
        });
        Before {
            providers: providers.collect(),
            routes: runtime.routes().into_iter().collect(),
        }
    }

    fn compare(&self, runtime: &Runtime) -> Reloaded {
        let now = Before::of(runtime);
        let mut reloaded = Reloaded::default();
        for (name, (provider, version)) in &now.providers {
            let change = match self.providers.get(name) {
                None => ProviderChange::Added,
                Some((before, _)) if !Arc::ptr_eq(before, provider) => ProviderChange::Reconfigured,
                Some((_, before)) if before != version => ProviderChange::Swapped,
                Some(_) => continue,
            };
            reloaded.providers.push(ChangedProvider {
                name: name.clone(),
                change,
                version: Some(*version),
            });
        }
        let gone = self.providers.keys();
        for name in gone.filter(|name| !now.providers.contains_key(*name)) {
            reloaded.providers.push(ChangedProvider {
                name: name.clone(),
                change: ProviderChange::Removed,
                version: None,
            });
        }
        let names = self.routes.keys().chain(now.routes.keys());
        let mut routes: Vec<String> = names
            .filter(|name| self.routes.get(*name) != now.routes.get(*name))
            .cloned()
            .collect();
        routes.sort();
        routes.dedup();
        reloaded.routes = routes;
        reloaded
    }
}

fn tell(reloaded: &Reloaded) {
    for what in &reloaded.needs_restart {
        print_warning(&format!(
            "`{what}` has changed, which takes effect at the next start"
        ));
    }
    print_note("the configuration is applied");
    for ChangedProvider { name, version, .. } in &reloaded.providers {
        match version {
            Some(version) => print_note(&format!("provider `{name}` is at version {version}")),
            None => print_note(&format!("provider `{name}` is gone")),
        }
    }
}

/// Sections that are read once. Compared by what they print, secrets left out.
fn needs_restart(old: &Config, new: &Config) -> Vec<&'static str> {
    let without_keys = |config: &Config| {
        let mut gateway = config.gateway.clone();
        gateway.keys.clear();
        format!("{gateway:?}")
    };
    let admin = |config: &Config| {
        let listen = config.admin.as_ref().map(|admin| admin.listen);
        format!("{listen:?}")
    };
    let sections = [
        ("[gateway]", without_keys(old), without_keys(new)),
        ("[admin]", admin(old), admin(new)),
        (
            "[telemetry]",
            format!("{:?}", old.telemetry),
            format!("{:?}", new.telemetry),
        ),
        (
            "[engine]",
            format!("{:?}", old.engine),
            format!("{:?}", new.engine),
        ),
    ];
    let changed = sections.into_iter().filter(|(_, old, new)| old != new);
    changed.map(|(name, _, _)| name).collect()
}
