//! `[providers.NAME.secrets]`: the value of a credential, and where it may go.

use tidegate_grants::{Binding, Grant, Secret};
use tidegate_host::SecretConfig;

use crate::problem::Problems;
use crate::secret::{self, Kept, MissingSecret};
use crate::surroundings::Surroundings;
use crate::table::Value;

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
    let mut table = secret::table(value, problems)?;
    let secret = secret::source(&mut table, value, surroundings, problems);
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
    let secret = match secret? {
        Kept::There(secret) => secret,
        Kept::Missing(absent) => {
            missing.push(absent);
            return None;
        }
    };
    Some(SecretConfig {
        name: name.into(),
        secret,
        to,
        expose: expose.unwrap_or_default(),
    })
}
