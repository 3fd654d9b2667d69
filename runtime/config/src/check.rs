//! What only the component can tell: whether the names and values of an entry are those it declares.

use tidegate_host::types::ProviderInfo;
use tidegate_host::{check_secret, check_setting};

use crate::nearest;
use crate::problem::Problems;
use crate::provider::ProviderEntry;

pub(crate) fn check(
    name: &str,
    entry: &ProviderEntry,
    info: &ProviderInfo,
    problems: &mut Problems,
) {
    let places = &entry.places;
    let settings = || info.settings.iter().map(|setting| setting.name.as_str());
    for (setting, value) in &entry.config.settings {
        let Some((key, span)) = places.settings.get(setting) else {
            continue;
        };
        match info
            .settings
            .iter()
            .find(|declared| declared.name == *setting)
        {
            None => problems.add(
                key,
                format!(
                    "provider `{name}` has no setting `{}`",
                    setting.escape_debug()
                ),
                nearest::hint(setting, "its settings are", settings()),
            ),
            Some(declared) => {
                if let Err(problem) = check_setting(declared, value) {
                    problems.add_error(
                        span,
                        format!("`providers.{name}.settings.{setting}` {problem}"),
                    );
                }
            }
        }
    }
    for declared in info
        .settings
        .iter()
        .filter(|it| it.required && it.default.is_none())
    {
        if !places.settings.contains_key(&declared.name) {
            problems.add(
                &places.header,
                format!("provider `{name}` needs the setting `{}`", declared.name),
                format!(
                    "add `settings.{} = …`: {}",
                    declared.name, declared.description
                ),
            );
        }
    }
    let credentials = || {
        info.credentials
            .iter()
            .map(|credential| credential.name.as_str())
    };
    for (secret, key) in &places.secrets {
        if !credentials().any(|declared| declared == secret) {
            problems.add(
                key,
                format!(
                    "provider `{name}` has no credential `{}`",
                    secret.escape_debug()
                ),
                nearest::hint(secret, "its credentials are", credentials()),
            );
        }
    }
    for secret in &entry.config.secrets {
        let mut declared = info.credentials.iter();
        let declared = declared.find(|declared| declared.name == secret.name);
        if let (Some(declared), Some(key)) = (declared, places.secrets.get(&secret.name))
            && let Err(problem) = check_secret(declared, &secret.value)
        {
            problems.add_error(key, problem);
        }
    }
}
