//! Client credentials of OAuth 2.0, for which the host obtains tokens:
//! `{ oauth2 = { token-url, client-id, client-secret, scope, audience, client-authentication } }`.

use tidegate_host::grants::Secret;
use tidegate_host::{ClientAuthentication, ClientCredentials, TokenEndpoint};

use crate::credential::Reading;
use crate::problem::Problems;
use crate::table::{Table, Value};

const EXAMPLE: &str = r#"{ token-url = "https://id.example.com/oauth2/token", client-id = "my-client", client-secret = { env = "CLIENT_SECRET" } }"#;

/// Reads one.
pub(super) fn read(
    written: &Value,
    reading: &mut Reading,
    problems: &mut Problems,
) -> Option<ClientCredentials> {
    let mut table = written.table(EXAMPLE, problems)?;
    // All of it, so that whatever is wrong is told at once.
    let endpoint = required(&mut table, written, "token-url", problems).and_then(|url| {
        let text = url.text(r#""https://id.example.com/oauth2/token""#, problems)?;
        match TokenEndpoint::parse(text) {
            Ok(endpoint) => Some(endpoint),
            Err(problem) => {
                problems.add_error(&url.span, format!("`{}`: {problem}", url.path));
                None
            }
        }
    });
    // No secret, so that it may be written; whoever keeps it elsewhere can say where.
    let client_id =
        required(&mut table, written, "client-id", problems).and_then(|id| match id.is_table() {
            true => reading.part(&id, problems),
            false => Some(Secret::new(id.text(r#""my-client""#, problems)?)),
        });
    let client_secret = required(&mut table, written, "client-secret", problems)
        .and_then(|secret| reading.part(&secret, problems));
    let mut text = |name: &'static str, example: &str, problems: &mut Problems| {
        let text = table.take(name)?.text(example, problems)?;
        Some(text.to_owned())
    };
    let scope = text("scope", r#""https://api.example.com/.default""#, problems);
    let audience = text("audience", r#""https://api.example.com/""#, problems);
    let authentication = table
        .take("client-authentication")
        .and_then(|it| authentication(&it, problems));
    table.finish(problems);
    Some(ClientCredentials {
        endpoint: endpoint?,
        client_id: client_id?,
        client_secret: client_secret?,
        scope,
        audience,
        authentication: authentication.unwrap_or_default(),
    })
}

fn required<'d>(
    table: &mut Table<'d>,
    written: &Value,
    name: &'static str,
    problems: &mut Problems,
) -> Option<Value<'d>> {
    let value = table.take(name);
    if value.is_none() {
        problems.add(
            &written.key,
            format!("`{}` has no `{name}`", written.path),
            format!("write it like `{EXAMPLE}`"),
        );
    }
    value
}

fn authentication(value: &Value, problems: &mut Problems) -> Option<ClientAuthentication> {
    match value.text(r#""basic""#, problems)? {
        "basic" => Some(ClientAuthentication::Basic),
        "post" => Some(ClientAuthentication::Post),
        other => {
            problems.add(
                &value.span,
                format!(
                    "`{}` is `{}`, which it cannot be",
                    value.path,
                    other.escape_debug()
                ),
                "write `\"basic\"`: in the header `authorization`; or `\"post\"`: in the body of the request",
            );
            None
        }
    }
}
