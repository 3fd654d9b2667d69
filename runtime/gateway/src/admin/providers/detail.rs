//! All there is to know of a provider.

use std::sync::Arc;

use serde::Serialize;
use tidegate_host::json::to_json;
use tidegate_host::{Provider, ProviderConfig, SecretConfig, Version};
use utoipa::ToSchema;

use super::limits::AllLimits;
use super::summary::{Numbered, Summary};
use crate::admin::answer::since_epoch;
use crate::admin::keys::Rates;

/// All there is to know of a provider.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
pub struct Detail {
    #[serde(flatten)]
    summary: Summary,
    /// What the component says of itself: `provider-info` of the contract.
    #[schema(value_type = Object)]
    info: serde_json::Value,
    /// Whether granted names may lead to addresses of private networks.
    private: bool,
    /// Credentials that have a value, which is not shown.
    secrets: Vec<Secret>,
    /// Settings and their values.
    settings: Vec<Setting>,
    /// What a call may use.
    all_limits: AllLimits,
    rates: Rates,
    versions: Versions,
}

/// A credential that has a value.
#[derive(Serialize, ToSchema)]
struct Secret {
    /// The name under which the provider declares it.
    name: String,
    /// Where it may be sent.
    origins: Vec<String>,
    /// Whether the guest may see it.
    exposed: bool,
}

/// A setting.
#[derive(Serialize, ToSchema)]
struct Setting {
    /// Its name.
    name: String,
    /// What the provider is told.
    value: Option<String>,
    /// Whether that is what the configuration says, and not the provider's own default.
    configured: bool,
}

/// The versions of a provider.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct Versions {
    /// What new calls run on.
    current: Numbered,
    /// What a rollback goes back to.
    previous: Option<Numbered>,
    /// The last one that was rolled back by itself.
    rolled_back: Option<RolledBack>,
}

/// A version that was rolled back by itself, because its first calls failed.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "kebab-case")]
struct RolledBack {
    /// Its number.
    version: u64,
    /// The number of the version that came back.
    to: u64,
    /// How its last call failed.
    reason: String,
    /// When, in milliseconds since the Unix epoch.
    at_ms: u64,
}

impl Detail {
    pub fn of(provider: &Arc<Provider>) -> Self {
        let (version, config) = (provider.version(), provider.config());
        let info = version.component().info();
        Detail {
            summary: Summary::of(provider),
            info: to_json(info).unwrap_or_default(),
            private: config.private,
            secrets: secrets(&version, config),
            settings: settings(&version, config),
            all_limits: AllLimits::of(version.limits()),
            rates: Rates::new(&config.rates, provider.rates_left()),
            versions: Versions {
                current: Numbered::of(&version),
                previous: provider.previous().map(|version| Numbered::of(&version)),
                rolled_back: provider.rolled_back().map(|it| RolledBack {
                    version: it.version,
                    to: it.to,
                    reason: it.reason,
                    at_ms: since_epoch(it.at),
                }),
            },
        }
    }
}

/// From the configuration, which has what the version has, and its narrowed origins as they were
/// written.
fn secrets(version: &Version, config: &ProviderConfig) -> Vec<Secret> {
    let granted = || {
        let origins = version.grant().origins();
        origins.iter().map(ToString::to_string).collect()
    };
    let secret = |secret: &SecretConfig| Secret {
        name: secret.name.clone(),
        origins: secret.to.clone().unwrap_or_else(granted),
        exposed: secret.expose,
    };
    config.secrets.iter().map(secret).collect()
}

/// What is declared, so that a secret that the guest may see is not among them.
fn settings(version: &Version, config: &ProviderConfig) -> Vec<Setting> {
    let info = version.component().info();
    let settings = info.settings.iter().map(|declared| {
        let mut set = config.settings.iter();
        Setting {
            name: declared.name.clone(),
            value: config.value_of(info, &declared.name),
            configured: set.any(|(name, _)| *name == declared.name),
        }
    });
    settings.collect()
}
