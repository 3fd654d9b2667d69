//! For people.

use tidegate_config::LIMITS;
use tidegate_host::grants::Grant;
use tidegate_host::json::to_json;
use tidegate_host::types::{Credential, Placement, SettingInfo, SettingKind};

use crate::found::Found;
use crate::table::columns;
use crate::unconfigured::variables;

pub(super) fn of(found: &Found) -> String {
    let Found {
        source,
        component,
        info,
        profile,
        config,
    } = found;
    let mut text = format!("{} {}  {}\n", info.name, info.version, info.description);
    let took = component.compiled_in().as_secs_f64() * 1000.0;
    let took = match component.from_cache() {
        true => format!("loaded from the cache in {took:.1} ms"),
        false => format!("compiled in {took:.0} ms"),
    };
    let listed = |names: &[String], none: &str| match names {
        [] => none.to_owned(),
        names => names.join(", "),
    };
    let mut rows = vec![
        ["component".into(), source.to_string()],
        ["digest".into(), component.digest().to_string()],
        ["size".into(), format!("{} bytes, {took}", component.size())],
        ["vendor".into(), info.vendor.clone()],
        ["imports".into(), listed(component.imports(), "nothing")],
        ["exports".into(), listed(component.exports(), "nothing")],
        [
            "operations".into(),
            listed(&names(&info.operations), "none"),
        ],
        ["features".into(), listed(&names(&info.features), "none")],
    ];
    if let Some(profile) = profile {
        rows.insert(0, ["profile".into(), profile.clone()]);
    }
    if let Some(url) = &info.documentation {
        rows.push(["see".into(), url.clone()]);
    }
    text.push_str(&columns(&rows, "  "));

    let section = |text: &mut String, title: &str, rows: String| {
        let rows = if rows.is_empty() {
            "  nothing\n".into()
        } else {
            rows
        };
        text.push_str(&format!("\n{title}\n{rows}"));
    };
    let wants = info
        .wants
        .iter()
        .map(|want| [want.pattern.clone(), want.reason.clone()]);
    section(
        &mut text,
        "wants to reach",
        columns(&wants.collect::<Vec<_>>(), "  "),
    );
    if let Some(config) = config {
        let grant = Grant::parse(&config.allow).unwrap_or_default();
        let rules = grant.rules().iter().map(|rule| [rule.to_string()]);
        section(
            &mut text,
            "may reach",
            columns(&rules.collect::<Vec<_>>(), "  "),
        );
    }
    let credentials = info.credentials.iter().map(credential);
    section(
        &mut text,
        "credentials",
        columns(&credentials.collect::<Vec<_>>(), "  "),
    );
    let settings = info.settings.iter().map(setting);
    section(
        &mut text,
        "settings",
        columns(&settings.collect::<Vec<_>>(), "  "),
    );
    let limits = found.limits();
    let limits = LIMITS.iter().map(|limit| {
        [
            limit.name.to_owned(),
            limit.show(&limits),
            limit.what.to_owned(),
        ]
    });
    section(
        &mut text,
        "limits",
        columns(&limits.collect::<Vec<_>>(), "  "),
    );
    text
}

fn credential(credential: &Credential) -> [String; 5] {
    let place = match &credential.placement {
        Placement::Bearer => "authorization: Bearer …".into(),
        Placement::Header(header) => format!("{}: {}…", header.name, header.prefix),
        Placement::Query(name) => format!("?{name}=…"),
        Placement::Basic => "authorization: Basic …".into(),
        Placement::AwsSigv4(scope) => {
            format!(
                "AWS Signature Version 4, {} in {}",
                scope.service, scope.region
            )
        }
        Placement::Hmac(hmac) => {
            format!("{}: {}, HMAC of {}", hmac.header, hmac.value, hmac.template)
        }
        Placement::Other(other) => other.name.clone(),
    };
    [
        credential.name.clone(),
        need(credential.required).into(),
        place,
        variables(credential).join(", "),
        credential.description.clone(),
    ]
}

fn setting(setting: &SettingInfo) -> [String; 4] {
    let kind = match &setting.kind {
        SettingKind::Text => "text".into(),
        SettingKind::Url => "URL".into(),
        SettingKind::Integer => "whole number".into(),
        SettingKind::Number => "number".into(),
        SettingKind::Boolean => "true or false".into(),
        SettingKind::Choice(choices) => choices.join(" | "),
        SettingKind::Json => "JSON".into(),
    };
    let default = match (&setting.default, setting.required) {
        (Some(default), _) if default.is_empty() => "default: empty".into(),
        (Some(default), _) => format!("default: {default}"),
        (None, required) => need(required).into(),
    };
    [
        setting.name.clone(),
        kind,
        default,
        setting.description.clone(),
    ]
}

fn need(required: bool) -> &'static str {
    match required {
        true => "required",
        false => "optional",
    }
}

/// The names that the contract gives to cases.
fn names<T: serde::Serialize>(cases: &[T]) -> Vec<String> {
    let name = |case: &T| Some(to_json(case).ok()?.as_str()?.to_owned());
    cases.iter().filter_map(name).collect()
}
