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

#[test]
fn client_credentials_have_their_parts() {
    let config = read(
        r#"[providers.openai]
component = "bundled:openai"
secrets.api-key.oauth2 = { token-url = "https://id.example/token", client-id = "me", client-secret.env = "KEY", scope = "a b", client-authentication = "post" }"#,
    );
    let config = config.unwrap();
    let SecretValue::ClientCredentials(client) =
        &config.providers["openai"].config.secrets[0].value
    else {
        panic!("client credentials");
    };
    assert_eq!(client.client_id.expose(), "me");
    assert_eq!(client.client_secret.expose(), "sk-123");
    assert_eq!(client.scope.as_deref(), Some("a b"));
    assert_eq!(client.authentication.name(), "post");
}

#[test]
fn mistakes_in_client_credentials_are_pointed_at() {
    check(
        r#"[providers.openai]
component = "bundled:openai"

[providers.openai.secrets.a.oauth2]
token-url = "http://id.example/token"
client-secret = "sk-very-secret"
client-authentication = "digest"
scopes = "a""#,
        r#"
`providers.openai.secrets.a.oauth2` has no `client-id`
 --> tidegate.toml:4:29
  |
4 | [providers.openai.secrets.a.oauth2]
  |                             ^^^^^^
hint: write it like `{ token-url = "https://id.example.com/oauth2/token", client-id = "my-client", client-secret = { env = "CLIENT_SECRET" } }`

`providers.openai.secrets.a.oauth2.token-url`: `http://id.example` is plain `http`, and anyone on the way could read what is sent
 --> tidegate.toml:5:13
  |
5 | token-url = "http://id.example/token"
  |             ^^^^^^^^^^^^^^^^^^^^^^^^^
hint: use `https`; plain `http` is for loopback addresses and `localhost`

`providers.openai.secrets.a.oauth2.client-secret` must not be written into this file
 --> tidegate.toml:6:17
  |
6 | client-secret = ****************
  |                 ^^^^^^^^^^^^^^^^
hint: name where it is kept: `client-secret = { env = "EXAMPLE_API_KEY" }`, or `{ file = "…" }`

`providers.openai.secrets.a.oauth2.client-authentication` is `digest`, which it cannot be
 --> tidegate.toml:7:25
  |
7 | client-authentication = "digest"
  |                         ^^^^^^^^
hint: write `"basic"`: in the header `authorization`; or `"post"`: in the body of the request

unknown key `scopes` in `providers.openai.secrets.a.oauth2`
 --> tidegate.toml:8:1
  |
8 | scopes = ***
  | ^^^^^^
hint: did you mean `scope`?
"#,
    );
}

#[test]
fn mistakes_in_a_service_account_are_pointed_at_and_its_file_is_not_shown() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets.a = { service-account = { env = "KEY" }, scope = "b" }
secrets.b = { service-account = { env = "KEY" }, file = "b" }
secrets.c = { scope = "b" }"#,
        r#"
`providers.openai.secrets.a.service-account` is no service account: no such JSON at line 1
 --> tidegate.toml:3:33
  |
3 | secrets.a = { service-account = { env = "KEY" }, scope = "b" }
  |                                 ^^^^^^^^^^^^^^^
hint: give the JSON file that the cloud's console makes for a key of a service account

`providers.openai.secrets.b` does not say what its tokens are for
 --> tidegate.toml:4:15
  |
4 | secrets.b = { service-account = { env = "KEY" }, file = "b" }
  |               ^^^^^^^^^^^^^^^
hint: add `scope`, for Google's clouds `scope = "https://www.googleapis.com/auth/cloud-platform"`

`providers.openai.secrets.b` has both `file` and `service-account`
 --> tidegate.toml:4:50
  |
4 | secrets.b = { service-account = { env = "KEY" }, file = "b" }
  |                                                  ^^^^
hint: keep one of them

`providers.openai.secrets.c` has a `scope` and no `service-account`
 --> tidegate.toml:5:9
  |
5 | secrets.c = { scope = "b" }
  |         ^
hint: name its file: `service-account = { file = "service-account.json" }`; of `oauth2`, `scope` stands within its braces
"#,
    );
}

#[test]
fn several_keys_are_a_list() {
    let config = read(
        r#"[providers.openai]
component = "bundled:openai"
allow = ["https://api.openai.com/v1/*"]
secrets.a = [{ env = "KEY" }, { env = "UNSET" }, { env = "OTHER" }]
secrets.b = { keys = [{ env = "KEY" }], to = ["https://api.openai.com"] }"#,
    );
    let config = config.unwrap();
    let openai = &config.providers["openai"];
    let keys = |keys: &[&str]| SecretValue::Keys(keys.iter().map(|it| Secret::new(*it)).collect());
    let [a, b] = openai.config.secrets.as_slice() else {
        panic!("two secrets");
    };
    assert_eq!((&a.value, &a.to), (&keys(&["sk-123", "sk-456"]), &None));
    assert_eq!(b.value, keys(&["sk-123"]));
    assert!(b.to.is_some());
    assert_eq!(openai.missing[0].key, "providers.openai.secrets.a[1]");
}

#[test]
fn mistakes_in_a_list_of_keys_are_pointed_at() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets.a = []
secrets.b = [{ env = "KEY" }, "sk-very-secret"]
secrets.c = { keys = "sk-very-secret" }"#,
        r#"
`providers.openai.secrets.a` is empty
 --> tidegate.toml:3:13
  |
3 | secrets.a = []
  |             ^^
hint: write `[{ env = "API_KEY_A" }, { env = "API_KEY_B" }]`

`providers.openai.secrets.b[1]` must not be written into this file
 --> tidegate.toml:4:31
  |
4 | secrets.b = [{ env = "KEY" }, ****************]
  |                               ^^^^^^^^^^^^^^^^
hint: name where it is kept: `b = { env = "EXAMPLE_API_KEY" }`, or `{ file = "…" }`

`providers.openai.secrets.c.keys` is a string, not a list
 --> tidegate.toml:5:22
  |
5 | secrets.c = { keys = **************** }
  |                      ^^^^^^^^^^^^^^^^
hint: write it like `[{ env = "API_KEY_A" }, { env = "API_KEY_B" }]`
"#,
    );
}
