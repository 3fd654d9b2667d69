//! What a configuration says, as the host and the gateway take it.

use tidegate_config::{Config, GatewayKey, ModelRoute, Money, Strategy};
use tidegate_gateway::{AdminConfig, GatewayConfig, KeyConfig};
use tidegate_host::grants::Secret;
use tidegate_host::{Budget, RateLimits, Route, RouteTarget, Runtime, RuntimeBuilder};

use crate::failure::{Failure, print_note, print_warning};
use crate::loaded::Loaded;
use crate::log;
use crate::setup::Setup;

/// How often a `provider/model` that failed is asked again, as for a route that says nothing.
const RETRIES: u32 = 2;

/// All providers and routes. Without a configuration: the bundled providers and profiles whose keys are
/// there.
pub async fn builder(setup: &Setup) -> Result<RuntimeBuilder, Failure> {
    let mut builder = Runtime::builder().client(setup.client()).retries(RETRIES);
    for name in setup.used() {
        let loaded = setup.load(&name).await?;
        if let Some(lacking) = lacking(&loaded) {
            if !loaded.is_configured {
                print_note(&format!("provider `{name}` is left out: it {lacking}"));
                continue;
            }
            print_warning(&format!("provider `{name}` {lacking}"));
        }
        if let Some(note) = loaded.note() {
            print_note(&note);
        }
        builder = builder.provider(loaded.name, loaded.component, loaded.config);
    }
    for (alias, model) in setup.config().iter().flat_map(|config| &config.models) {
        builder = builder.route(alias, route(model));
    }
    Ok(builder)
}

/// The gateway; its defaults without a configuration.
pub fn gateway(config: Option<&Config>) -> Result<GatewayConfig, Failure> {
    let Some(config) = config else {
        return Ok(GatewayConfig {
            threads: cores(),
            ..GatewayConfig::default()
        });
    };
    let gateway = &config.gateway;
    Ok(GatewayConfig {
        listen: gateway.listen,
        keys: keys(config)?,
        body_limit: gateway.body,
        body_timeout: gateway.body_timeout,
        header_timeout: gateway.header_timeout,
        write_timeout: gateway.write_timeout,
        threads: gateway.threads.unwrap_or_else(cores),
        connections: gateway.connections,
        keep_alive: gateway.sse_keep_alive,
        drain: gateway.drain,
        cors_origins: gateway.cors_origins.clone(),
        models_timeout: gateway.models_timeout,
        models_age: gateway.models_age,
        metrics_keys: metrics_keys(config),
        log_prompts: config.telemetry.log_prompts,
        trace_parent: log::trace_parent(),
    })
}

/// The admin API, if there is to be one. Without its key nobody could use it.
pub fn admin(config: &Config) -> Result<Option<AdminConfig>, Failure> {
    let Some(admin) = &config.admin else {
        return Ok(None);
    };
    if let Some(missing) = admin.key.missing.first() {
        return Err(Failure::usage(
            format!("the admin API has no key: {}", missing.reason),
            "set the variable or the file that `admin.key` names, or leave `[admin]` out",
        ));
    }
    Ok(Some(AdminConfig::with_keys(admin.key.values.clone())))
}

/// Who may see the figures where callers have keys: those who operate it.
pub fn metrics_keys(config: &Config) -> Vec<Secret> {
    let admin = config.admin.as_ref();
    admin.map_or_else(Vec::new, |admin| admin.key.values.clone())
}

/// Who may call. A key whose secret is not there would lock its bearer out in silence.
pub fn keys(config: &Config) -> Result<Vec<KeyConfig>, Failure> {
    config.gateway.keys.iter().map(key).collect()
}

fn key(key: &GatewayKey) -> Result<KeyConfig, Failure> {
    let name = &key.name;
    if let Some(missing) = key.secret.missing.first() {
        return Err(Failure::usage(
            format!(
                "the gateway key `{name}` has no secret: `{}` is not there",
                missing.key
            ),
            "set the variable or the file that it names; `tidegate check-config` points at it",
        ));
    }
    let models = key.models.iter().map(|pattern| pattern.as_str().to_owned());
    Ok(KeyConfig {
        name: name.clone(),
        secrets: key.secret.values.clone(),
        models: models.collect(),
        rates: RateLimits {
            requests_per_minute: key.rate.requests,
            tokens_per_minute: key.rate.tokens,
        },
        budget: Budget {
            day: key.budget.day.map(Money::dollars),
            month: key.budget.month.map(Money::dollars),
        },
    })
}

fn route(model: &ModelRoute) -> Route {
    let targets = model.route.iter().map(|entry| {
        RouteTarget::new(format!("{}/{}", entry.provider, entry.model)).weight(entry.weight)
    });
    let route = Route::new(targets)
        .strategy(match model.strategy {
            Strategy::Fallback => tidegate_host::Strategy::Fallback,
            Strategy::Weighted => tidegate_host::Strategy::Weighted,
            Strategy::RoundRobin => tidegate_host::Strategy::RoundRobin,
            Strategy::LeastLatency => tidegate_host::Strategy::LeastLatency,
            Strategy::Cheapest => tidegate_host::Strategy::Cheapest,
        })
        .retries(model.retries);
    match model.timeout {
        Some(timeout) => route.timeout(timeout),
        None => route,
    }
}

fn lacking(loaded: &Loaded) -> Option<String> {
    if let Some(credential) = loaded.missing_credentials().next() {
        let variable = credential.environment.as_deref();
        let variable = variable
            .map(|variable| format!(" (`{variable}`)"))
            .unwrap_or_default();
        return Some(format!("has no `{}`{variable}", credential.name));
    }
    if let Some(missing) = loaded.missing.first() {
        return Some(format!(
            "has no `{}`, which its configuration names",
            missing.name
        ));
    }
    let setting = loaded.missing_settings().next()?;
    Some(format!("needs the setting `{}`", setting.name))
}

/// Cores that this process may use, which is less than there are in many containers.
fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}
