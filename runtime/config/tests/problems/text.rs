//! Mistakes in the text: no TOML, keys and types that are wrong, and how they are shown.

use tidegate_config::{Config, Environment};

use crate::check;

#[test]
fn an_unknown_key_is_offered_the_nearest() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
alow = ["https://api.openai.com/v1/*"]"#,
        r#"
unknown key `alow` in `providers.openai`
 --> tidegate.toml:3:1
  |
3 | alow = ["https://api.openai.com/v1/*"]
  | ^^^^
hint: did you mean `allow`?
"#,
    );
}

#[test]
fn an_unknown_key_near_none_is_told_all() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
colour = "blue""#,
        r#"
unknown key `colour` in `providers.openai`
 --> tidegate.toml:3:1
  |
3 | colour = "blue"
  | ^^^^^^
hint: `providers.openai` has `component`, `profile`, `allow`, `private`, `secrets`, `settings`, `limits`, `isolation`, `rpm`, `tpm`, `breaker`, `prices`
"#,
    );
}

#[test]
fn an_unknown_section_is_an_error() {
    check(
        r#"[provider.openai]
component = "bundled:openai""#,
        r#"
unknown key `provider`
 --> tidegate.toml:1:2
  |
1 | [provider.openai]
  |  ^^^^^^^^
hint: did you mean `providers`?
"#,
    );
}

#[test]
fn a_wrong_type_is_shown_the_right_one() {
    check(
        r#"[providers.openai]
component = 7
allow = "https://api.openai.com/v1/*"
private = "yes""#,
        r#"
`providers.openai.component` is a whole number, not a string
 --> tidegate.toml:2:13
  |
2 | component = 7
  |             ^
hint: write it like `"bundled:openai"`

`providers.openai.allow` is a string, not a list of strings
 --> tidegate.toml:3:9
  |
3 | allow = "https://api.openai.com/v1/*"
  |         ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
hint: write it like `["https://api.example.com/v1/*"]`

`providers.openai.private` is a string, not `true` or `false`
 --> tidegate.toml:4:11
  |
4 | private = "yes"
  |           ^^^^^
hint: write it like `true`
"#,
    );
}

#[test]
fn an_entry_of_a_list_is_pointed_at() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
allow = ["https://api.openai.com/v1/*", 4]"#,
        r#"
`providers.openai.allow[1]` is a whole number, not a string
 --> tidegate.toml:3:41
  |
3 | allow = ["https://api.openai.com/v1/*", 4]
  |                                         ^
hint: write it like `"https://api.example.com/v1/*"`
"#,
    );
}

#[test]
fn what_is_no_toml_is_pointed_at() {
    check(
        r#"[providers.openai
component = "bundled:openai""#,
        r#"
unclosed table, expected `]`
 --> tidegate.toml:1:18
  |
1 | [providers.openai
  |                  ^
hint: this is not TOML: <https://toml.io>
"#,
    );
}

#[test]
fn a_key_given_twice_is_an_error() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
component = "bundled:echo""#,
        r#"
duplicate key
 --> tidegate.toml:3:1
  |
3 | component = "bundled:echo"
  | ^^^^^^^^^
hint: this is not TOML: <https://toml.io>
"#,
    );
}

#[test]
fn all_problems_are_told_at_once_in_the_order_of_the_file() {
    check(
        r#"[providers.openai]
component = "bundled:opnai"
limits = { memory = "64 megs" }
secrets = { api-key = { environment = "OPENAI_API_KEY" } }

[egres]"#,
        r#"
no component `opnai` is bundled
 --> tidegate.toml:2:13
  |
2 | component = "bundled:opnai"
  |             ^^^^^^^^^^^^^^^
hint: did you mean `openai`?

`providers.openai.limits.memory` is `64 megs`, which is no size
 --> tidegate.toml:3:21
  |
3 | limits = { memory = "64 megs" }
  |                     ^^^^^^^^^
hint: units are `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`

`providers.openai.secrets.api-key` does not say where its value is
 --> tidegate.toml:4:13
  |
4 | secrets = { api-key = { environment = **************** } }
  |             ^^^^^^^
hint: write `{ env = "EXAMPLE_API_KEY" }`, or `{ file = "…" }`

unknown key `environment` in `providers.openai.secrets.api-key`
 --> tidegate.toml:4:25
  |
4 | secrets = { api-key = { environment = **************** } }
  |                         ^^^^^^^^^^^
hint: `providers.openai.secrets.api-key` has `env`, `file`, `keys`, `access-key-id`, `secret-access-key`, `session-token`, `service-account`, `scope`, `oauth2`, `to`, `expose`

unknown key `egres`
 --> tidegate.toml:6:2
  |
6 | [egres]
  |  ^^^^^
hint: did you mean `egress`?
"#,
    );
}

#[test]
fn a_long_line_is_shown_around_the_problem() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
allow = ["https://one.example/*", "https://two.example/*", "https://three.example/*", "https://four.example/*", "five.example", "https://six.example/*", "https://seven.example/*"]"#,
        r#"
pattern `five.example`: the line has no scheme
 --> tidegate.toml:3:113
  |
3 | …le/*", "https://three.example/*", "https://four.example/*", "five.example", "https://six.example/*", "https://seven.exa…
  |                                                              ^^^^^^^^^^^^^^
hint: write `https://five.example/*`
"#,
    );
}

#[test]
fn control_characters_do_not_reach_the_terminal() {
    check(
        r#"[providers.openai]
component = "bundled:\u001b[2J" # "#,
        r#"
invalid comment character, expected printable characters
 --> tidegate.toml:2:35
  |
2 | component = "bundled:\u001b[2J" # �
  |                                   ^
hint: this is not TOML: <https://toml.io>
"#,
    );
}

#[test]
fn a_file_that_cannot_be_read_is_one_problem_without_a_place() {
    let error = Config::load("no/such.toml".as_ref(), &Environment::new(|_| None)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the configuration `no/such.toml` cannot be read: No such file or directory (os error 2)\n\
         hint: give the path of a `tidegate.toml` with `--config` or in `$TIDEGATE_CONFIG`"
    );
}

/// Nothing is read without an end, whatever the path leads to.
#[cfg(target_os = "linux")]
#[test]
fn a_file_without_an_end_is_no_configuration() {
    let error = Config::load("/dev/zero".as_ref(), &Environment::new(|_| None)).unwrap_err();
    assert!(
        error
            .to_string()
            .contains("it is longer than 1048576 bytes"),
        "{error}"
    );
}
