//! `tidegate inspect`: what a component is, what it wants, and what it gets.

mod json;
mod text;

use std::path::Path;

use tidegate_config::ComponentSource;
use tidegate_host::types::ProviderInfo;
use tidegate_host::{Component, Limits, ProviderConfig};

use crate::arguments::InspectArguments;
use crate::failure::{Exit, Failure};
use crate::loaded::Loaded;
use crate::setup::Setup;
use crate::terminal::Output;

/// What is shown.
struct Inspected {
    source: ComponentSource,
    component: Component,
    /// What the component says of itself, and over that what a profile says.
    info: ProviderInfo,
    profile: Option<String>,
    /// What the operator decided; nothing for a component that is no provider of his.
    config: Option<ProviderConfig>,
}

impl Inspected {
    fn limits(&self) -> Limits {
        self.config
            .as_ref()
            .map(|config| config.limits.clone())
            .unwrap_or_default()
    }
}

impl From<Loaded> for Inspected {
    fn from(loaded: Loaded) -> Self {
        Inspected {
            source: loaded.source,
            component: loaded.component,
            info: loaded.info,
            profile: loaded.profile,
            config: None,
        }
    }
}

pub async fn run(setup: Setup, arguments: InspectArguments) -> Result<Exit, Failure> {
    let inspected = find(&setup, &arguments.component).await?;
    let mut output = Output::new();
    match arguments.json {
        true => {
            let json = json::of(&inspected).map_err(std::io::Error::other)?;
            output.line(&format!("{json:#}"))?;
        }
        false => output.text(&text::of(&inspected))?,
    }
    Ok(Exit::Done)
}

/// A name with `bundled:`, a configured provider, a bundled one or a profile, or a file, in this order: what is
/// meant by a name must not change because a file of that name appears.
async fn find(setup: &Setup, name: &str) -> Result<Inspected, Failure> {
    let is_bundled = |name: &str| setup.environment.bundled_names().any(|it| it == name);
    let bundled = |name: &str| ComponentSource::Bundled(name.into());
    let source = match name.strip_prefix("bundled:") {
        Some(name) if is_bundled(name) => bundled(name),
        Some(_) => return Err(not_found(setup, name)),
        None if setup.is_configured() && setup.names().iter().any(|it| it == name) => {
            let loaded = setup.load(name).await?;
            return Ok(Inspected {
                config: Some(loaded.config.clone()),
                ..Inspected::from(loaded)
            });
        }
        None if is_bundled(name) => bundled(name),
        None if setup.environment.profile_text(name).is_some() => {
            return Ok(Inspected::from(setup.bundled(name).await?));
        }
        None if name.contains(['/', '\\', '.']) || Path::new(name).exists() => {
            ComponentSource::File(name.into())
        }
        None => return Err(not_found(setup, name)),
    };
    let component = setup.component(&source).await?;
    Ok(Inspected {
        info: component.info().clone(),
        component,
        source,
        profile: None,
        config: None,
    })
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
