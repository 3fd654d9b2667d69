//! What an operator decides about a provider.

use std::collections::BTreeMap;

use crate::describe;
use crate::limits::Limits;
use crate::reuse::Isolation;
use crate::router::{BreakerConfig, Price, RateLimits};
use crate::secret::{SecretConfig, SecretValue};
use crate::types::{ProviderInfo, Setting};

/// What an operator decides about a provider. The default grants nothing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ProviderConfig {
    /// The grant: patterns of what the provider may reach, `POST https://api.example.com/v1/*`.
    pub allow: Vec<String>,
    /// Whether granted names may lead to addresses of private networks.
    pub private: bool,
    /// Values of declared credentials.
    pub secrets: Vec<SecretConfig>,
    /// Values of declared settings.
    pub settings: Vec<(String, String)>,
    /// What a call may use.
    pub limits: Limits,
    /// What all calls together may use in a minute.
    pub rates: RateLimits,
    /// When it is left alone after failures.
    pub breaker: BreakerConfig,
    /// What its models cost, by the vendor's names of them.
    pub prices: BTreeMap<String, Price>,
    /// Who may get the instance that has served a call.
    pub isolation: Isolation,
}

impl ProviderConfig {
    /// Nothing granted.
    pub fn new() -> Self {
        ProviderConfig::default()
    }

    /// Grants what a pattern allows.
    pub fn allow(mut self, pattern: impl Into<String>) -> Self {
        self.allow.push(pattern.into());
        self
    }

    /// Gives a credential its value, to be sent to whatever is granted.
    pub fn secret(mut self, name: impl Into<String>, value: impl Into<SecretValue>) -> Self {
        self.secrets.push(SecretConfig {
            name: name.into(),
            value: value.into(),
            to: None,
            expose: false,
        });
        self
    }

    /// Gives a setting its value.
    pub fn setting(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }

    /// Sets the limits.
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Sets what all calls together may use in a minute.
    pub fn rates(mut self, rates: RateLimits) -> Self {
        self.rates = rates;
        self
    }

    /// Sets when it is left alone after failures.
    pub fn breaker(mut self, breaker: BreakerConfig) -> Self {
        self.breaker = breaker;
        self
    }

    /// Says what a model costs.
    pub fn price(mut self, model: impl Into<String>, price: Price) -> Self {
        self.prices.insert(model.into(), price);
        self
    }

    /// Says who may get the instance that has served a call.
    pub fn isolation(mut self, isolation: Isolation) -> Self {
        self.isolation = isolation;
        self
    }

    /// The patterns of what a provider wants to reach with these settings.
    pub fn wants(&self, info: &ProviderInfo) -> Vec<String> {
        let given = self.settings.iter().map(|(name, value)| Setting {
            name: name.clone(),
            value: value.clone(),
        });
        let given: Vec<Setting> = given.collect();
        wants(info, &given).into_iter().map(|want| want.0).collect()
    }

    /// What a setting of a provider's comes to: what was given, or its default, which may be made of others.
    pub fn value_of(&self, info: &ProviderInfo, name: &str) -> Option<String> {
        let set = |name: &str| {
            let set = self.settings.iter().rev().find(|(given, _)| given == name);
            set.map(|(_, value)| value.clone())
        };
        describe::value_of(info, name, set)
    }

    /// Exactly what a provider asks for, as for a bundled provider without configuration.
    pub fn granting_wants(info: &ProviderInfo) -> Self {
        ProviderConfig::new().allow_wants(info)
    }

    /// Grants what a provider asks for, filled in with the settings that have been given so far.
    pub fn allow_wants(mut self, info: &ProviderInfo) -> Self {
        self.allow.extend(self.wants(info));
        self
    }
}

/// What a provider wants, with settings or their defaults filled in.
pub(crate) fn wants(info: &ProviderInfo, settings: &[Setting]) -> Vec<(String, String)> {
    let set = |name: &str| {
        let setting = settings.iter().find(|setting| setting.name == name)?;
        Some(setting.value.clone())
    };
    let value = |name: &str| describe::value_of(info, name, set);
    let filled = info.wants.iter().map(|want| {
        let pattern = describe::fill_in(&want.pattern, value);
        (
            pattern.unwrap_or_else(|_| want.pattern.clone()),
            want.reason.clone(),
        )
    });
    filled.collect()
}
