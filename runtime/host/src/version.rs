//! A component together with everything an operator decided about it: what a call runs on.

use std::sync::{Arc, Mutex};

use tidegate_grants::{Binding, Grant, Pattern};

use crate::component::Component;
use crate::describe::{self, list};
use crate::egress::{Access, Credential, Egress, Owner, WayOut};
use crate::engine::{Engine, TABLE_ELEMENTS};
use crate::error::{Error, Result};
use crate::health::Health;
use crate::limits::Limits;
use crate::nearest::nearest;
use crate::provider_config::{ProviderConfig, wants};
use crate::reuse::Reuse;
use crate::router::RateLimits;
use crate::secret::{SecretConfig, SecretValue};
use crate::types::{self, Placement, ProviderInfo, Setting};

/// One version of a provider. A call takes the current one and keeps it to its end.
pub struct Version {
    number: u64,
    /// Whether somebody swapped it in, rather than the configuration.
    pub(crate) by_hand: bool,
    component: Component,
    settings: Vec<Setting>,
    pub(crate) way_out: Arc<WayOut>,
    /// How its calls have fared.
    pub(crate) health: Mutex<Health>,
    /// `None`: every call gets an instance of its own.
    pub(crate) reuse: Option<Reuse>,
}

impl Version {
    pub(crate) fn new(
        number: u64,
        name: &Arc<str>,
        component: Component,
        config: &ProviderConfig,
        egress: Arc<Egress>,
    ) -> Result<Self> {
        let info = component.info();
        check_limits(name, &config.limits, component.engine())?;
        check_rates(name, &config.rates)?;
        let grant = Grant::parse(&config.allow)
            .map_err(|error| wrong(name, "allow", error.to_string()))?
            .with_private(config.private);
        let mut settings = settings(name, info, &config.settings)?;
        let owner = Owner {
            provider: name.clone(),
            digest: component.digest(),
            private: config.private,
        };
        let credentials = credentials(&owner, info, &grant, &settings, &config.secrets)?;
        for secret in config.secrets.iter().filter(|secret| secret.expose) {
            settings.push(exposed(name, secret)?);
        }
        let access = Access::new(
            name.clone(),
            component.digest(),
            grant,
            credentials,
            config.limits.clone(),
        );
        Ok(Version {
            number,
            by_hand: false,
            settings,
            way_out: Arc::new(WayOut::new(access, egress)),
            health: Mutex::new(Health::new(config.breaker.clone())),
            reuse: Reuse::new(name, &component, config.isolation, &config.limits),
            component,
        })
    }

    /// The provider's name in the configuration.
    pub fn name(&self) -> &str {
        &self.way_out.access.provider
    }

    pub(crate) fn provider(&self) -> &Arc<str> {
        &self.way_out.access.provider
    }

    /// Counts the versions of this provider from 1.
    pub fn number(&self) -> u64 {
        self.number
    }

    /// What it runs.
    pub fn component(&self) -> &Component {
        &self.component
    }

    /// What it may reach.
    pub fn grant(&self) -> &Grant {
        &self.way_out.access.grant
    }

    /// What a call may use.
    pub fn limits(&self) -> &Limits {
        &self.way_out.access.limits
    }

    /// Instances that wait for the next call of their caller. There are none unless its
    /// [`Isolation`] is by caller.
    pub fn idle_instances(&self) -> usize {
        self.reuse.as_ref().map_or(0, Reuse::count)
    }

    /// New calls do not run on it any more: what is kept for them is given up, now and later.
    pub(crate) fn retire(&self) {
        if let Some(reuse) = &self.reuse {
            reuse.close();
        }
    }

    /// New calls run on it again.
    pub(crate) fn resume(&self) {
        if let Some(reuse) = &self.reuse {
            reuse.open();
        }
    }

    pub(crate) fn settings(&self) -> &[Setting] {
        &self.settings
    }

    /// The credentials that have a value, by name.
    pub fn configured_credentials(&self) -> impl Iterator<Item = &str> {
        self.way_out.access.credentials.iter().map(Credential::name)
    }

    /// A declared credential without which nothing works, and which has no value.
    pub(crate) fn missing_credential(&self) -> Option<&types::Credential> {
        let configured = |name: &str| {
            self.way_out
                .access
                .credentials
                .iter()
                .any(|it| it.name() == name)
        };
        let mut required = self.component.info().credentials.iter();
        required.find(|declared| declared.required && !configured(&declared.name))
    }

    /// A credential that has a value and that this version wants elsewhere than another one does.
    pub(crate) fn moved_credential(&self, other: &Version) -> Option<&str> {
        let placement = |version: &Version, name: &str| {
            let mut declared = version.component.info().credentials.iter();
            let found = declared.find(|credential| credential.name == name)?;
            Some(found.placement.clone())
        };
        let mut configured = self.configured_credentials();
        configured.find(|name| {
            let before = placement(other, name);
            before.is_some() && before != placement(self, name)
        })
    }

    /// What it wants and is not granted: pattern, with settings filled in, and reason.
    pub fn ungranted(&self) -> Vec<(String, String)> {
        let wants = wants(self.component.info(), &self.settings);
        let granted = |pattern: &str| match pattern.parse::<Pattern>() {
            Ok(pattern) => self.way_out.access.grant.covers(&pattern),
            Err(_) => false,
        };
        wants
            .into_iter()
            .filter(|(pattern, _)| !granted(pattern))
            .collect()
    }
}

/// A limit that the pool cannot give is a promise that would be broken at the first large call.
fn check_limits(provider: &str, limits: &Limits, engine: &Engine) -> Result<()> {
    let memory = engine.config.memory;
    let bounds = [
        (
            "memory",
            limits.memory,
            memory,
            "raise the engine's `memory` first",
        ),
        (
            "table-elements",
            limits.table_elements,
            TABLE_ELEMENTS,
            "no provider needs more",
        ),
    ];
    for (name, limit, most, hint) in bounds {
        if limit > most {
            return Err(Error::Config {
                message: format!(
                    "`providers.{provider}.limits.{name}` is {limit}, and the engine gives {most} at most"
                ),
                hint: hint.into(),
            });
        }
    }
    Ok(())
}

/// None per minute would be a provider that can never be called, with a wait that never ends.
fn check_rates(provider: &str, rates: &RateLimits) -> Result<()> {
    let rates = [
        ("rpm", rates.requests_per_minute),
        ("tpm", rates.tokens_per_minute),
    ];
    match rates.into_iter().find(|(_, rate)| *rate == Some(0)) {
        None => Ok(()),
        Some((name, _)) => Err(Error::Config {
            message: format!("`providers.{provider}.{name}` is 0"),
            hint: "leave it out where nothing is to be limited".into(),
        }),
    }
}

fn settings(
    provider: &str,
    info: &ProviderInfo,
    given: &[(String, String)],
) -> Result<Vec<Setting>> {
    for (name, value) in given {
        let Some(declared) = info.settings.iter().find(|setting| setting.name == *name) else {
            return Err(unknown(
                provider,
                "setting",
                name,
                info.settings.iter().map(|setting| setting.name.as_str()),
            ));
        };
        describe::check_setting(declared, value)
            .map_err(|problem| wrong(provider, &format!("settings.{name}"), problem))?;
    }
    let set = |name: &str| {
        let set = given.iter().rev().find(|(given, _)| given == name);
        set.map(|(_, value)| value.clone())
    };
    let mut settings = Vec::new();
    for declared in &info.settings {
        match describe::value_of(info, &declared.name, set) {
            Some(value) => {
                // What a default is filled with may make anything of it.
                describe::check_setting(declared, &value).map_err(|problem| {
                    wrong(provider, &format!("settings.{}", declared.name), problem)
                })?;
                settings.push(Setting {
                    name: declared.name.clone(),
                    value,
                });
            }
            None if declared.required => {
                return Err(wrong(
                    provider,
                    &format!("settings.{}", declared.name),
                    format!("is required: {}", declared.description),
                ));
            }
            None => {}
        }
    }
    Ok(settings)
}

fn credentials(
    owner: &Owner,
    info: &ProviderInfo,
    grant: &Grant,
    settings: &[Setting],
    secrets: &[SecretConfig],
) -> Result<Vec<Credential>> {
    let provider = &*owner.provider;
    for secret in secrets {
        let declared = info.credentials.iter().map(|it| it.name.as_str());
        if !declared.clone().any(|name| name == secret.name) {
            return Err(unknown(provider, "credential", &secret.name, declared));
        }
    }
    let setting = |name: &str| {
        let set = settings.iter().find(|setting| setting.name == name);
        set.map(|setting| setting.value.clone())
    };
    let mut credentials = Vec::new();
    for declared in &info.credentials {
        let Some(config) = secrets.iter().rev().find(|it| it.name == declared.name) else {
            continue;
        };
        let mut binding = Binding::new(&declared.name, grant.origins());
        if let Some(to) = &config.to {
            binding = binding.narrowed(to).map_err(|error| {
                wrong(
                    provider,
                    &format!("secrets.{}", declared.name),
                    error.to_string(),
                )
            })?;
        }
        let placement = placement(provider, declared, setting)?;
        credentials.push(Credential::new(
            owner,
            binding,
            &placement,
            &config.value,
            setting,
        )?);
    }
    Ok(credentials)
}

/// Where a credential goes, with its region filled in.
fn placement(
    provider: &str,
    declared: &types::Credential,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<Placement> {
    let Placement::AwsSigv4(scope) = &declared.placement else {
        return Ok(declared.placement.clone());
    };
    match describe::fill_in(&scope.region, setting) {
        Ok(region) => Ok(Placement::AwsSigv4(types::AwsSigv4 {
            service: scope.service.clone(),
            region,
        })),
        Err(setting) => Err(wrong(
            provider,
            &format!("settings.{setting}"),
            format!(
                "is not set, and the credential `{}` is signed for it\nhint: give it a value, `us-east-1` for example",
                declared.name
            ),
        )),
    }
}

/// A secret as the guest may see it.
fn exposed(provider: &str, secret: &SecretConfig) -> Result<Setting> {
    let SecretValue::Text(text) = &secret.value else {
        return Err(wrong(
            provider,
            &format!("secrets.{}.expose", secret.name),
            format!(
                "is set, and the secret is {}\nhint: leave it out: only a text can be shown to a provider",
                secret.value.what()
            ),
        ));
    };
    Ok(Setting {
        name: secret.name.clone(),
        value: text.expose().into(),
    })
}

fn wrong(provider: &str, field: &str, problem: String) -> Error {
    let (problem, hint) = match problem.split_once("\nhint: ") {
        Some((problem, hint)) => (problem.to_owned(), hint.to_owned()),
        None => (
            problem,
            format!("`tidegate inspect {provider}` shows what the provider takes"),
        ),
    };
    Error::Config {
        message: format!("`providers.{provider}.{field}` {problem}"),
        hint,
    }
}

fn unknown<'a>(
    provider: &str,
    what: &str,
    name: &str,
    declared: impl Iterator<Item = &'a str>,
) -> Error {
    let declared: Vec<&str> = declared.collect();
    let hint = match nearest(name, declared.iter().copied()) {
        Some(nearest) => format!("did you mean `{nearest}`?"),
        None if declared.is_empty() => format!("it has no {what}s"),
        None => format!("it has {}", list(&declared)),
    };
    Error::Config {
        message: format!("provider `{provider}` has no {what} `{name}`"),
        hint,
    }
}
