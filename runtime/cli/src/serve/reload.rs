//! A changed configuration, or a changed component, while the gateway serves: applied whole, or not at
//! all.

use std::convert::Infallible;
use std::path::PathBuf;

use tidegate_config::{ComponentSource, Config};
use tidegate_gateway::Gateway;
use tidegate_host::Runtime;

use super::changes::Changes;
use super::wiring;
use crate::failure::{Failure, print_note, print_warning};
use crate::setup::{Setup, environment};

/// Applies changes for as long as it is polled: when a file has changed, and at SIGHUP.
pub async fn run(mut setup: Setup, runtime: &Runtime, gateway: &Gateway) -> Infallible {
    let mut changes = Changes::new();
    loop {
        changes.next(&files(&setup)).await;
        match apply(&setup, runtime, gateway).await {
            Ok(config) => setup.set_config(config),
            // What was good goes on.
            Err(failure) => {
                print_warning("the configuration is not applied, and the one before stays:");
                failure.report(false);
            }
        }
    }
}

/// What a change of is a change of the configuration.
fn files(setup: &Setup) -> Vec<PathBuf> {
    let config = setup.config();
    let components = config.into_iter().flat_map(|config| {
        let sources = config.providers.values().map(|entry| &entry.component);
        sources.filter_map(|source| match source {
            ComponentSource::File(path) => Some(path.clone()),
            ComponentSource::Bundled(_) => None,
        })
    });
    setup
        .path()
        .map(Into::into)
        .into_iter()
        .chain(components)
        .collect()
}

async fn apply(setup: &Setup, runtime: &Runtime, gateway: &Gateway) -> Result<Config, Failure> {
    let Some(path) = setup.path() else {
        return Err(Failure::usage(
            "there is no configuration file",
            "start `tidegate serve` with `--config FILE`",
        ));
    };
    let config = Config::load(path, &environment())?;
    let changed = setup.changed(config.clone());
    let keys = wiring::keys(&config)?;
    let builder = wiring::builder(&changed).await?;
    let before = versions(runtime);
    gateway.check_keys(&keys)?;
    runtime.apply(builder)?;
    gateway.set_keys(keys)?;
    if let Some(old) = setup.config() {
        for what in needs_a_restart(old, &config) {
            print_warning(&format!(
                "`{what}` has changed, which takes effect at the next start"
            ));
        }
    }
    print_note("the configuration is applied");
    for (name, number) in versions(runtime) {
        if !before.contains(&(name.clone(), number)) {
            print_note(&format!("provider `{name}` is at version {number}"));
        }
    }
    Ok(config)
}

fn versions(runtime: &Runtime) -> Vec<(String, u64)> {
    let providers = runtime.providers();
    providers
        .map(|provider| (provider.name().to_owned(), provider.version().number()))
        .collect()
}

/// Sections that are read once. Compared by what they print, secrets left out.
fn needs_a_restart(old: &Config, new: &Config) -> Vec<&'static str> {
    let without_keys = |config: &Config| {
        let mut gateway = config.gateway.clone();
        gateway.keys.clear();
        format!("{gateway:?}")
    };
    let sections = [
        ("[gateway]", without_keys(old), without_keys(new)),
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
