//! Whether what a provider says of itself makes sense.

use tidegate_grants::Pattern;

use crate::egress::check_hmac;
use crate::printable::{excerpt, is_unprintable};
use crate::types::{HeaderPlacement, Placement, ProviderInfo, SettingInfo, SettingKind};

/// The longest text a provider may put on an operator's screen.
const LONGEST: usize = 2_000;
/// The most entries in any of its lists.
const MOST: usize = 1_000;
/// The longest text that may stand before a credential in a header; `Bearer ` has seven.
const LONGEST_PREFIX: usize = 32;

/// Says what is wrong, for the provider's author.
pub(crate) fn check(info: &ProviderInfo) -> Result<(), String> {
    if !is_name(&info.name) {
        return Err(format!(
            "its name `{}` is not made of lower-case letters, digits and hyphens",
            excerpt(&info.name)
        ));
    }
    let lengths = [
        info.wants.len(),
        info.credentials.len(),
        info.settings.len(),
        info.operations.len(),
        info.features.len(),
    ];
    let choices = info.settings.iter().map(|setting| choices(setting).len());
    if lengths
        .into_iter()
        .chain(choices)
        .any(|length| length > MOST)
    {
        return Err(format!("one of its lists has more than {MOST} entries"));
    }
    for text in texts(info) {
        if text.len() > LONGEST || text.chars().any(is_unprintable) {
            return Err("one of its texts is too long or holds control characters".into());
        }
    }
    for setting in &info.settings {
        if !is_name(&setting.name) {
            return Err(format!(
                "the setting `{}` is not a name",
                excerpt(&setting.name)
            ));
        }
        if let Some(default) = default_of(setting, |name| plain_default(info, name)) {
            check_setting(setting, &default).map_err(|problem| {
                format!("the default of setting `{}` {problem}", setting.name)
            })?;
        }
    }
    for credential in &info.credentials {
        if !is_name(&credential.name) {
            return Err(format!(
                "the credential `{}` is not a name",
                excerpt(&credential.name)
            ));
        }
        check_placement(info, &credential.placement)
            .map_err(|problem| format!("the credential `{}` {problem}", credential.name))?;
    }
    for want in &info.wants {
        let settings = |name: &str| {
            let setting = info.settings.iter().find(|setting| setting.name == name)?;
            let default = default_of(setting, |name| plain_default(info, name));
            // A required setting without a default stands for some URL.
            Some(default.unwrap_or("https://setting.example".into()))
        };
        let pattern = fill_in(&want.pattern, settings).map_err(|name| {
            format!(
                "the want `{}` names the setting `{name}`, which it does not declare",
                want.pattern
            )
        })?;
        pattern
            .parse::<Pattern>()
            .map_err(|error| format!("the want `{}` is no pattern: {error}", want.pattern))?;
    }
    Ok(())
}

/// The host adds the credential after it has checked the guest's headers, so a placement must pass
/// the same checks: a provider that could have its key put into `host` would choose who gets it.
fn check_placement(info: &ProviderInfo, placement: &Placement) -> Result<(), String> {
    match placement {
        Placement::Header(header) => check_header_placement(header),
        Placement::Hmac(hmac) => {
            let known = |name: &str| info.settings.iter().any(|it| it.name == name);
            check_hmac(hmac, |name| known(name).then(String::new))
        }
        Placement::AwsSigv4(scope) => {
            let known = |name: &str| info.settings.iter().any(|it| it.name == name);
            fill_in(&scope.region, |name| known(name).then(String::new)).map_err(|name| {
                format!("is signed for the setting `{name}`, which it does not declare")
            })?;
            match is_name(&scope.service) {
                true => Ok(()),
                false => Err(format!(
                    "is signed for `{}`, which is no service's name",
                    excerpt(&scope.service)
                )),
            }
        }
        Placement::Bearer | Placement::Query(_) | Placement::Basic | Placement::Other(_) => Ok(()),
    }
}

fn check_header_placement(header: &HeaderPlacement) -> Result<(), String> {
    tidegate_grants::check_header(&header.name, header.prefix.as_bytes())
        .map_err(|error| format!("cannot be sent so: {error}"))?;
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b" ._=-".contains(&byte);
    match header.prefix.len() <= LONGEST_PREFIX && header.prefix.bytes().all(is_plain) {
        true => Ok(()),
        false => Err("wants a prefix that is no name of a scheme".into()),
    }
}

/// Everything that an operator may come to read.
fn texts(info: &ProviderInfo) -> impl Iterator<Item = &str> {
    let own = [&info.version, &info.description, &info.vendor];
    let wants = info
        .wants
        .iter()
        .flat_map(|want| [&want.pattern, &want.reason]);
    let settings = info.settings.iter().flat_map(|setting| {
        let own = std::iter::once(&setting.description).chain(&setting.default);
        own.chain(choices(setting))
    });
    let credentials = info.credentials.iter().flat_map(|credential| {
        let placement: &[&String] = match &credential.placement {
            Placement::Query(name) => &[name],
            Placement::Header(header) => &[&header.prefix],
            Placement::Other(other) => &[&other.name],
            Placement::AwsSigv4(scope) => &[&scope.region],
            Placement::Hmac(hmac) => &[&hmac.template, &hmac.header, &hmac.value],
            Placement::Bearer | Placement::Basic => &[],
        };
        let placement = placement.to_vec();
        let own = std::iter::once(&credential.description);
        own.chain(&credential.environment).chain(placement)
    });
    own.into_iter()
        .chain(&info.documentation)
        .chain(wants)
        .chain(settings)
        .chain(credentials)
        .map(String::as_str)
}

fn choices(setting: &SettingInfo) -> &[String] {
    match &setting.kind {
        SettingKind::Choice(choices) => choices,
        _ => &[],
    }
}

fn is_name(name: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    (1..=64).contains(&name.len()) && name.bytes().all(allowed)
}

/// What a setting comes to: what `set` has for it, or its default.
pub(crate) fn value_of(
    info: &ProviderInfo,
    name: &str,
    set: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    set(name).or_else(|| {
        let declared = info.settings.iter().find(|it| it.name == name)?;
        default_of(declared, |name| {
            set(name).or_else(|| plain_default(info, name))
        })
    })
}

/// The default of a setting. That of a URL may name others, `https://api.{region}.example.com`, whose
/// values `value` has; a name that it does not have stays as it is, and is no URL.
pub(crate) fn default_of(
    setting: &SettingInfo,
    value: impl Fn(&str) -> Option<String>,
) -> Option<String> {
    let default = setting.default.as_ref()?;
    match setting.kind {
        SettingKind::Url => Some(fill_in(default, value).unwrap_or_else(|_| default.clone())),
        // In JSON, braces are braces.
        _ => Some(default.clone()),
    }
}

/// The default of a setting as it is declared, which is what other defaults may be made of: no two can
/// be made of each other.
pub(crate) fn plain_default(info: &ProviderInfo, name: &str) -> Option<String> {
    let setting = info.settings.iter().find(|it| it.name == name)?;
    setting.default.clone()
}

/// Fills the settings in braces into a pattern; an error is a name that is not known.
pub(crate) fn fill_in(
    pattern: &str,
    setting: impl Fn(&str) -> Option<String>,
) -> Result<String, String> {
    let mut filled = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once('{') {
        let Some((name, after)) = after.split_once('}') else {
            break;
        };
        filled.push_str(before);
        filled.push_str(&setting(name).ok_or(name)?);
        rest = after;
    }
    filled.push_str(rest);
    Ok(filled)
}

/// Says what is wrong with a setting's value, as the end of a sentence that begins with its name.
pub fn check_setting(setting: &SettingInfo, value: &str) -> Result<(), String> {
    match &setting.kind {
        SettingKind::Text => Ok(()),
        SettingKind::Url => match tidegate_grants::Target::parse("GET", value) {
            Ok(_) if value.ends_with('/') => Err("ends with a slash; leave it out".into()),
            Ok(_) => Ok(()),
            Err(error) => Err(format!("is no URL: {error}")),
        },
        SettingKind::Integer => match value.parse::<i64>() {
            Ok(_) => Ok(()),
            Err(_) => Err(format!("is `{}`, not a whole number", excerpt(value))),
        },
        SettingKind::Number => match value.parse::<f64>() {
            Ok(number) if number.is_finite() => Ok(()),
            _ => Err(format!("is `{}`, not a number", excerpt(value))),
        },
        SettingKind::Boolean => match value {
            "true" | "false" => Ok(()),
            _ => Err(format!("is `{}`, not `true` or `false`", excerpt(value))),
        },
        SettingKind::Choice(choices) => match choices.iter().any(|choice| choice == value) {
            true => Ok(()),
            false => Err(format!(
                "is `{}`, not one of {}",
                excerpt(value),
                list(choices)
            )),
        },
        SettingKind::Json => match serde_json::from_str::<serde::de::IgnoredAny>(value) {
            Ok(_) => Ok(()),
            Err(error) => Err(format!("is no JSON: {error}")),
        },
    }
}

pub(crate) fn list<T: AsRef<str>>(names: &[T]) -> String {
    let names: Vec<String> = names
        .iter()
        .map(|name| format!("`{}`", name.as_ref()))
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn setting(name: &str, kind: SettingKind, default: &str) -> SettingInfo {
        SettingInfo {
            name: name.into(),
            description: String::new(),
            kind,
            default: Some(default.into()),
            required: false,
        }
    }

    #[test]
    fn the_default_of_a_url_is_made_of_other_settings_and_no_other_default_is() {
        let region = |name: &str| (name == "region").then(|| "eu".to_owned());
        let filled = |kind, default| default_of(&setting("it", kind, default), region);
        let url = filled(SettingKind::Url, "https://{region}.example.com");
        assert_eq!(url.as_deref(), Some("https://eu.example.com"));
        let unknown = filled(SettingKind::Url, "https://{zone}.example.com");
        assert_eq!(unknown.as_deref(), Some("https://{zone}.example.com"));
        let json = filled(SettingKind::Json, r#"{"a":{}}"#);
        assert_eq!(json.as_deref(), Some(r#"{"a":{}}"#));
    }
}
