//! Holds `REFERENCE.md` against the code: every key is there with its default, and no other.

use std::collections::BTreeMap;
use std::time::Duration;

use tidegate_host::{EngineConfig, Limits};

use crate::environment::Environment;
use crate::{Config, LIMITS, Profile, unit};

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
         [providers.NAME.secrets.SECRET]\n{NONE} = 1\n\
         [providers.NAME.secrets.SECRET.oauth2]\ntoken-url = \"https://a.example/\"\n\
         client-id = \"a\"\nclient-secret.env = \"A\"\n{NONE} = 1\n\
         [providers.NAME.breaker]\n{NONE} = 1\n\
         [providers.NAME.prices.MODEL]\ninput = \"1 USD\"\noutput = \"1 USD\"\n{NONE} = 1\n\
         [models.ALIAS]\nroute = [{{ model = \"NAME/m\", {NONE} = 1 }}]\n{NONE} = 1\n\
         [gateway]\n{NONE} = 1\n\
         [[gateway.keys]]\nname = \"a\"\n{NONE} = 1\n\
         [gateway.keys.secret]\nenv = \"B\"\n{NONE} = 1\n\
         [gateway.keys.budget]\n{NONE} = 1\n\
         [admin]\n{NONE} = 1\n[admin.key]\nenv = \"C\"\n{NONE} = 1\n\
         [telemetry]\n{NONE} = 1\n"
    );
    // No two variables hold the same.
    let environment = Environment::new(|name| Some(name.into())).bundled(["echo"]);
    let error = Config::parse("t", &text, &environment).expect_err("keys that are unknown");
    let mut keys = keys_in(&error.to_string());
    let profile = format!(
        "{NONE} = 1\ndescription = \"it\"\nvendor = \"it\"\nbase-url = \"https://it.example\"\n\
         [credential]\nenvironment = \"D\"\n{NONE} = 1\n\
         [prices.MODEL]\ninput = \"1 USD\"\noutput = \"1 USD\"\n{NONE} = 1\n"
    );
    let error = Profile::parse("it", "t", &profile).expect_err("keys that are unknown");
    let of_profile = keys_in(&error.to_string());
    keys.extend(of_profile.iter().map(|key| format!("PROFILE.{key}")));
    keys
}

/// The keys that these errors list.
fn keys_in(text: &str) -> Vec<String> {
    let hints = text.lines().filter_map(|line| line.strip_prefix("hint: "));
    let mut keys = vec![];
    for hint in hints {
        let (table, names) = hint.split_once(" has ").expect("a list of keys");
        let table = match table {
            "the file" => String::new(),
            table => format!("{}.", table.trim_matches('`').replace("[0]", "[]")),
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
        "providers.NAME.secrets.SECRET.oauth2",
        "providers.NAME.breaker",
        "providers.NAME.prices",
        "PROFILE.credential",
        "PROFILE.prices",
        "models",
        "gateway",
        "gateway.keys",
        "gateway.keys[].secret",
        "gateway.keys[].budget",
        "admin",
        "admin.key",
        "telemetry",
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

#[test]
fn every_default_of_the_gateway_is_the_one_in_the_code() {
    let rows = rows();
    let text = "[providers.NAME]\ncomponent = \"bundled:echo\"\n\
                [models.ALIAS]\nroute = [\"NAME/m\", { model = \"NAME/n\" }]\n\
                [[gateway.keys]]\nname = \"a\"\nsecret.env = \"A\"\n\
                [admin]\nkey.env = \"B\"\n";
    let environment = Environment::new(|name| Some(name.into())).bundled(["echo"]);
    let config = Config::parse("t", text, &environment).expect("a configuration");
    let gateway = &config.gateway;
    let key = &gateway.keys[0];
    let route = &config.models["ALIAS"];
    let provider = &config.providers["NAME"];
    let admin = config.admin.as_ref().expect("a section");
    let telemetry = &config.telemetry;
    let none = |is_none: bool| if is_none { "none" } else { "some" }.to_owned();
    let models: Vec<String> = key.models.iter().map(|it| format!("\"{it}\"")).collect();
    for (name, default) in [
        ("providers.NAME.rpm", none(provider.rate.requests.is_none())),
        ("providers.NAME.tpm", none(provider.rate.tokens.is_none())),
        (
            "providers.NAME.breaker.failures",
            provider.breaker.failures.to_string(),
        ),
        (
            "providers.NAME.breaker.cool-down",
            unit::show_time(provider.breaker.cool_down),
        ),
        (
            "models.ALIAS.strategy",
            format!("{:?}", route.strategy.name()),
        ),
        ("models.ALIAS.retries", route.retries.to_string()),
        ("models.ALIAS.timeout", none(route.timeout.is_none())),
        (
            "models.ALIAS.route[].weight",
            route.route[1].weight.to_string(),
        ),
        ("gateway.listen", format!("\"{}\"", gateway.listen)),
        (
            "gateway.cors-origins",
            format!("{:?}", gateway.cors_origins),
        ),
        ("gateway.body", unit::show_size(gateway.body as u64)),
        ("gateway.threads", none(gateway.threads.is_none())),
        ("gateway.connections", gateway.connections.to_string()),
        (
            "gateway.header-timeout",
            unit::show_time(gateway.header_timeout),
        ),
        (
            "gateway.body-timeout",
            unit::show_time(gateway.body_timeout),
        ),
        (
            "gateway.models-timeout",
            unit::show_time(gateway.models_timeout),
        ),
        ("gateway.models-age", unit::show_time(gateway.models_age)),
        (
            "gateway.write-timeout",
            unit::show_time(gateway.write_timeout),
        ),
        (
            "gateway.sse-keep-alive",
            unit::show_time(gateway.sse_keep_alive),
        ),
        ("gateway.drain", unit::show_time(gateway.drain)),
        ("gateway.keys[].models", format!("[{}]", models.join(", "))),
        ("gateway.keys[].rpm", none(key.rate.requests.is_none())),
        ("gateway.keys[].tpm", none(key.rate.tokens.is_none())),
        ("gateway.keys[].budget.day", none(key.budget.day.is_none())),
        (
            "gateway.keys[].budget.month",
            none(key.budget.month.is_none()),
        ),
        ("admin.listen", format!("\"{}\"", admin.listen)),
        ("telemetry.otlp", none(telemetry.otlp.is_none())),
        ("telemetry.json-logs", telemetry.json_logs.to_string()),
        ("telemetry.log-prompts", telemetry.log_prompts.to_string()),
    ] {
        assert_eq!(rows[name], default, "{name}");
    }
}
