//! Mistakes with credentials of several parts: each part that is wrong is pointed at.

use tidegate_host::grants::Secret;
use tidegate_host::{AccessKey, SecretValue};

use crate::{check, read};

#[test]
fn an_access_key_has_its_parts() {
    let config = read(
        r#"[providers.openai]
component = "bundled:openai"
secrets.aws = { access-key-id = { env = "KEY" }, secret-access-key = { env = "OTHER" }, session-token = { env = "SPACED" } }"#,
    );
    let config = config.unwrap();
    let key = AccessKey {
        id: Secret::new("sk-123"),
        secret: Secret::new("sk-456"),
        session_token: Some(Secret::new("two words")),
    };
    let secrets = &config.providers["openai"].config.secrets;
    assert_eq!(secrets[0].value, SecretValue::AccessKey(key));
    let shown = format!("{:?}", config.providers["openai"]);
    assert!(!shown.contains("sk-"), "{shown}");
}

#[test]
fn a_part_that_is_missing_is_named() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets.aws = { access-key-id = { env = "KEY" }, env = "KEY" }
secrets.other = { secret-access-key = "sk-very-secret", expose = true }"#,
        r#"
`providers.openai.secrets.aws` has no `secret-access-key`
 --> tidegate.toml:3:9
  |
3 | secrets.aws = { access-key-id = { env = "KEY" }, env = "KEY" }
  |         ^^^
hint: an access key has both: `{ access-key-id = { env = "AWS_ACCESS_KEY_ID" }, secret-access-key = { env = "AWS_SECRET_ACCESS_KEY" } }`

`providers.openai.secrets.aws` has both `env` and `access-key-id`
 --> tidegate.toml:3:50
  |
3 | secrets.aws = { access-key-id = { env = "KEY" }, env = "KEY" }
  |                                                  ^^^
hint: keep one of them

`providers.openai.secrets.other` has no `access-key-id`
 --> tidegate.toml:4:9
  |
4 | secrets.other = { secret-access-key = ****************, expose = true }
  |         ^^^^^
hint: an access key has both: `{ access-key-id = { env = "AWS_ACCESS_KEY_ID" }, secret-access-key = { env = "AWS_SECRET_ACCESS_KEY" } }`

`providers.openai.secrets.other.secret-access-key` must not be written into this file
 --> tidegate.toml:4:39
  |
4 | secrets.other = { secret-access-key = ****************, expose = true }
  |                                       ^^^^^^^^^^^^^^^^
hint: name where it is kept: `secret-access-key = { env = "EXAMPLE_API_KEY" }`, or `{ file = "…" }`
"#,
    );
}

#[test]
fn a_part_that_is_not_there_is_missing_under_the_credentials_name() {
    let config = read(
        r#"[providers.openai]
component = "bundled:openai"
secrets.aws = { access-key-id = { env = "KEY" }, secret-access-key = { env = "UNSET" }, session-token = { file = "no/such/file" } }"#,
    );
    let config = config.unwrap();
    let openai = &config.providers["openai"];
    assert_eq!(openai.config.secrets, []);
    let missing: Vec<_> = openai
        .missing
        .iter()
        .map(|it| (it.name.as_str(), it.key.as_str()))
        .collect();
    assert_eq!(
        missing,
        [
            ("aws", "providers.openai.secrets.aws.secret-access-key"),
            ("aws", "providers.openai.secrets.aws.session-token"),
        ]
    );
}

#[test]
fn only_a_text_can_be_exposed() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets.aws = { access-key-id.env = "KEY", secret-access-key.env = "OTHER", expose = true }"#,
        r#"
`providers.openai.secrets.aws.expose` is only for a secret that is one text
 --> tidegate.toml:3:77
  |
3 | …access-key-id.env = "KEY", secret-access-key.env = "OTHER", expose = true }
  |                                                              ^^^^^^
hint: leave it out: the host makes of this secret what is sent
"#,
    );
}
