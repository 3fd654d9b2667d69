//! What only the component can tell: whether the names and values of an entry are those it declares.

use tidegate_host::types::ProviderInfo;
use tidegate_host::{check_secret, check_setting};

use crate::nearest;
use crate::problem::Problems;
use crate::profile::Profile;
use crate::provider::ProviderEntry;

pub(crate) fn check(
    name: &str,
    entry: &ProviderEntry,
    info: &ProviderInfo,
    problems: &mut Problems,
) {
    let places = &entry.places;
    if let Some(profile) = &entry.profile {
        check_profile(name, entry, profile, info, problems);
    }
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
    let has_value = |name: &str| entry.config.settings.iter().any(|(set, _)| set == name);
    for declared in info
        .settings
        .iter()
        .filter(|it| it.required && it.default.is_none())
    {
        if !has_value(&declared.name) {
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

/// What a profile says holds for its component too. And whoever names one has most of what it takes to
/// say what it may reach, but not that it may.
fn check_profile(
    name: &str,
    entry: &ProviderEntry,
    profile: &Profile,
    info: &ProviderInfo,
    problems: &mut Problems,
) {
    if let Err(error) = profile.check(info) {
        problems.add_elsewhere(error);
    } else if !entry.places.is_granted {
        let wants = entry.config.wants(info);
        let wants: Vec<String> = wants.iter().map(|want| format!("\"{want}\"")).collect();
        problems.add(
            &entry.places.header,
            format!("provider `{name}` may reach nothing: it has no `allow`"),
            format!(
                "add what profile `{}` wants: `allow = [{}]`",
                profile.name,
                wants.join(", ")
            ),
        );
    }
}
