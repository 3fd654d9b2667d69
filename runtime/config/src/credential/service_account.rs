//! A service account, for which the host obtains tokens: `{ service-account = { file = "…" }, scope = "…" }`.

use tidegate_host::ServiceAccount;

use crate::credential::Reading;
use crate::problem::Problems;
use crate::table::{Table, Value};

const SCOPE: &str = r#""https://www.googleapis.com/auth/cloud-platform""#;

/// What is written of one.
pub(super) struct Written<'d> {
    file: Option<Value<'d>>,
    scope: Option<Value<'d>>,
}

impl<'d> Written<'d> {
    /// `None`: nothing of one is written.
    pub(super) fn take(table: &mut Table<'d>) -> Option<Self> {
        let written = Written {
            file: table.take("service-account"),
            scope: table.take("scope"),
        };
        (written.file.is_some() || written.scope.is_some()).then_some(written)
    }

    /// The first key that is written.
    pub(super) fn key(&self) -> &'d str {
        let key = self.file.as_ref().or(self.scope.as_ref());
        key.map_or("", Value::name)
    }

    pub(super) fn read(
        self,
        reading: &mut Reading,
        value: &Value,
        problems: &mut Problems,
    ) -> Option<ServiceAccount> {
        let Some(file) = self.file else {
            problems.add(
                &value.key,
                format!("`{}` has a `scope` and no `service-account`", value.path),
                r#"name its file: `service-account = { file = "service-account.json" }`; of `oauth2`, `scope` stands within its braces"#,
            );
            return None;
        };
        if self.scope.is_none() {
            problems.add(
                &file.key,
                format!("`{}` does not say what its tokens are for", value.path),
                format!("add `scope`, for Google's clouds `scope = {SCOPE}`"),
            );
        }
        let scope = self.scope.and_then(|it| it.text(SCOPE, problems));
        let json = reading.part(&file, problems)?;
        match ServiceAccount::from_json(json, scope?) {
            Ok(account) => Some(account),
            Err(problem) => {
                problems.add_error(&file.span, format!("`{}` {problem}", file.path));
                None
            }
        }
    }
}
