//! A component that was named on the command line.

use std::path::Path;

use tidegate_config::ComponentSource;
use tidegate_host::{Component, Limits, ProviderConfig};

use crate::failure::Failure;
use crate::setup::Setup;

/// What a name stands for.
pub struct Found {
    pub source: ComponentSource,
    pub component: Component,
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

    /// A name with `bundled:`, a configured provider, a bundled one, or a file, in this order: what is
    /// meant by a name must not change because a file of that name appears.
    pub async fn find(setup: &Setup, name: &str) -> Result<Found, Failure> {
        let is_bundled = |name: &str| setup.environment.bundled_names().any(|it| it == name);
        let bundled = |name: &str| ComponentSource::Bundled(name.into());
        let source = match name.strip_prefix("bundled:") {
            Some(name) if is_bundled(name) => bundled(name),
            Some(_) => return Err(not_found(setup, name)),
            None if setup.is_configured() && setup.names().iter().any(|it| it == name) => {
                let loaded = setup.load(name).await?;
                return Ok(Found {
                    source: loaded.source,
                    component: loaded.component,
                    config: Some(loaded.config),
                });
            }
            None if is_bundled(name) => bundled(name),
            None if name.contains(['/', '\\', '.']) || Path::new(name).exists() => {
                ComponentSource::File(name.into())
            }
            None => return Err(not_found(setup, name)),
        };
        Ok(Found {
            component: setup.component(&source).await?,
            source,
            config: None,
        })
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
