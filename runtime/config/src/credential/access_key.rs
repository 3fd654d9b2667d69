//! An access key, which requests are signed with: `{ access-key-id, secret-access-key, session-token }`.

use tidegate_host::AccessKey;

use crate::credential::Reading;
use crate::problem::Problems;
use crate::table::{Table, Value};

const EXAMPLE: &str = r#"{ access-key-id = { env = "AWS_ACCESS_KEY_ID" }, secret-access-key = { env = "AWS_SECRET_ACCESS_KEY" } }"#;

/// What is written of one.
pub(super) struct Parts<'d> {
    id: Option<Value<'d>>,
    secret: Option<Value<'d>>,
    session_token: Option<Value<'d>>,
}

impl<'d> Parts<'d> {
    /// `None`: nothing of one is written.
    pub(super) fn take(table: &mut Table<'d>) -> Option<Self> {
        let parts = Parts {
            id: table.take("access-key-id"),
            secret: table.take("secret-access-key"),
            session_token: table.take("session-token"),
        };
        let written = parts.id.is_some() || parts.secret.is_some() || parts.session_token.is_some();
        written.then_some(parts)
    }

    /// The first key that is written.
    pub(super) fn key(&self) -> &'d str {
        let mut parts = [&self.id, &self.secret, &self.session_token].into_iter();
        parts.find_map(Option::as_ref).map_or("", Value::name)
    }

    pub(super) fn read(
        self,
        reading: &mut Reading,
        value: &Value,
        problems: &mut Problems,
    ) -> Option<AccessKey> {
        for (part, name) in [
            (&self.id, "access-key-id"),
            (&self.secret, "secret-access-key"),
        ] {
            if part.is_none() {
                problems.add(
                    &value.key,
                    format!("`{}` has no `{name}`", value.path),
                    format!("an access key has both: `{EXAMPLE}`"),
                );
            }
        }
        // All of them, so that whatever is wrong is told at once.
        let mut part = |part: &Option<Value>| {
            let part = part.as_ref()?;
            Some(reading.part(part, problems))
        };
        let (id, secret) = (part(&self.id), part(&self.secret));
        let session_token = part(&self.session_token);
        Some(AccessKey {
            id: id??,
            secret: secret??,
            session_token: match session_token {
                Some(token) => Some(token?),
                None => None,
            },
        })
    }
}
