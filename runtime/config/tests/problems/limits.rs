//! Mistakes in amounts, for one provider and for the engine, and in what leads out.

use crate::check;

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
fn an_engine_out_of_range_says_the_range() {
    check(
        r#"[engine]
instances = 0
memory = "8 GiB"
compile-time = "1 ms"
buffers = "1 MiB""#,
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

`engine.buffers` is out of range
 --> tidegate.toml:5:11
  |
5 | buffers = "1 MiB"
  |           ^^^^^^^
hint: it may be 16 MiB to 1024 GiB
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
