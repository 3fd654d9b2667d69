//! Mistakes with secrets: pointed at, and their values never shown.

use crate::{check, read};

#[test]
fn an_unset_variable_is_pointed_at() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets = { api-key = { env = "OPENAI_API_KEY" }, other = { env = "EMPTY" } }"#,
        r#"
the environment variable `OPENAI_API_KEY` is not set
 --> tidegate.toml:3:31
  |
3 | secrets = { api-key = { env = "OPENAI_API_KEY" }, other = { env = "EMPTY" } }
  |                               ^^^^^^^^^^^^^^^^
hint: set it, or change `providers.openai.secrets.api-key.env`

the environment variable `EMPTY` is not set
 --> tidegate.toml:3:67
  |
3 | …s = { api-key = { env = "OPENAI_API_KEY" }, other = { env = "EMPTY" } }
  |                                                              ^^^^^^^
hint: set it, or change `providers.openai.secrets.other.env`
"#,
    );
}

#[test]
fn a_missing_secret_is_a_problem_of_whoever_needs_it_and_of_nobody_else() {
    let config = read(
        r#"[providers.openai]
component = "bundled:openai"
secrets = { api-key = { env = "KEY" }, organization = { file = "no/such/file" } }

[providers.echo]
component = "bundled:echo"

[providers.groq]
component = "bundled:openai"
secrets = { api-key = { env = "GROQ_API_KEY" } }"#,
    );
    let config = config.unwrap();
    assert_eq!(config.require_secrets("echo"), Ok(()));
    let groq = config.require_secrets("groq").unwrap_err();
    let [problem] = groq.problems() else {
        panic!("one problem: {groq}");
    };
    assert_eq!(
        (problem.message(), problem.line(), problem.column()),
        (
            "the environment variable `GROQ_API_KEY` is not set",
            Some(10),
            Some(31)
        )
    );
    let openai = &config.providers["openai"];
    let missing = openai.missing.iter().map(|secret| secret.key.as_str());
    assert_eq!(
        missing.collect::<Vec<_>>(),
        ["providers.openai.secrets.organization"]
    );
    // What is there can be used, by whoever does without the rest.
    assert_eq!(openai.config.secrets.len(), 1);
    let all = config.require_all_secrets().unwrap_err();
    assert_eq!(all.problems().len(), 2);
}

#[test]
fn a_secret_in_place_of_its_variable_is_not_shown() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets = { api-key = { env = "sk-very-secret" } }"#,
        r#"
`providers.openai.secrets.api-key.env` is not the name of an environment variable
 --> tidegate.toml:3:31
  |
3 | secrets = { api-key = { env = **************** } }
  |                               ^^^^^^^^^^^^^^^^
hint: write it like `{ env = "EXAMPLE_API_KEY" }`, and set that variable to the secret
"#,
    );
}

#[test]
fn a_secret_in_the_file_is_refused_and_never_shown() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets = { api-key = "sk-very-secret", colour = { enw = "KEY" } }"#,
        r#"
`providers.openai.secrets.api-key` must not be written into this file
 --> tidegate.toml:3:23
  |
3 | secrets = { api-key = ****************, colour = { enw = ***** } }
  |                       ^^^^^^^^^^^^^^^^
hint: name where it is kept: `api-key = { env = "EXAMPLE_API_KEY" }`, or `{ file = "…" }`

`providers.openai.secrets.colour` does not say where its value is
 --> tidegate.toml:3:41
  |
3 | secrets = { api-key = ****************, colour = { enw = ***** } }
  |                                         ^^^^^^
hint: write `{ env = "EXAMPLE_API_KEY" }`, or `{ file = "…" }`

unknown key `enw` in `providers.openai.secrets.colour`
 --> tidegate.toml:3:52
  |
3 | secrets = { api-key = ****************, colour = { enw = ***** } }
  |                                                    ^^^
hint: did you mean `env`?
"#,
    );
}

#[test]
fn a_secret_in_place_of_the_table_is_not_shown_either() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets = "sk-very-secret""#,
        r#"
`providers.openai.secrets` is a string, not a table
 --> tidegate.toml:3:11
  |
3 | secrets = ****************
  |           ^^^^^^^^^^^^^^^^
hint: write it like `{ api-key = { env = "EXAMPLE_API_KEY" } }`
"#,
    );
}

#[test]
fn a_secret_under_a_key_that_is_none_is_not_shown() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secret = { api-key = "sk-very-secret" }
api-key = "sk-very-secret""#,
        r#"
unknown key `secret` in `providers.openai`
 --> tidegate.toml:3:1
  |
3 | secret = ******************************
  | ^^^^^^
hint: did you mean `secrets`?

unknown key `api-key` in `providers.openai`
 --> tidegate.toml:4:1
  |
4 | api-key = ****************
  | ^^^^^^^
hint: `providers.openai` has `component`, `profile`, `allow`, `private`, `secrets`, `settings`, `limits`, `isolation`, `rpm`, `tpm`, `breaker`, `prices`
"#,
    );
}

#[test]
fn a_secret_without_quotes_is_no_toml_and_not_shown() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets.api-key = sk-very-secret"#,
        r#"
string values must be quoted, expected literal string
 --> tidegate.toml:3:19
  |
3 | secrets.api-key =***************
  |                   ^^^^^^^^^^^^^^
hint: this is not TOML: <https://toml.io>
"#,
    );
}

#[test]
fn a_secret_has_one_source() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets.api-key = { env = "KEY", file = "key.txt" }
secrets.other = { expose = true }"#,
        r#"
`providers.openai.secrets.api-key` has both `env` and `file`
 --> tidegate.toml:3:34
  |
3 | secrets.api-key = { env = "KEY", file = "key.txt" }
  |                                  ^^^^
hint: keep one of them

`providers.openai.secrets.other` does not say where its value is
 --> tidegate.toml:4:9
  |
4 | secrets.other = { expose = true }
  |         ^^^^^
hint: write `{ env = "EXAMPLE_API_KEY" }`, or `{ file = "…" }`
"#,
    );
}

#[test]
fn a_secret_file_that_is_not_there_is_pointed_at() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
secrets.api-key = { file = "no/such/file" }"#,
        r#"
the secret file `no/such/file` cannot be read: No such file or directory (os error 2)
 --> tidegate.toml:3:28
  |
3 | secrets.api-key = { file = "no/such/file" }
  |                            ^^^^^^^^^^^^^^
hint: paths are relative to the folder of this file
"#,
    );
}

#[test]
fn a_secret_is_bound_to_granted_origins_only() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
allow = ["https://api.openai.com/v1/*"]
secrets.api-key = { env = "KEY", to = ["https://example.com"] }"#,
        r#"
the secret `api-key` is bound to `https://example.com`, which is not granted
  granted: `https://api.openai.com`
 --> tidegate.toml:4:40
  |
4 | secrets.api-key = { env = "KEY", to = ["https://example.com"] }
  |                                        ^^^^^^^^^^^^^^^^^^^^^
hint: `to` can only narrow `allow`; add `https://example.com/*` to `allow` first
"#,
    );
}

#[test]
fn files_that_are_named_are_listed_whether_or_not_they_are_there() {
    let config = read(
        r#"[providers.openai]
component = "bundled:openai"
secrets.api-key = { file = "no/such/file" }"#,
    );
    let files = config.unwrap().files;
    assert_eq!(files, [std::path::PathBuf::from("no/such/file")]);
}
