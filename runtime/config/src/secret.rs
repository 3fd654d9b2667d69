//! Where a secret is kept: in an environment variable or a file. Never in the configuration.
//!
//! A secret that is not there is no problem of the file yet: most commands need none, or that of one
//! provider. It becomes one when it is asked for.

use std::ops::Range;
use std::path::Path;

use tidegate_grants::Secret;
use toml::de::DeValue;

use crate::file;
use crate::problem::Problems;
use crate::surroundings::Surroundings;
use crate::table::{Table, Value};

/// More than any key, token or certificate; a path that leads to something endless stops here.
const LONGEST: u64 = 64 << 10;

const EXAMPLE: &str = r#"{ env = "EXAMPLE_API_KEY" }"#;

/// One secret, or several of which each is valid: the new one and the old one, while users of it
/// are being told.
#[derive(Debug, Clone, Default)]
pub struct Secrets {
    /// Those that are there.
    pub values: Vec<Secret>,
    /// Those that are not.
    pub missing: Vec<MissingSecret>,
}

/// A secret that the configuration names and that is not there.
#[derive(Debug, Clone)]
pub struct MissingSecret {
    /// What names it: `providers.openai.secrets.api-key`.
    pub key: String,
    /// The last part of it: `api-key`.
    pub name: String,
    /// The environment variable that should hold it; `None`: it is kept in a file.
    pub variable: Option<String>,
    /// Why there is none: the environment variable `OPENAI_API_KEY` is not set.
    pub reason: String,
    pub(crate) hint: String,
    pub(crate) span: Range<usize>,
}

impl MissingSecret {
    /// Makes a problem of it.
    pub(crate) fn add_to(&self, problems: &mut Problems) {
        problems.add(&self.span, &self.reason, &self.hint);
    }
}

/// What is found where a secret should be.
pub(crate) enum Kept {
    There(Secret),
    Missing(MissingSecret),
}

/// The table of a secret; anything else is hidden, because it may be the secret itself, which must
/// not be on the screen or in the log of a build.
pub(crate) fn table<'d>(value: &Value<'d>, problems: &mut Problems) -> Option<Table<'d>> {
    if !value.is_table() {
        problems.hide(&value.span);
        let name = value.name();
        problems.add(
            &value.span,
            format!("`{}` must not be written into this file", value.path),
            format!("name where it is kept: `{name} = {EXAMPLE}`, or `{{ file = \"…\" }}`"),
        );
        return None;
    }
    value.table(EXAMPLE, problems)
}

/// Reads one secret, or a list of them.
pub(crate) fn read(value: &Value, surroundings: &Surroundings, problems: &mut Problems) -> Secrets {
    let mut secrets = Secrets::default();
    let several = match value.value {
        DeValue::Array(_) => value.items("a list", EXAMPLE, problems).unwrap_or_default(),
        _ => vec![value.clone()],
    };
    if several.is_empty() {
        problems.add(
            &value.span,
            format!("`{}` is empty", value.path),
            format!("write `{EXAMPLE}`, or several of these in a list"),
        );
    }
    for value in &several {
        let Some(mut table) = table(value, problems) else {
            continue;
        };
        match source(&mut table, value, surroundings, problems) {
            None => {}
            Some(Kept::There(secret))
                if secret.expose().bytes().all(|byte| byte.is_ascii_graphic()) =>
            {
                secrets.values.push(secret);
            }
            Some(Kept::There(_)) => problems.add(
                &value.span,
                format!(
                    "the value of `{}` cannot be sent in a header, so that nobody could use it",
                    value.path
                ),
                "give letters, digits and punctuation of ASCII, without spaces",
            ),
            Some(Kept::Missing(missing)) => secrets.missing.push(missing),
        }
        table.finish(problems);
    }
    secrets
}

/// Reads `env` or `file`.
pub(crate) fn source(
    table: &mut Table,
    value: &Value,
    surroundings: &Surroundings,
    problems: &mut Problems,
) -> Option<Kept> {
    let missing = |variable: Option<&str>, reason: String, hint: String, place: &Value| {
        Kept::Missing(MissingSecret {
            key: value.path.clone(),
            name: value.name().into(),
            variable: variable.map(Into::into),
            reason,
            hint,
            span: place.span.clone(),
        })
    };
    match (table.take("env"), table.take("file")) {
        (Some(env), None) => {
            let variable = env.text(r#""EXAMPLE_API_KEY""#, problems)?;
            if !is_variable(variable) {
                // A key in place of the name of its variable is a mistake that is made.
                problems.hide(&env.span);
                problems.add(
                    &env.span,
                    format!("`{}` is not the name of an environment variable", env.path),
                    format!("write it like `{EXAMPLE}`, and set that variable to the secret"),
                );
                return None;
            }
            Some(match surroundings.environment.variable(variable) {
                Some(secret) => Kept::There(Secret::new(secret)),
                None => missing(
                    Some(variable),
                    format!("the environment variable `{variable}` is not set"),
                    format!("set it, or change `{}`", env.path),
                    &env,
                ),
            })
        }
        (None, Some(file)) => {
            let path = surroundings.path(file.text(r#""api-key.txt""#, problems)?);
            Some(match read_file(&path) {
                Ok(secret) => Kept::There(secret),
                Err(problem) => missing(
                    None,
                    format!("the secret file `{}` {problem}", path.display()),
                    "paths are relative to the folder of this file".into(),
                    &file,
                ),
            })
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

/// For a value of several parts, of which `part` is one: it has no `env` or `file` beside them.
pub(crate) fn refuse_source(table: &mut Table, part: &str, problems: &mut Problems) {
    for source in [table.take("env"), table.take("file")]
        .into_iter()
        .flatten()
    {
        problems.add(
            &source.key,
            format!("`{}` has both `{}` and `{part}`", table.path, source.name()),
            "keep one of them",
        );
    }
}

/// What shells let one set.
pub(crate) fn is_variable(name: &str) -> bool {
    !name.starts_with(|first: char| first.is_ascii_digit())
        && !name.is_empty()
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The text of a file without the line break that editors put at its end.
fn read_file(path: &Path) -> Result<Secret, String> {
    let text = file::read(path, LONGEST).map_err(|error| format!("cannot be read: {error}"))?;
    let secret = text.strip_suffix('\n').unwrap_or(&text);
    let secret = secret.strip_suffix('\r').unwrap_or(secret);
    match secret.is_empty() {
        true => Err("is empty".into()),
        false => Ok(Secret::new(secret)),
    }
}
