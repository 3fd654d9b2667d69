//! Everything that is wrong with a configuration at once; and what it amounts to when nothing is.

use serde_json::{Value, json};

use crate::support::Home;

const GOOD: &str = r#"
[providers.openai]
component = "bundled:openai"
allow = [
    "POST https://api.openai.com/v1/chat/completions",
    "https://files.example.com/*",
]
secrets = { api-key = { env = "KEY" } }

prices = { "gpt-5-mini" = { input = "0.25 USD", output = "2 USD" } }

[providers.echo]
component = "bundled:echo"
prices = { "echo-1" = { input = "0 USD", output = "0 USD" } }

[models.fast]
route = ["echo/echo-1", { model = "openai/gpt-5-mini", weight = 3 }]
strategy = "weighted"
timeout = "1500 ms"

[gateway]
listen = "0.0.0.0:8080"
keys = [{ name = "team-a", secret = { env = "KEY_A" }, models = ["fast"], rpm = 60, budget = { day = "2.50 USD" } }]

[admin]
key = { env = "ADMIN_KEY" }
"#;

fn good() -> Home {
    Home::with_config(GOOD)
        .variable("KEY", "sk-test-secret")
        .variable("KEY_A", "tg-test-a")
        .variable("ADMIN_KEY", "tg-test-admin")
}

#[test]
fn a_good_configuration_is_summed_up() {
    let ran = good().run(&["check-config"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout.starts_with(
            "`tidegate.toml` is good. Components were loaded, and what they want compared with what they may reach.\n\necho  "
        ),
        "{}",
        ran.stdout
    );
    let summary = "\
models
  fast  weighted, 2 retries, 1.5 s in all  echo/echo-1, openai/gpt-5-mini (weight 3)

gateway on 0.0.0.0:8080, with 1 key
  team-a  fast  60 requests a minute, 2.50 USD a day
admin on 127.0.0.1:8081
";
    assert!(ran.stdout.ends_with(summary), "{}", ran.stdout);
    assert!(
        ran.stdout
            .contains("  may reach  POST https://api.openai.com/v1/chat/completions\n"),
        "{}",
        ran.stdout
    );
    assert!(!format!("{ran:?}").contains("-test-"), "{ran:?}");
}

#[test]
fn what_a_provider_wants_is_compared_with_its_grant_both_ways() {
    let warnings = good().run(&["check-config"]).stderr;
    for warning in [
        "warning: provider `openai` may reach `https://files.example.com/*`, and wants nothing there\n\
         hint: leave it out of `providers.openai.allow`\n",
        "warning: provider `openai` wants to reach `GET https://api.openai.com/v1/models`, and may not\n\
         hint: add `\"GET https://api.openai.com/v1/models\"` to `providers.openai.allow`, if it should\n",
    ] {
        assert!(warnings.contains(warning), "{warnings}");
    }
    assert!(!warnings.contains("/v1/chat/completions`"), "{warnings}");

    // Settings say where: what is wanted of one origin is nothing that is granted on another.
    let home = Home::with_config(
        r#"
[providers.openai]
component = "bundled:openai"
allow = ["http://127.0.0.1:9000/v1/*"]
settings.base-url = "http://127.0.0.1:9000/v1"
"#,
    );
    let ran = home.run(&["check-config"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let lines: Vec<&str> = ran.stderr.lines().collect();
    assert_eq!(
        lines[..5],
        [
            "warning: `gateway` has no keys: it serves this machine only, and everybody on it",
            "hint: add `gateway.keys` to know who calls",
            "warning: provider `openai` has no `api-key`, and cannot be called without",
            "hint: add `secrets.api-key = { env = \"OPENAI_API_KEY\" }` to `[providers.openai]`",
            "warning: provider `openai` may reach `http://127.0.0.1:9000/v1/*`, which is more than it wants",
        ]
    );
    assert!(
        lines[5].starts_with("hint: it wants `POST http://127.0.0.1:9000/v1/chat/completions`, "),
        "{}",
        lines[5]
    );
    assert_eq!(lines.len(), 6, "{}", ran.stderr);
    assert!(
        ran.stdout.contains(
            "\ngateway on 127.0.0.1:8080, without keys, for this machine only\nno admin listener\n"
        ),
        "{}",
        ran.stdout
    );
}

#[test]
fn every_problem_is_told_wherever_it_was_found() {
    let home = Home::with_config(
        r#"[providers.openai]
component = "bundled:openai"
alow = []
settings = { base-ur = "https://api.openai.com/v1" }
secrets = { api-key = { env = "OPENAI_API_KEY" } }

[providers.broken]
component = "broken.wasm"

[models.fast]
route = ["opnai/gpt-5-mini"]

[gateway]
listen = "0.0.0.0:8080"

[egress]
proxy = "http://[proxy"
"#,
    );
    home.write("broken.wasm", "no component");
    let ran = home.run(&["check-config"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    let errors: Vec<&str> = ran
        .stderr
        .lines()
        .filter(|line| line.starts_with("error: "))
        .collect();
    assert_eq!(
        errors[..6],
        [
            "error: unknown key `alow` in `providers.openai`",
            "error: provider `openai` has no setting `base-ur`",
            "error: the environment variable `OPENAI_API_KEY` is not set",
            "error: `broken.wasm` is no WebAssembly at all",
            "error: `models.fast.route[0]` names the provider `opnai`, which is not configured",
            "error: `gateway` listens on `0.0.0.0:8080` without keys: whoever reaches it would spend your money",
        ]
    );
    assert_eq!(errors.len(), 7, "{errors:?}");
    assert!(errors[6].contains("`proxy` is not usable"), "{errors:?}");
    let place = " --> tidegate.toml:8:13\n  |\n8 | component = \"broken.wasm\"\n  |             ^^^^^^^^^^^^^\n";
    assert!(ran.stderr.contains(place), "{}", ran.stderr);

    let json = home.run(&["check-config", "--json"]);
    assert_eq!(json.code, Some(2));
    let json: Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(json["good"], false);
    assert_eq!(json["problems"].as_array().unwrap().len(), 7);
    assert_eq!(
        json["problems"][2],
        json!({
            "message": "the environment variable `OPENAI_API_KEY` is not set",
            "hint": "set it, or change `providers.openai.secrets.api-key.env`",
            "file": "tidegate.toml",
            "line": 5,
            "column": 31,
        })
    );
}

#[test]
fn a_secret_beside_another_mistake_is_shown_by_none_of_them() {
    let home = Home::with_config(
        "[providers.openai]\ncomponent = \"bundled:openai\"\nsecrets = { api-key = \"sk-very-secret\", other = { env = \"ABSENT\" } }\n",
    );
    let ran = home.run(&["check-config"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("has no credential `other`"),
        "{}",
        ran.stderr
    );
    assert!(ran.stderr.contains("`ABSENT` is not set"), "{}", ran.stderr);
    assert!(!ran.stderr.contains("sk-very-secret"), "{}", ran.stderr);
}

#[test]
fn secrets_may_be_on_another_machine() {
    let ran = Home::with_config(GOOD).run(&["check-config"]);
    assert_eq!(ran.code, Some(2));
    assert_eq!(
        ran.stderr
            .matches("error: the environment variable")
            .count(),
        3,
        "{ran:?}"
    );

    let home = Home::with_config(GOOD);
    let ran = home.run(&["check-config", "--without-secrets"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    for missing in [
        "  missing    api-key: the environment variable `KEY` is not set\n",
        "missing: the environment variable `KEY_A` is not set\n",
        "admin on 127.0.0.1:8081, missing: the environment variable `ADMIN_KEY` is not set\n",
    ] {
        assert!(ran.stdout.contains(missing), "{missing}\n{}", ran.stdout);
    }
    let json = home
        .run(&["check-config", "--without-secrets", "--json"])
        .json();
    assert_eq!(json["good"], true);
    assert_eq!(json["providers"][1]["missing"][0]["environment"], "KEY");
    assert_eq!(
        json["gateway"]["keys"][0],
        json!({
            "name": "team-a",
            "models": ["fast"],
            "rpm": 60,
            "tpm": null,
            "budget-day-usd": 2.5,
            "budget-month-usd": null,
            "missing": ["the environment variable `KEY_A` is not set"],
        })
    );
    assert_eq!(
        json["models"],
        json!([{
            "name": "fast",
            "strategy": "weighted",
            "route": [
                { "model": "echo/echo-1", "weight": 1 },
                { "model": "openai/gpt-5-mini", "weight": 3 },
            ],
            "retries": 2,
            "timeout-ms": 1500,
        }])
    );
}

#[test]
fn a_configuration_of_nothing_is_good_and_says_so() {
    let ran = Home::with_config("").run(&["check-config"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert_eq!(
        ran.stdout,
        "`tidegate.toml` is good. It has no providers.\n\n\
         gateway on 127.0.0.1:8080, without keys, for this machine only\nno admin listener\n"
    );
}

#[test]
fn what_cannot_be_read_is_a_problem_like_others() {
    Home::new().run(&["check-config"]).fails(
        2,
        "error: there is no configuration to check\n\
         hint: name it with `--config FILE`, or run in the folder of a `tidegate.toml`",
    );
    let ran = Home::with_config("[providers").run(&["check-config", "--json"]);
    assert_eq!(ran.code, Some(2));
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (&json["good"], &json["problems"][0]["line"]),
        (&json!(false), &json!(1))
    );
    assert_eq!(json["gateway"], Value::Null);
}
