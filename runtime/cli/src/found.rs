//! A component that was named on the command line.

use std::path::Path;

use tidegate_config::ComponentSource;
use tidegate_host::types::ProviderInfo;
use tidegate_host::{Component, Limits, ProviderConfig};

use crate::failure::Failure;
use crate::loaded::Loaded;
use crate::setup::Setup;

/// What a name stands for.
pub struct Found {
    pub source: ComponentSource,
    pub component: Component,
    /// What the component says of itself, and over that what a profile says.
    pub info: ProviderInfo,
    /// The profile that it has, if any.
    pub profile: Option<String>,
    /// What the operator decided; nothing for a component that is no provider of his.
    pub config: Option<ProviderConfig>,
}

impl Found {
    /// Limits of the operator's, or the default ones.
    pub fn limits(&self) -> Limits {
        self.config
            .as_ref()
            .map(|config| config.limits.clone())
            .unwrap_or_default()
    }

    /// A name with `bundled:`, a configured provider, a bundled one or a profile, or a file, in this order:
    /// what is meant by a name must not change because a file of that name appears.
    pub async fn find(setup: &Setup, name: &str) -> Result<Found, Failure> {
        let is_bundled = |name: &str| setup.environment.bundled_names().any(|it| it == name);
        let bundled = |name: &str| ComponentSource::Bundled(name.into());
        let source = match name.strip_prefix("bundled:") {
            Some(name) if is_bundled(name) => bundled(name),
            Some(_) => return Err(not_found(setup, name)),
            None if setup.is_configured() && setup.names().iter().any(|it| it == name) => {
                let loaded = setup.load(name).await?;
                return Ok(Found {
                    config: Some(loaded.config.clone()),
                    ..Found::from(loaded)
                });
            }
            None if is_bundled(name) => bundled(name),
            None if setup.environment.profile_text(name).is_some() => {
                return Ok(Found::from(setup.bundled(name).await?));
            }
            None if name.contains(['/', '\\', '.']) || Path::new(name).exists() => {
                ComponentSource::File(name.into())
            }
            None => return Err(not_found(setup, name)),
        };
        let component = setup.component(&source).await?;
        Ok(Found {
            info: component.info().clone(),
            component,
            source,
            profile: None,
            config: None,
        })
    }
}

impl From<Loaded> for Found {
    fn from(loaded: Loaded) -> Self {
        Found {
            source: loaded.source,
            component: loaded.component,
            info: loaded.info,
            profile: loaded.profile,
            config: None,
        }
    }
}

fn not_found(setup: &Setup, name: &str) -> Failure {
    let mut known = setup.names();
    known.extend(
        setup
            .environment
            .bundled_names()
            .map(|name| format!("bundled:{name}")),
    );
    let hint = match tidegate_config::nearest(name, known.iter().map(String::as_str)) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None => {
            "give a `.wasm` file, `bundled:NAME`, or a provider that `tidegate providers` lists"
                .into()
        }
    };
    Failure::usage(format!("no component `{}`", name.escape_debug()), hint)
}
