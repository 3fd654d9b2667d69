//! Mistakes in where callers are served and who they are.

use crate::check;

#[test]
fn whoever_is_reachable_from_elsewhere_needs_keys() {
    check(
        r#"[gateway]
listen = "0.0.0.0:8080"
keys = []"#,
        r#"
`gateway` listens on `0.0.0.0:8080` without keys: whoever reaches it would spend your money
 --> tidegate.toml:2:10
  |
2 | listen = "0.0.0.0:8080"
  |          ^^^^^^^^^^^^^^
hint: add `keys`, or listen on `"127.0.0.1:8080"`
"#,
    );
}

#[test]
fn an_address_is_not_guessed() {
    check(
        r#"[gateway]
listen = "localhost:8080"

[admin]
listen = 8081
key = { env = "KEY" }"#,
        r#"
`gateway.listen` is `localhost:8080`, which is no address
 --> tidegate.toml:2:10
  |
2 | listen = "localhost:8080"
  |          ^^^^^^^^^^^^^^^^
hint: write an IP address and a port, as in `"127.0.0.1:8080"`, or `"0.0.0.0:8080"` for all addresses

`admin.listen` is a whole number, not a string
 --> tidegate.toml:5:10
  |
5 | listen = 8081
  |          ^^^^
hint: write it like `"127.0.0.1:8081"`
"#,
    );
}

#[test]
fn a_key_has_a_name_and_a_secret_and_both_are_its_own() {
    check(
        r#"
[[gateway.keys]]
secret = { env = "KEY" }

[[gateway.keys]]
name = "a"

[[gateway.keys]]
name = "b"
secret = { env = "KEY" }

[[gateway.keys]]
name = "b"
secret = [{ env = "OTHER" }, { env = "KEY" }]"#,
        r#"
`gateway.keys[0]` has no `name`
 --> tidegate.toml:2:1
  |
2 | [[gateway.keys]]
  | ^^^^^^^^^^^^^^^^
hint: write it like `{ name = "team-a", secret = { env = "TIDEGATE_KEY_A" } }`

`gateway.keys[1]` has no `secret`
 --> tidegate.toml:5:1
  |
5 | [[gateway.keys]]
  | ^^^^^^^^^^^^^^^^
hint: write it like `{ name = "team-a", secret = { env = "TIDEGATE_KEY_A" } }`

`gateway.keys[3]` is called `b`, as `gateway.keys[0]` is
  --> tidegate.toml:12:1
   |
12 | [[gateway.keys]]
   | ^^^^^^^^^^^^^^^^
hint: give it a name of its own; two secrets of one key are a list: `secret = [{ … }, { … }]`

the key `b` has the same secret as the key `b`
  --> tidegate.toml:12:1
   |
12 | [[gateway.keys]]
   | ^^^^^^^^^^^^^^^^
hint: give each a secret of its own: it says who is calling
"#,
    );
}

#[test]
fn a_secret_in_place_of_a_key_is_never_shown() {
    check(
        r#"[gateway]
keys = ["sk-very-secret", { name = "a", secret = "sk-very-secret" }, { name = "b", secret = { env = "sk-very-secret" } }, { name = "c", key = "sk-very-secret" }]

[admin]
key = "sk-very-secret""#,
        r#"
`gateway.keys[0]` is a string, not a table
 --> tidegate.toml:2:9
  |
2 | keys = [****************, { name = "a", secret = **************** }, { name = "b", secret = { env = **************** } }…
  |         ^^^^^^^^^^^^^^^^
hint: write it like `{ name = "team-a", secret = { env = "TIDEGATE_KEY_A" } }`

`gateway.keys[1].secret` must not be written into this file
 --> tidegate.toml:2:50
  |
2 | keys = [****************, { name = "a", secret = **************** }, { name = "b", secret = { env = **************** } }…
  |                                                  ^^^^^^^^^^^^^^^^
hint: name where it is kept: `secret = { env = "EXAMPLE_API_KEY" }`, or `{ file = "…" }`

`gateway.keys[2].secret.env` is not the name of an environment variable
 --> tidegate.toml:2:101
  |
2 | …secret = **************** }, { name = "b", secret = { env = **************** } }, { name = "c", key = **************** …
  |                                                              ^^^^^^^^^^^^^^^^
hint: write it like `{ env = "EXAMPLE_API_KEY" }`, and set that variable to the secret

`gateway.keys[3]` has no `secret`
 --> tidegate.toml:2:123
  |
2 | …*** }, { name = "b", secret = { env = **************** } }, { name = "c", key = **************** }]
  |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
hint: write it like `{ name = "team-a", secret = { env = "TIDEGATE_KEY_A" } }`

unknown key `key` in `gateway.keys[3]`
 --> tidegate.toml:2:137
  |
2 | …= "b", secret = { env = **************** } }, { name = "c", key = **************** }]
  |                                                              ^^^
hint: `gateway.keys[3]` has `name`, `secret`, `models`, `rpm`, `tpm`, `budget`

`admin.key` must not be written into this file
 --> tidegate.toml:5:7
  |
5 | key = ****************
  |       ^^^^^^^^^^^^^^^^
hint: name where it is kept: `key = { env = "EXAMPLE_API_KEY" }`, or `{ file = "…" }`
"#,
    );
}

#[test]
fn one_secret_in_place_of_the_list_is_not_shown_either() {
    check(
        r#"[gateway]
keys = "sk-very-secret""#,
        r#"
`gateway.keys` is a string, not a list of keys
 --> tidegate.toml:2:8
  |
2 | keys = ****************
  |        ^^^^^^^^^^^^^^^^
hint: write it like `{ name = "team-a", secret = { env = "TIDEGATE_KEY_A" } }`
"#,
    );
}

#[test]
fn a_secret_that_cannot_be_sent_is_told_without_its_value() {
    check(
        r#"[gateway]
keys = [{ name = "a", secret = { env = "TWO WORDS" } }, { name = "b", secret = { env = "SPACED" } }, { name = "c", secret = [] }]"#,
        r#"
`gateway.keys[0].secret.env` is not the name of an environment variable
 --> tidegate.toml:2:40
  |
2 | keys = [{ name = "a", secret = { env = *********** } }, { name = "b", secret = { env = "SPACED" } }, { name = "c", secre…
  |                                        ^^^^^^^^^^^
hint: write it like `{ env = "EXAMPLE_API_KEY" }`, and set that variable to the secret

the value of `gateway.keys[1].secret` cannot be sent in a header, so that nobody could use it
 --> tidegate.toml:2:80
  |
2 | …", secret = { env = *********** } }, { name = "b", secret = { env = "SPACED" } }, { name = "c", secret = [] }]
  |                                                              ^^^^^^^^^^^^^^^^^^
hint: give letters, digits and punctuation of ASCII, without spaces

`gateway.keys[2].secret` is empty
 --> tidegate.toml:2:125
  |
2 | … "b", secret = { env = "SPACED" } }, { name = "c", secret = [] }]
  |                                                              ^^
hint: write `{ env = "EXAMPLE_API_KEY" }`, or several of these in a list
"#,
    );
}

#[test]
fn a_key_asks_for_models_that_there_are() {
    check(
        r#"[providers.openai]
component = "bundled:openai"

[models.fast]
route = ["openai/gpt-5-mini"]

[gateway]
keys = [{ name = "a", secret = { env = "KEY" }, models = ["*", "fast", "fa*", "open*", "openai/gpt-*", "openai/o3", "fsat", "openai", "opnai/*", "opnai/o3", "*/o3", "", "groq/*", 7] }, { name = "b", secret = { env = "OTHER" }, models = [] }]"#,
        r#"
the key `a` may ask for `fsat`, which nothing is called
 --> tidegate.toml:8:117
  |
8 | … ["*", "fast", "fa*", "open*", "openai/gpt-*", "openai/o3", "fsat", "openai", "opnai/*", "opnai/o3", "*/o3", "", "groq/…
  |                                                              ^^^^^^
hint: did you mean `fast`?

the key `a` may ask for `openai`, which nothing is called
 --> tidegate.toml:8:125
  |
8 | …fast", "fa*", "open*", "openai/gpt-*", "openai/o3", "fsat", "openai", "opnai/*", "opnai/o3", "*/o3", "", "groq/*", 7] }…
  |                                                              ^^^^^^^^
hint: `openai` is a provider; write `openai/*` for all its models

the key `a` may ask for `opnai/*`, which nothing is called
 --> tidegate.toml:8:135
  |
8 | …*", "open*", "openai/gpt-*", "openai/o3", "fsat", "openai", "opnai/*", "opnai/o3", "*/o3", "", "groq/*", 7] }, { name =…
  |                                                              ^^^^^^^^^
hint: did you mean `openai/*`?

the key `a` may ask for `opnai/o3`, which nothing is called
 --> tidegate.toml:8:146
  |
8 | …, "openai/gpt-*", "openai/o3", "fsat", "openai", "opnai/*", "opnai/o3", "*/o3", "", "groq/*", 7] }, { name = "b", secre…
  |                                                              ^^^^^^^^^^
hint: did you mean `openai/o3`?

`gateway.keys[0].models[11]` is empty, which names no models
 --> tidegate.toml:8:166
  |
8 | …penai/o3", "fsat", "openai", "opnai/*", "opnai/o3", "*/o3", "", "groq/*", 7] }, { name = "b", secret = { env = "OTHER" …
  |                                                              ^^
hint: write a name, `"*"`, or a name with `*` in place of what may differ

the key `a` may ask for `groq/*`, which nothing is called
 --> tidegate.toml:8:170
  |
8 | …i/o3", "fsat", "openai", "opnai/*", "opnai/o3", "*/o3", "", "groq/*", 7] }, { name = "b", secret = { env = "OTHER" }, m…
  |                                                              ^^^^^^^^
hint: the providers are `openai`

`gateway.keys[0].models[13]` is a whole number, not a string
 --> tidegate.toml:8:180
  |
8 | …at", "openai", "opnai/*", "opnai/o3", "*/o3", "", "groq/*", 7] }, { name = "b", secret = { env = "OTHER" }, models = []…
  |                                                              ^
hint: write it like `"openai/*"`

`gateway.keys[1].models` is empty, so that the key is good for nothing
 --> tidegate.toml:8:237
  |
8 | …", 7] }, { name = "b", secret = { env = "OTHER" }, models = [] }]
  |                                                              ^^
hint: write it like `["openai/*", "fast"]`; without `models` it is good for all
"#,
    );
}

#[test]
fn rates_and_budgets_are_amounts() {
    check(
        r#"[gateway]
keys = [{ name = "a", secret = { env = "KEY" }, rpm = 0, tpm = -1, budget = { day = 10, month = "10 EUR", week = "1 USD" } }]"#,
        r#"
`gateway.keys[0].rpm` is out of range
 --> tidegate.toml:2:55
  |
2 | keys = [{ name = "a", secret = { env = "KEY" }, rpm = 0, tpm = -1, budget = { day = 10, month = "10 EUR", week = *******…
  |                                                       ^
hint: it may be 1 to 4000000000

`gateway.keys[0].tpm` is out of range
 --> tidegate.toml:2:64
  |
2 | …s = [{ name = "a", secret = { env = "KEY" }, rpm = 0, tpm = -1, budget = { day = 10, month = "10 EUR", week = ******* }…
  |                                                              ^^
hint: it may be 1 to 4000000000

`gateway.keys[0].budget.day` is a whole number, not a string
 --> tidegate.toml:2:85
  |
2 | …cret = { env = "KEY" }, rpm = 0, tpm = -1, budget = { day = 10, month = "10 EUR", week = ******* } }]
  |                                                              ^^
hint: write it like `"2.50 USD"`

`gateway.keys[0].budget.month` is `10 EUR`, which is no amount of US dollars
 --> tidegate.toml:2:97
  |
2 | … = "KEY" }, rpm = 0, tpm = -1, budget = { day = 10, month = "10 EUR", week = ******* } }]
  |                                                              ^^^^^^^^
hint: write it like `"2.50 USD"`, with six decimals at most

unknown key `week` in `gateway.keys[0].budget`
 --> tidegate.toml:2:107
  |
2 | …, rpm = 0, tpm = -1, budget = { day = 10, month = "10 EUR", week = ******* } }]
  |                                                              ^^^^
hint: `gateway.keys[0].budget` has `day`, `month`
"#,
    );
}

#[test]
fn limits_and_times_are_in_range() {
    check(
        r#"[gateway]
body = "1 B"
connections = 0
header-timeout = "0 s"
sse-keepalive = "15 s"
drain = 30"#,
        r#"
`gateway.body` is out of range
 --> tidegate.toml:2:8
  |
2 | body = "1 B"
  |        ^^^^^
hint: it may be 1 KiB to 1 GiB

`gateway.connections` is out of range
 --> tidegate.toml:3:15
  |
3 | connections = 0
  |               ^
hint: it may be 1 to 1000000

`gateway.header-timeout` is out of range
 --> tidegate.toml:4:18
  |
4 | header-timeout = "0 s"
  |                  ^^^^^
hint: it may be 1 ms to 24 h

unknown key `sse-keepalive` in `gateway`
 --> tidegate.toml:5:1
  |
5 | sse-keepalive = "15 s"
  | ^^^^^^^^^^^^^
hint: did you mean `sse-keep-alive`?

`gateway.drain` has no unit
 --> tidegate.toml:6:9
  |
6 | drain = 30
  |         ^^
hint: write a number and a unit in quotes, as in `"10 min"`, not `30`
"#,
    );
}

#[test]
fn an_origin_is_written_as_browsers_send_it() {
    check(
        r#"[gateway]
cors-origins = ["*", "https://app.example.com", "https://app.example.com/", "https://App.example.com:443", "app.example.com", "https://*.example.com"]"#,
        r#"
`gateway.cors-origins[2]` is `https://app.example.com/`, which is no origin
 --> tidegate.toml:2:49
  |
2 | cors-origins = ["*", "https://app.example.com", "https://app.example.com/", "https://App.example.com:443", "app.example.…
  |                                                 ^^^^^^^^^^^^^^^^^^^^^^^^^^
hint: write `"https://app.example.com"`: browsers send it so, and it is compared as it is

`gateway.cors-origins[3]` is `https://App.example.com:443`, which is no origin
 --> tidegate.toml:2:77
  |
2 | …"*", "https://app.example.com", "https://app.example.com/", "https://App.example.com:443", "app.example.com", "https://…
  |                                                              ^^^^^^^^^^^^^^^^^^^^^^^^^^^^^
hint: write `"https://app.example.com"`: browsers send it so, and it is compared as it is

`gateway.cors-origins[4]` is `app.example.com`, which is no origin
 --> tidegate.toml:2:108
  |
2 | … "https://app.example.com/", "https://App.example.com:443", "app.example.com", "https://*.example.com"]
  |                                                              ^^^^^^^^^^^^^^^^^
hint: write it like `"https://app.example.com"`, or `"*"` for all

`gateway.cors-origins[5]` is `https://*.example.com`, which is no origin
 --> tidegate.toml:2:127
  |
2 | …le.com/", "https://App.example.com:443", "app.example.com", "https://*.example.com"]
  |                                                              ^^^^^^^^^^^^^^^^^^^^^^^
hint: write it like `"https://app.example.com"`, or `"*"` for all
"#,
    );
}

#[test]
fn operators_have_a_key_and_a_place_of_their_own() {
    check(
        r#"[gateway]
listen = "0.0.0.0:8081"
keys = [{ name = "a", secret = { env = "KEY" } }]

[admin]"#,
        r#"
`admin` has no `key`, and whoever reaches it can replace providers
 --> tidegate.toml:5:2
  |
5 | [admin]
  |  ^^^^^
hint: add `key = { env = "TIDEGATE_ADMIN_KEY" }`, or leave the section out

`admin` listens on `127.0.0.1:8081`, and `gateway` on `0.0.0.0:8081`
 --> tidegate.toml:5:2
  |
5 | [admin]
  |  ^^^^^
hint: give one of them another port: whoever may call need not be who may change things
"#,
    );
    check(
        r#"[gateway]
keys = [{ name = "a", secret = { env = "KEY" } }]

[admin]
listen = "127.0.0.1:8080"
key = { env = "KEY" }"#,
        r#"
`admin` listens on `127.0.0.1:8080`, and `gateway` on `127.0.0.1:8080`
 --> tidegate.toml:5:10
  |
5 | listen = "127.0.0.1:8080"
  |          ^^^^^^^^^^^^^^^^
hint: give one of them another port: whoever may call need not be who may change things

`admin.key` has the same secret as the key `a`
 --> tidegate.toml:6:7
  |
6 | key = { env = "KEY" }
  |       ^^^^^^^^^^^^^^^
hint: give each a secret of its own: it says who is calling
"#,
    );
}

#[test]
fn a_key_that_is_not_set_is_missed_by_whoever_serves() {
    check(
        r#"[gateway]
listen = "0.0.0.0:8080"
keys = [{ name = "a", secret = [{ env = "NEW" }, { env = "KEY" }] }]

[admin]
key = { file = "no/such/file" }"#,
        r#"
the environment variable `NEW` is not set
 --> tidegate.toml:3:41
  |
3 | keys = [{ name = "a", secret = [{ env = "NEW" }, { env = "KEY" }] }]
  |                                         ^^^^^
hint: set it, or change `gateway.keys[0].secret[0].env`

the secret file `no/such/file` cannot be read: No such file or directory (os error 2)
 --> tidegate.toml:6:16
  |
6 | key = { file = "no/such/file" }
  |                ^^^^^^^^^^^^^^
hint: paths are relative to the folder of this file
"#,
    );
}

#[test]
fn telemetry_goes_to_a_url() {
    check(
        r#"[telemetry]
otlp = "collector:4317"
json-logs = "yes"
log-promts = true"#,
        r#"
`telemetry.otlp` is no URL with `http://` or `https://`
 --> tidegate.toml:2:8
  |
2 | otlp = "collector:4317"
  |        ^^^^^^^^^^^^^^^^
hint: write it like `"http://127.0.0.1:4317"`

`telemetry.json-logs` is a string, not `true` or `false`
 --> tidegate.toml:3:13
  |
3 | json-logs = "yes"
  |             ^^^^^
hint: write it like `true`

unknown key `log-promts` in `telemetry`
 --> tidegate.toml:4:1
  |
4 | log-promts = true
  | ^^^^^^^^^^
hint: did you mean `log-prompts`?
"#,
    );
}
