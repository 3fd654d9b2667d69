//! `tidegate providers`: which there are, what they may reach, and what they lack.

use serde_json::{Value, json};
use tidegate_config::ComponentSource;
use tidegate_host::SecretValue;

use crate::arguments::ProvidersArguments;
use crate::failure::{Exit, Failure, print_note};
use crate::loaded::Loaded;
use crate::setup::Setup;
use crate::terminal::Output;

/// A provider, or why there is none.
struct Listed {
    name: String,
    outcome: Result<Loaded, Failure>,
}

pub async fn run(setup: Setup, arguments: ProvidersArguments) -> Result<Exit, Failure> {
    let mut listed = vec![];
    for name in setup.names() {
        let outcome = setup.load(&name).await;
        listed.push(Listed { name, outcome });
    }
    // What is bundled and not used is there to be configured.
    let mut unused = vec![];
    let mut profiles = vec![];
    if setup.is_configured() {
        for name in setup.environment.bundled_names() {
            let bundled = ComponentSource::Bundled(name.into());
            let uses = |it: &Listed| {
                it.outcome
                    .as_ref()
                    .is_ok_and(|loaded| loaded.source == bundled)
            };
            if !listed.iter().any(uses) {
                unused.push(name.to_owned());
            }
        }
        for name in setup.environment.profile_names() {
            let loaded = listed.iter().filter_map(|it| it.outcome.as_ref().ok());
            if !loaded
                .into_iter()
                .any(|it| it.profile.as_deref() == Some(name))
            {
                profiles.push(name.to_owned());
            }
        }
    }
    let mut output = Output::new();
    if arguments.json {
        let providers: Vec<Value> = listed.iter().map(json_of).collect();
        let all = json!({
            "configuration": setup.file(),
            "providers": providers,
            "unused": unused,
            "unused-profiles": profiles,
        });
        output.line(&format!("{all:#}"))?;
    } else {
        if !setup.is_configured() {
            print_note("without a `tidegate.toml`, bundled providers are granted what they want");
        }
        for it in &listed {
            if let Ok(loaded) = &it.outcome {
                output.text(&text_of(loaded))?;
            }
        }
        if !unused.is_empty() {
            output.line(&format!(
                "bundled and not configured: {}",
                unused.join(", ")
            ))?;
        }
        if !profiles.is_empty() {
            output.line(&format!(
                "bundled profiles, not configured: {}",
                profiles.join(", ")
            ))?;
        }
    }
    let mut exit = Exit::Done;
    for failure in listed.iter().filter_map(|it| it.outcome.as_ref().err()) {
        let _ = failure.report(setup.common.verbose);
        if let Exit::Done = exit {
            exit = Exit::Reported(failure.code());
        }
    }
    Ok(exit)
}

/// A provider for people, and an empty line.
pub fn text_of(loaded: &Loaded) -> String {
    let info = &loaded.info;
    let mut lines = vec![format!("{}  {}", loaded.name, info.description)];
    if let Some(profile) = &loaded.profile {
        lines.push(format!("  profile    {profile}, of {}", loaded.source));
    }
    lines.push(format!(
        "  component  {} {}, {}",
        loaded.source,
        info.version,
        loaded.component.digest().short()
    ));
    match loaded.config.allow.as_slice() {
        [] => lines.push("  may reach  nothing".into()),
        [first, more @ ..] => {
            lines.push(format!("  may reach  {first}"));
            lines.extend(more.iter().map(|pattern| format!("             {pattern}")));
        }
    }
    for secret in &loaded.config.secrets {
        let exposed = if secret.expose {
            " (shown to the provider)"
        } else {
            ""
        };
        let what = match &secret.value {
            SecretValue::Text(_) => String::new(),
            value => format!(", {}", value.what()),
        };
        lines.push(format!("  key        {}{what}{exposed}", secret.name));
    }
    for secret in &loaded.missing {
        lines.push(format!("  missing    {}: {}", secret.name, secret.reason));
    }
    for credential in loaded.missing_credentials() {
        let variable = credential.environment.as_ref();
        let variable = variable
            .map(|name| format!(", usually in `{name}`"))
            .unwrap_or_default();
        lines.push(format!("  missing    {}{variable}", credential.name));
    }
    for setting in loaded.missing_settings() {
        lines.push(format!(
            "  missing    the setting {}: {}",
            setting.name, setting.description
        ));
    }
    lines.join("\n") + "\n\n"
}

fn json_of(it: &Listed) -> Value {
    match &it.outcome {
        Ok(loaded) => json_of_loaded(loaded),
        Err(failure) => json!({ "name": it.name, "error": failure.json() }),
    }
}

/// A provider for programs: what it is, what it may reach and what it lacks.
pub fn json_of_loaded(loaded: &Loaded) -> Value {
    let info = &loaded.info;
    let unset = loaded.missing.iter().map(|secret| {
        json!({ "credential": secret.name, "environment": secret.variable, "reason": secret.reason })
    });
    let credentials = loaded.missing_credentials().map(|credential| {
        json!({ "credential": credential.name, "environment": credential.environment })
    });
    let settings = loaded
        .missing_settings()
        .map(|setting| json!({ "setting": setting.name }));
    let missing: Vec<Value> = unset.chain(credentials).chain(settings).collect();
    let secrets: Vec<&str> = loaded
        .config
        .secrets
        .iter()
        .map(|it| it.name.as_str())
        .collect();
    json!({
        "name": loaded.name,
        "configured": loaded.is_configured,
        "profile": loaded.profile,
        "component": loaded.source.to_string(),
        "version": info.version,
        "digest": loaded.component.digest().to_string(),
        "description": info.description,
        "allow": loaded.config.allow,
        "private": loaded.config.private,
        "secrets": secrets,
        "missing": missing,
    })
}
