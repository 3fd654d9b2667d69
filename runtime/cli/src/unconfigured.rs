//! A provider without a configuration: granted what it wants, with keys from the variables that are usual.

use tidegate_config::Environment;
use tidegate_host::grants::Secret;
use tidegate_host::types::{AwsSigv4, Credential, Placement, ProviderInfo};
use tidegate_host::{AccessKey, ProviderConfig, SecretConfig, SecretValue};

/// What the variable of an access key's id ends in; its other parts have names of their own there.
const ID: &str = "ACCESS_KEY_ID";

/// Exactly what a provider asks for, with keys from the variables it names.
pub fn as_it_wants(info: &ProviderInfo, environment: &Environment) -> ProviderConfig {
    let mut info = info.clone();
    let regions: Vec<(String, String)> = info
        .credentials
        .iter()
        .filter_map(|credential| region(credential, environment))
        .collect();
    // What it wants to reach depends on it.
    for (setting, region) in &regions {
        let mut declared = info.settings.iter_mut();
        if let Some(declared) = declared.find(|declared| declared.name == *setting) {
            declared.default = Some(region.clone());
        }
    }
    let mut config = ProviderConfig::granting_wants(&info);
    config.settings = regions;
    config.secrets = info
        .credentials
        .iter()
        .filter_map(|credential| {
            Some(SecretConfig {
                name: credential.name.clone(),
                value: value(credential, environment)?,
                to: None,
                expose: false,
            })
        })
        .collect();
    config
}

/// The value of a credential as it stands in the environment.
fn value(credential: &Credential, environment: &Environment) -> Option<SecretValue> {
    let variable = credential.environment.as_deref()?;
    let secret = |variable: &str| environment.variable(variable).map(Secret::new);
    let text = secret(variable)?;
    let Placement::AwsSigv4(_) = credential.placement else {
        return Some(text.into());
    };
    let prefix = variable.strip_suffix(ID)?;
    Some(SecretValue::AccessKey(AccessKey {
        id: text,
        secret: secret(&format!("{prefix}SECRET_ACCESS_KEY"))?,
        session_token: secret(&format!("{prefix}SESSION_TOKEN")),
    }))
}

/// The setting that a credential is signed for, and the region that stands in the environment.
fn region(credential: &Credential, environment: &Environment) -> Option<(String, String)> {
    let Placement::AwsSigv4(AwsSigv4 { region, .. }) = &credential.placement else {
        return None;
    };
    let setting = region.strip_prefix('{')?.strip_suffix('}')?;
    let prefix = credential.environment.as_deref()?.strip_suffix(ID)?;
    let variables = [format!("{prefix}REGION"), format!("{prefix}DEFAULT_REGION")];
    let region = variables
        .iter()
        .find_map(|name| environment.variable(name))?;
    Some((setting.into(), region))
}

/// How a credential is written in `tidegate.toml`: `{ env = "EXAMPLE_API_KEY" }`.
pub fn example(credential: &Credential) -> String {
    let variable = credential.environment.as_deref();
    let of = |variable: &str| format!("{{ env = \"{variable}\" }}");
    let Placement::AwsSigv4(_) = credential.placement else {
        return of(variable.unwrap_or("…"));
    };
    let prefix = variable
        .and_then(|it| it.strip_suffix(ID))
        .unwrap_or("AWS_");
    format!(
        "{{ access-key-id = {}, secret-access-key = {} }}",
        of(&format!("{prefix}{ID}")),
        of(&format!("{prefix}SECRET_ACCESS_KEY"))
    )
}

/// The variables that a credential usually stands in.
pub fn variables(credential: &Credential) -> Vec<String> {
    let Some(variable) = credential.environment.as_deref() else {
        return vec![];
    };
    let mut variables = vec![variable.to_owned()];
    if let (Placement::AwsSigv4(_), Some(prefix)) =
        (&credential.placement, variable.strip_suffix(ID))
    {
        variables.push(format!("{prefix}SECRET_ACCESS_KEY"));
    }
    variables
}

#[cfg(test)]
mod tests;
