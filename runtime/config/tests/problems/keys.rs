//! Mistakes in who may call: keys, their secrets, models and budgets.

use crate::check;

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

/// Refused at once, and not call by call.
#[test]
fn a_budget_needs_something_with_a_price() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
prices = { "gpt-5" = { input = "1 USD", output = "2 USD" } }

[models.fast]
route = ["openai/gpt-5", "openai/gpt-5-mini"]

[[gateway.keys]]
name = "all"
secret = { env = "KEY" }
budget = { day = "1 USD" }

[[gateway.keys]]
name = "fast"
secret = { env = "OTHER" }
models = ["fast"]
budget = { month = "1 USD" }"#,
        r#"
the key `fast` has a budget, and nothing that it may ask for has a price
  --> tidegate.toml:13:1
   |
13 | [[gateway.keys]]
   | ^^^^^^^^^^^^^^^^
hint: add `providers.NAME.prices` for its models, for each one of a route: what has no price cannot be charged to a budget
"#,
    );
}
