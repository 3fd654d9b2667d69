//! Holds `REFERENCE.md` against the code: every key is there with its default, and no other.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_host::{EngineConfig, Limits};

use crate::environment::Environment;
use crate::{Config, LIMITS, unit};

/// Key and default of every row of the reference.
fn rows() -> BTreeMap<String, String> {
    let text = include_str!("../REFERENCE.md");
    let rows = text.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split(" | ");
        let key = cells.next()?.trim_end_matches('`');
        let default = cells.nth(1)?.trim_matches('`');
        Some((key.to_owned(), default.to_owned()))
    });
    rows.collect()
}

/// What the hint for an unknown key lists, for every table.
fn keys() -> Vec<String> {
    const NONE: &str = "zzzzzzzzzzzzzzzzzzzzzz";
    let text = format!(
        "{NONE} = 1\n[engine]\n{NONE} = 1\n[egress]\n{NONE} = 1\n\
         [providers.NAME]\ncomponent = \"bundled:echo\"\n{NONE} = 1\n\
         [providers.NAME.limits]\n{NONE} = 1\n\
         [providers.NAME.secrets.SECRET]\nenv = \"KEY\"\n{NONE} = 1\n"
    );
    let environment = Environment::new(|_| Some("value".into())).bundled(["echo"]);
    let error = Config::parse("t", &text, &environment).expect_err("keys that are unknown");
    let text = error.to_string();
    let hints = text.lines().filter_map(|line| line.strip_prefix("hint: "));
    let mut keys = vec![];
    for hint in hints {
        let (table, names) = hint.split_once(" has ").expect("a list of keys");
        let table = match table {
            "the file" => String::new(),
            table => format!("{}.", table.trim_matches('`')),
        };
        keys.extend(
            names
                .split(", ")
                .map(|name| format!("{table}{}", name.trim_matches('`'))),
        );
    }
    keys
}

#[test]
fn every_key_is_in_the_reference_and_no_other() {
    let mut keys = keys();
    // Sections and tables have rows for what is in them; names are the operator's to choose.
    let inner = [
        "engine",
        "egress",
        "providers",
        "providers.NAME.limits",
        "providers.NAME.secrets",
    ];
    keys.retain(|key| !inner.contains(&key.as_str()));
    keys.sort();
    let mut written: Vec<String> = rows().into_keys().collect();
    written.sort();
    assert_eq!(written, keys);
}

#[test]
fn every_default_is_the_one_in_the_code() {
    let rows = rows();
    let limits = Limits::default();
    for limit in &LIMITS {
        let key = format!("providers.NAME.limits.{}", limit.name);
        assert_eq!(rows[&key], limit.show(&limits), "{key}");
    }
    let EngineConfig {
        instances,
        memory,
        component_size,
        compile_time,
        buffers,
        ..
    } = EngineConfig::default();
    let time: Duration = compile_time;
    for (key, default) in [
        ("instances", instances.to_string()),
        ("memory", unit::show_size(memory as u64)),
        ("component-size", unit::show_size(component_size)),
        ("compile-time", unit::show_time(time)),
        ("buffers", unit::show_size(buffers as u64)),
    ] {
        assert_eq!(rows[&format!("engine.{key}")], default, "{key}");
    }
}
