//! Each mistake in a configuration tells where it is, what it is, and what would be right: the
//! whole text, as the operator sees it.
#![expect(
    clippy::unwrap_used,
    reason = "a test whose folders cannot be made fails"
)]

use tidegate_config::{Config, Environment};

/// Reads `text` in an environment with one key and two bundled components.
fn read(text: &str) -> Result<Config, String> {
    let environment = Environment::new(|name| match name {
        "KEY" => Some("sk-123".into()),
        "EMPTY" => Some(String::new()),
        _ => None,
    });
    let environment = environment.bundled(["echo", "openai"]);
    Config::parse("tidegate.toml", text, &environment).map_err(|error| error.to_string())
}

#[track_caller]
fn check(text: &str, expected: &str) {
    let problems = read(text).unwrap_err();
    assert_eq!(problems, expected.trim_matches('\n'), "\n{problems}\n");
}

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
hint: `providers.openai` has `component`, `allow`, `private`, `secrets`, `settings`, `limits`, `isolation`
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
fn a_bad_unit_lists_the_units() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
limits = { memory = "64 megs", cpu = "2 m", timeout = "10 Min" }"#,
        r#"
`providers.openai.limits.memory` is `64 megs`, which is no size
 --> tidegate.toml:3:21
  |
3 | limits = { memory = "64 megs", cpu = "2 m", timeout = "10 Min" }
  |                     ^^^^^^^^^
hint: units are `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`

`providers.openai.limits.cpu` is `2 m`, which is no time
 --> tidegate.toml:3:38
  |
3 | limits = { memory = "64 megs", cpu = "2 m", timeout = "10 Min" }
  |                                      ^^^^^
hint: units are `ms`, `s`, `min`, `h`

`providers.openai.limits.timeout` is `10 Min`, which is no time
 --> tidegate.toml:3:55
  |
3 | limits = { memory = "64 megs", cpu = "2 m", timeout = "10 Min" }
  |                                                       ^^^^^^^^
hint: did you mean `10 min`?
"#,
    );
}

#[test]
fn a_missing_unit_is_not_guessed() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
limits.memory = 64"#,
        r#"
`providers.openai.limits.memory` has no unit
 --> tidegate.toml:3:17
  |
3 | limits.memory = 64
  |                 ^^
hint: write a number and a unit in quotes, as in `"64 MiB"`, not `64`
"#,
    );
}

#[test]
fn a_limit_out_of_range_says_the_range() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
limits = { concurrency = 0, timeout = "48 h", fetches = -1, events = 1.5 }"#,
        r#"
`providers.openai.limits.concurrency` is out of range
 --> tidegate.toml:3:26
  |
3 | limits = { concurrency = 0, timeout = "48 h", fetches = -1, events = 1.5 }
  |                          ^
hint: it may be 1 to 1000000

`providers.openai.limits.timeout` is out of range
 --> tidegate.toml:3:39
  |
3 | limits = { concurrency = 0, timeout = "48 h", fetches = -1, events = 1.5 }
  |                                       ^^^^^^
hint: it may be 1 ms to 24 h

`providers.openai.limits.fetches` is out of range
 --> tidegate.toml:3:57
  |
3 | limits = { concurrency = 0, timeout = "48 h", fetches = -1, events = 1.5 }
  |                                                         ^^
hint: it may be 0 to 1000000

`providers.openai.limits.events` is a number with a fraction, not a whole number
 --> tidegate.toml:3:70
  |
3 | …{ concurrency = 0, timeout = "48 h", fetches = -1, events = 1.5 }
  |                                                              ^^^
hint: write it like `256`
"#,
    );
}

#[test]
fn a_limit_above_the_engines_pool_is_out_of_range() {
    check(
        r#"[engine]
memory = "128 MiB"

[providers.openai]
component = "bundled:openai"
limits = { memory = "256 MiB" }"#,
        r#"
`providers.openai.limits.memory` is more than the 128 MiB that the engine has for one call
 --> tidegate.toml:6:21
  |
6 | limits = { memory = "256 MiB" }
  |                     ^^^^^^^^^
hint: lower it, or raise `engine.memory`
"#,
    );
}

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
hint: `providers.openai` has `component`, `allow`, `private`, `secrets`, `settings`, `limits`, `isolation`
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
fn an_isolation_that_is_not_there_yet_is_no_silence() {
    check(
        r#"[providers.openai]
component = "bundled:openai"
isolation = "caller""#,
        r#"
`providers.openai.isolation` is `caller`, which this version does not know
 --> tidegate.toml:3:13
  |
3 | isolation = "caller"
  |             ^^^^^^^^
hint: write `"call"`: every call gets an instance of its own
"#,
    );
}

#[test]
fn an_engine_out_of_range_says_the_range() {
    check(
        r#"[engine]
instances = 0
memory = "8 GiB"
compile-time = "1 ms""#,
        r#"
`engine.instances` is out of range
 --> tidegate.toml:2:13
  |
2 | instances = 0
  |             ^
hint: it may be 1 to 16384

`engine.memory` is out of range
 --> tidegate.toml:3:10
  |
3 | memory = "8 GiB"
  |          ^^^^^^^
hint: it may be 1 MiB to 4 GiB

`engine.compile-time` is out of range
 --> tidegate.toml:4:16
  |
4 | compile-time = "1 ms"
  |                ^^^^^^
hint: it may be 1 s to 1 h
"#,
    );
}

#[test]
fn egress_names_files_and_urls() {
    check(
        r#"[egress]
ca = "no-such.pem"
proxy = "proxy.example:3128""#,
        r#"
`no-such.pem` cannot be read: No such file or directory (os error 2)
 --> tidegate.toml:2:6
  |
2 | ca = "no-such.pem"
  |      ^^^^^^^^^^^^^
hint: paths are relative to the folder of this file

`egress.proxy` is not the URL of a proxy
 --> tidegate.toml:3:9
  |
3 | proxy = "proxy.example:3128"
  |         ^^^^^^^^^^^^^^^^^^^^
hint: write it like `"http://proxy.example:3128"`
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
secrets = { api-key = { env = "OPENAI_API_KEY" } }

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

the environment variable `OPENAI_API_KEY` is not set
 --> tidegate.toml:4:31
  |
4 | secrets = { api-key = { env = "OPENAI_API_KEY" } }
  |                               ^^^^^^^^^^^^^^^^
hint: set it, or change `providers.openai.secrets.api-key.env`

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
fn a_configuration_without_mistakes_is_read() {
    let config = read(
        r#"
[gateway]
listen = "127.0.0.1:8080"

[engine]
memory = "256 MiB"
compile-time = "1 min"

[providers.openai]
component = "bundled:openai"
allow = ["https://api.openai.com/v1/*"]
private = true
secrets = { api-key = { env = "KEY", to = ["https://api.openai.com"], expose = true } }
settings = { base-url = "https://api.openai.com/v1", tries = 0x10, fast = true, share = 1_000.50 }
limits = { memory = "128 MiB", cpu = "500 ms", fetches = 0 }
isolation = "call"

[providers.quiet]
component = "bundled:echo"

[models.fast]
route = ["openai/gpt-5-mini"]

[admin]
"#,
    );
    let config = config.unwrap();
    assert_eq!(config.engine.memory, 256 << 20);
    let openai = &config.providers["openai"];
    assert_eq!(openai.component.to_string(), "bundled:openai");
    assert_eq!(openai.config.allow, ["https://api.openai.com/v1/*"]);
    assert!(openai.config.private);
    let [secret] = openai.config.secrets.as_slice() else {
        panic!("one secret");
    };
    assert_eq!(secret.secret.expose(), "sk-123");
    assert_eq!(
        secret.to.as_deref(),
        Some(["https://api.openai.com".to_owned()].as_slice())
    );
    assert!(secret.expose);
    let mut settings = openai.config.settings.clone();
    settings.sort();
    let expected = [
        ("base-url", "https://api.openai.com/v1"),
        ("fast", "true"),
        ("share", "1000.50"),
        ("tries", "16"),
    ];
    assert_eq!(
        settings,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(openai.config.limits.memory, 128 << 20);
    assert_eq!(openai.config.limits.cpu.as_millis(), 500);
    assert_eq!(openai.config.limits.fetches, 0);
    // Nothing is granted that is not written.
    assert!(config.providers["quiet"].config.allow.is_empty());
}

#[test]
fn paths_are_relative_to_the_file_and_a_secret_ends_before_the_line_break() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("mine.wasm", "");
    write("key.txt", "sk-from-file\n");
    write("windows.txt", "sk from windows\r\n");
    write("inner.txt", "a\n\n");
    write("empty.txt", "\n");
    let file = folder.path().join("tidegate.toml");
    let text = r#"
[providers.mine]
component = "mine.wasm"
secrets = { a = { file = "key.txt" }, b = { file = "windows.txt" }, c = { file = "inner.txt" } }
"#;
    write("tidegate.toml", text);
    let environment = Environment::new(|_| None);
    let config = Config::load(&file, &environment).unwrap();
    let mine = &config.providers["mine"];
    assert_eq!(
        mine.component.to_string(),
        folder.path().join("mine.wasm").display().to_string()
    );
    let secrets: Vec<&str> = mine
        .config
        .secrets
        .iter()
        .map(|it| it.secret.expose())
        .collect();
    assert_eq!(secrets, ["sk-from-file", "sk from windows", "a\n"]);

    write("tidegate.toml", &text.replace("key.txt", "empty.txt"));
    let error = Config::load(&file, &environment).unwrap_err().to_string();
    assert!(error.contains("empty.txt` is empty"), "{error}");
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
