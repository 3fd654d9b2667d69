//! A provider with its component at hand: what it was given, and what it lacks.

use tidegate_config::{ComponentSource, Environment, MissingSecret, Profile, ProviderEntry};
use tidegate_host::grants::Grant;
use tidegate_host::types::{Credential, ProviderInfo, SettingInfo};
use tidegate_host::{Component, ProviderConfig};

use crate::failure::Failure;
use crate::unconfigured::{as_it_wants, example, variables};

/// A provider that is known, its component loaded.
#[derive(Clone)]
pub struct Loaded {
    pub name: String,
    pub source: ComponentSource,
    pub component: Component,
    /// What the component says of itself, and over that what its profile says.
    pub info: ProviderInfo,
    /// The profile that it has, if any.
    pub profile: Option<String>,
    pub config: ProviderConfig,
    /// Secrets that its configuration names and that are not there.
    pub missing: Vec<MissingSecret>,
    /// Whether it stands in a configuration file; if not, it was granted what it wants.
    pub is_configured: bool,
}

impl Loaded {
    /// A provider of the configuration.
    pub fn of_entry(name: &str, entry: &ProviderEntry, component: Component) -> Self {
        Loaded {
            name: name.into(),
            source: entry.component.clone(),
            info: overlaid(component.info(), entry.profile.as_ref()),
            profile: entry.profile.as_ref().map(|profile| profile.name.clone()),
            component,
            config: entry.config.clone(),
            missing: entry.missing.clone(),
            is_configured: true,
        }
    }

    /// A bundled provider that nobody configured, as it wants to be.
    pub fn as_it_wants(
        name: &str,
        source: ComponentSource,
        component: Component,
        profile: Option<&Profile>,
        environment: &Environment,
    ) -> Self {
        let info = overlaid(component.info(), profile);
        let mut config = as_it_wants(&info, environment);
        if let Some(profile) = profile {
            config.settings.extend(profile.settings.iter().cloned());
            let prices = profile.prices.iter();
            config.prices = prices
                .map(|(model, prices)| (model.clone(), prices.into()))
                .collect();
        }
        Loaded {
            name: name.into(),
            source,
            info,
            profile: profile.map(|profile| profile.name.clone()),
            component,
            config,
            missing: vec![],
            is_configured: false,
        }
    }

    /// Declared credentials without which nothing works, and which nobody configured.
    pub fn missing_credentials(&self) -> impl Iterator<Item = &Credential> {
        let configured = |name: &str| {
            self.config.secrets.iter().any(|secret| secret.name == name)
                || self.missing.iter().any(|secret| secret.name == name)
        };
        let declared = self.info.credentials.iter();
        declared.filter(move |credential| credential.required && !configured(&credential.name))
    }

    /// Required settings that have no value.
    pub fn missing_settings(&self) -> impl Iterator<Item = &SettingInfo> {
        let set = |name: &str| self.config.settings.iter().any(|(set, _)| set == name);
        let declared = self.info.settings.iter();
        declared.filter(move |it| it.required && it.default.is_none() && !set(&it.name))
    }

    /// Fails where a call is known to fail for want of a setting or a key in the configuration.
    pub fn check_complete(&self) -> Result<(), Failure> {
        if let Some(setting) = self.missing_settings().next() {
            let (provider, name) = (&self.name, &setting.name);
            return Err(Failure::usage(
                format!(
                    "provider `{provider}` needs the setting `{name}`: {}",
                    setting.description
                ),
                format!(
                    "give it a value in a `tidegate.toml`, as `providers.{provider}.settings.{name}`"
                ),
            ));
        }
        let Some(credential) = self.missing_credentials().next() else {
            return Ok(());
        };
        let (provider, name) = (&self.name, &credential.name);
        let hint = match (self.is_configured, &credential.environment) {
            (false, Some(_)) => match variables(credential).as_slice() {
                [variable] => format!("set the environment variable `{variable}`"),
                several => format!(
                    "set the environment variables `{}`",
                    several.join("` and `")
                ),
            },
            (false, None) => format!(
                "give it one in a `tidegate.toml`, as `providers.{provider}.secrets.{name}`"
            ),
            (true, _) => format!(
                "add `secrets.{name} = {}` to `[providers.{provider}]`",
                example(credential)
            ),
        };
        let message = format!(
            "provider `{provider}` has no `{name}`: {}",
            credential.description
        );
        Err(Failure::usage(message, hint))
    }

    /// What was granted to a provider that nobody configured.
    pub fn note(&self) -> Option<String> {
        let patterns = self.config.allow.len();
        if self.is_configured || patterns == 0 {
            return None;
        }
        let grant = Grant::parse(&self.config.allow).ok()?;
        let origins: Vec<String> = grant.origins().iter().map(|it| format!("`{it}`")).collect();
        let keys = self.info.credentials.iter().filter_map(|credential| {
            let is_set = self
                .config
                .secrets
                .iter()
                .any(|secret| secret.name == credential.name);
            is_set.then_some(credential.environment.as_deref()?)
        });
        let keys: String = keys
            .map(|variable| format!(", with the key in `{variable}`"))
            .collect();
        let patterns = match patterns {
            1 => "1 pattern".into(),
            more => format!("{more} patterns"),
        };
        let (name, origins) = (&self.name, origins.join(", "));
        Some(format!(
            "without a `tidegate.toml`, `{name}` is granted what it wants: {patterns} on {origins}{keys}"
        ))
    }
}

/// What a component says of itself, and over that what a profile says.
fn overlaid(info: &ProviderInfo, profile: Option<&Profile>) -> ProviderInfo {
    match profile {
        Some(profile) => profile.overlay(info),
        None => info.clone(),
    }
}
