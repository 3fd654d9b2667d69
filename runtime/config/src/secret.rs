//! `[providers.NAME.secrets]`: where the value of a credential comes from. Never from this file.

use std::io::Read as _;
use std::path::Path;

use tidegate_grants::{Binding, Grant, Secret};
use tidegate_host::SecretConfig;
use toml::de::DeValue;

use crate::environment::Environment;
use crate::problem::Problems;
use crate::table::{Table, Value};

/// More than any key, token or certificate; a path that leads to something endless stops here.
const LONGEST: u64 = 64 << 10;

const EXAMPLE: &str = r#"{ env = "EXAMPLE_API_KEY" }"#;

/// Reads one credential. `grant` is what its `to` may narrow.
pub(crate) fn read(
    name: &str,
    value: &Value,
    grant: &Grant,
    folder: &Path,
    environment: &Environment,
    problems: &mut Problems,
) -> Option<SecretConfig> {
    if !matches!(value.value, DeValue::Table(_)) {
        // It may be the secret itself: it must not be on the screen, or in the log of a build.
        problems.hide(&value.span);
        problems.add(
            &value.span,
            format!("`{}` must not be written into this file", value.path),
            format!("name where it is kept: `{name} = {EXAMPLE}`, or `{{ file = \"…\" }}`"),
        );
        return None;
    }
    let mut table = value.table(EXAMPLE, problems)?;
    let secret = source(&mut table, value, folder, environment, problems);
    let to = table.take("to").and_then(|to| {
        let origins = to.texts(r#"["https://api.example.com"]"#, problems)?;
        let binding = Binding::new(name, Secret::new(""), grant.origins());
        for (origin, span) in &origins {
            if let Err(error) = binding.clone().narrowed([origin]) {
                problems.add_error(span, error);
            }
        }
        Some(
            origins
                .into_iter()
                .map(|(origin, _)| origin.into())
                .collect(),
        )
    });
    let expose = table
        .take("expose")
        .and_then(|expose| expose.boolean(problems));
    table.finish(problems);
    Some(SecretConfig {
        name: name.into(),
        secret: secret?,
        to,
        expose: expose.unwrap_or_default(),
    })
}

fn source(
    table: &mut Table,
    value: &Value,
    folder: &Path,
    environment: &Environment,
    problems: &mut Problems,
) -> Option<Secret> {
    match (table.take("env"), table.take("file")) {
        (Some(env), None) => {
            let variable = env.text(r#""EXAMPLE_API_KEY""#, problems)?;
            let secret = environment.variable(variable);
            if secret.is_none() {
                problems.add(
                    &env.span,
                    format!(
                        "the environment variable `{}` is not set",
                        variable.escape_debug()
                    ),
                    format!("set it, or change `{}`", env.path),
                );
            }
            secret.map(Secret::new)
        }
        (None, Some(file)) => {
            let path = folder.join(file.text(r#""api-key.txt""#, problems)?);
            match read_file(&path) {
                Ok(secret) => Some(secret),
                Err(problem) => {
                    problems.add(
                        &file.span,
                        format!("the secret file `{}` {problem}", path.display()),
                        "paths are relative to the folder of this file",
                    );
                    None
                }
            }
        }
        (Some(_), Some(file)) => {
            problems.add(
                &file.key,
                format!("`{}` has both `env` and `file`", value.path),
                "keep one of them",
            );
            None
        }
        (None, None) => {
            problems.add(
                &value.key,
                format!("`{}` does not say where its value is", value.path),
                format!("write `{EXAMPLE}`, or `{{ file = \"…\" }}`"),
            );
            None
        }
    }
}

/// The text of a file without the line break that editors put at its end.
fn read_file(path: &Path) -> Result<Secret, String> {
    let unreadable = |error: std::io::Error| format!("cannot be read: {error}");
    let file = std::fs::File::open(path).map_err(unreadable)?;
    let mut text = String::new();
    file.take(LONGEST + 1)
        .read_to_string(&mut text)
        .map_err(unreadable)?;
    if text.len() as u64 > LONGEST {
        return Err(format!("is longer than {LONGEST} bytes"));
    }
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    match secret.is_empty() {
        true => Err("is empty".into()),
        false => Ok(Secret::new(secret)),
    }
}
