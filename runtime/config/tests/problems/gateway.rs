//! Mistakes in where callers and operators are served, and in what is told of it.

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
hint: write it like `"http://127.0.0.1:4318"`

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
