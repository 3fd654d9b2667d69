//! Mistakes in what a provider is and what it may do.

use crate::check;

#[test]
fn a_provider_that_is_no_table_is_an_error() {
    check(
        r#"providers.openai = "bundled:openai""#,
        r#"
`providers.openai` is a string, not a table
 --> tidegate.toml:1:20
  |
1 | providers.openai = "bundled:openai"
  |                    ^^^^^^^^^^^^^^^^
hint: write it like `[providers.openai]`
"#,
    );
}

#[test]
fn a_bad_pattern_says_what_to_write() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
allow = ["https://api.openai.com/v1/*", "api.openai.com", "https://*/*"]"#,
        r#"
pattern `api.openai.com`: the line has no scheme
 --> tidegate.toml:3:41
  |
3 | allow = ["https://api.openai.com/v1/*", "api.openai.com", "https://*/*"]
  |                                         ^^^^^^^^^^^^^^^^
hint: write `https://api.openai.com/*`

pattern `https://*/*`: the host `*` would allow every host
 --> tidegate.toml:3:59
  |
3 | allow = ["https://api.openai.com/v1/*", "api.openai.com", "https://*/*"]
  |                                                           ^^^^^^^^^^^^^
hint: name each host, as in `https://api.example.com/*`
"#,
    );
}

#[test]
fn no_such_bundled_component_offers_the_nearest() {
    check(
        r#"[providers.openai]
component = "bundled:opnai""#,
        r#"
no component `opnai` is bundled
 --> tidegate.toml:2:13
  |
2 | component = "bundled:opnai"
  |             ^^^^^^^^^^^^^^^
hint: did you mean `openai`?
"#,
    );
}

#[test]
fn a_component_file_that_is_not_there_is_pointed_at() {
    check(
        r#"[providers.mine]
component = "no/such.wasm"

[providers.other]
component = "echo""#,
        r#"
`no/such.wasm` cannot be read: No such file or directory (os error 2)
 --> tidegate.toml:2:13
  |
2 | component = "no/such.wasm"
  |             ^^^^^^^^^^^^^^
hint: paths are relative to the folder of this file

`echo` cannot be read: No such file or directory (os error 2)
 --> tidegate.toml:5:13
  |
5 | component = "echo"
  |             ^^^^^^
hint: did you mean `bundled:echo`?
"#,
    );
}

#[test]
fn a_provider_without_a_component_is_pointed_at() {
    check(
        r#"[providers.openai]
allow = []"#,
        r#"
`providers.openai` has no `component`
 --> tidegate.toml:1:12
  |
1 | [providers.openai]
  |            ^^^^^^
hint: add `component = "bundled:…"`, or the path of a `.wasm` file
"#,
    );
}

#[test]
fn a_provider_has_a_plain_name() {
    check(
        r#"[providers."open/ai"]
component = "bundled:openai""#,
        r#"
a provider cannot be called `open/ai`
 --> tidegate.toml:1:12
  |
1 | [providers."open/ai"]
  |            ^^^^^^^^^
hint: the name stands before the `/` of a model: letters, digits, `-`, `_` and `.`
"#,
    );
}

#[test]
fn a_setting_is_a_plain_value() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
settings = { a = [1], b = nan, c = 99999999999999999999 }"#,
        r#"
`providers.openai.settings.a` is a list, not a string, number, `true` or `false`
 --> tidegate.toml:3:18
  |
3 | settings = { a = [1], b = nan, c = 99999999999999999999 }
  |                  ^^^
hint: write it like `'{"json": "in quotes"}'`

`providers.openai.settings.b` is a number with a fraction, not a string, number, `true` or `false`
 --> tidegate.toml:3:27
  |
3 | settings = { a = [1], b = nan, c = 99999999999999999999 }
  |                           ^^^
hint: write it like `'{"json": "in quotes"}'`

`providers.openai.settings.c` is too large
 --> tidegate.toml:3:36
  |
3 | settings = { a = [1], b = nan, c = 99999999999999999999 }
  |                                    ^^^^^^^^^^^^^^^^^^^^
"#,
    );
}

#[test]
fn an_isolation_that_there_is_not() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
isolation = "none""#,
        r#"
`providers.openai.isolation` is `none`, which it cannot be
 --> tidegate.toml:3:13
  |
3 | isolation = "none"
  |             ^^^^^^
hint: write `"call"`: every call gets an instance of its own; or `"caller"`: calls with the same gateway key may use one after the other
"#,
    );
}
