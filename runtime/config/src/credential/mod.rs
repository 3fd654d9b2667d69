//! `[providers.NAME.secrets]`: the value of a credential, and where it may go.

mod service_account;

mod oauth2;

mod access_key;

use tidegate_grants::{Binding, Grant, Secret};
use tidegate_host::{SecretConfig, SecretValue};

use crate::problem::Problems;
use crate::secret::{self, Kept, MissingSecret};
use crate::surroundings::Surroundings;
use crate::table::{Table, Value};

/// What a value may be made of, in the order in which a hint lists it.
const KEYS: [&str; 9] = [
    "env",
    "file",
    "keys",
    "access-key-id",
    "secret-access-key",
    "session-token",
    "service-account",
    "scope",
    "oauth2",
];

const EXAMPLE: &str = r#"[{ env = "API_KEY_A" }, { env = "API_KEY_B" }]"#;

/// What reading a credential's value takes, and where it says what is not there.
struct Reading<'a> {
    /// The credential's name.
    name: &'a str,
    surroundings: &'a Surroundings<'a>,
    missing: &'a mut Vec<MissingSecret>,
}

/// Reads one credential. `grant` is what its `to` may narrow. One whose value is not there is not
/// given; it is added to `missing`.
pub(crate) fn read(
    name: &str,
    value: &Value,
    grant: &Grant,
    surroundings: &Surroundings,
    missing: &mut Vec<MissingSecret>,
    problems: &mut Problems,
) -> Option<SecretConfig> {
    let mut reading = Reading {
        name,
        surroundings,
        missing,
    };
    if let Some(value) = reading.list(value, problems) {
        return Some(SecretConfig {
            name: name.into(),
            value: value?,
            to: None,
            expose: false,
        });
    }
    let mut table = secret::table(value, problems)?;
    let secret = reading.value(&mut table, value, problems);
    let to = table.take("to").and_then(|to| {
        let origins = to.texts(r#"["https://api.example.com"]"#, problems)?;
        let binding = Binding::new(name, grant.origins());
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
    let expose = table.take("expose");
    let exposed = expose.as_ref().and_then(|it| it.boolean(problems));
    table.finish(problems);
    let secret = secret?;
    if let (Some(expose), Some(true), false) =
        (expose, exposed, matches!(secret, SecretValue::Text(_)))
    {
        problems.add(
            &expose.key,
            format!("`{}` is only for a secret that is one text", expose.path),
            "leave it out: the host makes of this secret what is sent",
        );
    }
    Some(SecretConfig {
        name: name.into(),
        value: secret,
        to,
        expose: exposed.unwrap_or_default(),
    })
}

impl Reading<'_> {
    /// Several keys, where the value is a list of them; what is in it may be nothing good.
    fn list(&mut self, value: &Value, problems: &mut Problems) -> Option<Option<SecretValue>> {
        if !value.is_list() {
            return None;
        }
        let keys = value.items("a list", EXAMPLE, problems)?;
        if keys.is_empty() {
            problems.add(
                &value.span,
                format!("`{}` is empty", value.path),
                format!("write `{EXAMPLE}`"),
            );
        }
        let keys: Vec<Secret> = keys
            .iter()
            .filter_map(|key| self.part(key, problems))
            .collect();
        Some((!keys.is_empty()).then_some(SecretValue::Keys(keys)))
    }

    /// The value, in whichever form it is written.
    fn value(
        &mut self,
        table: &mut Table,
        value: &Value,
        problems: &mut Problems,
    ) -> Option<SecretValue> {
        table.know(&KEYS);
        if let Some(parts) = access_key::Parts::take(table) {
            secret::refuse_source(table, parts.key(), problems);
            return Some(SecretValue::AccessKey(parts.read(self, value, problems)?));
        }
        if let Some(written) = service_account::Written::take(table) {
            secret::refuse_source(table, written.key(), problems);
            let account = written.read(self, value, problems);
            return Some(SecretValue::ServiceAccount(account?));
        }
        if let Some(keys) = table.take("keys") {
            secret::refuse_source(table, keys.name(), problems);
            return match self.list(&keys, problems) {
                Some(keys) => keys,
                None => {
                    problems.hide(&keys.span);
                    keys.wrong_type("a list", EXAMPLE, problems)
                }
            };
        }
        if let Some(client) = table.take("oauth2") {
            secret::refuse_source(table, client.name(), problems);
            let client = oauth2::read(&client, self, problems);
            return Some(SecretValue::ClientCredentials(client?));
        }
        let kept = secret::source(table, value, self.surroundings, problems)?;
        Some(SecretValue::Text(self.there(kept)?))
    }

    /// The secret of a part, which is written as a secret of its own is.
    fn part(&mut self, value: &Value, problems: &mut Problems) -> Option<Secret> {
        let mut table = secret::table(value, problems)?;
        let kept = secret::source(&mut table, value, self.surroundings, problems);
        table.finish(problems);
        self.there(kept?)
    }

    /// A secret that is there; one that is not is noted under the credential's name.
    fn there(&mut self, kept: Kept) -> Option<Secret> {
        match kept {
            Kept::There(secret) => Some(secret),
            Kept::Missing(mut absent) => {
                absent.name = self.name.into();
                self.missing.push(absent);
                None
            }
        }
    }
}
