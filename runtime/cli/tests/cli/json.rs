//! With `--json`, failures are JSON too: whole where an answer would stand, or the last line of a
//! stream. The exit code and the words on standard error are the same as without.

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::{Home, Ran};

/// The last line of what was printed, which is all of it but in a stream.
#[track_caller]
fn error(ran: &Ran) -> Value {
    let last = ran.stdout.lines().last().unwrap_or_default();
    let json: Value = serde_json::from_str(last).unwrap();
    assert_eq!(
        ran.code.map(Value::from),
        Some(json["error"]["exit-code"].clone())
    );
    json["error"].clone()
}

#[test]
fn what_an_upstream_refuses_comes_with_its_facts() {
    let refusal =
        json!({ "message": "Slow down", "type": "requests", "code": "rate_limit_exceeded" });
    let answer = Answer::json(429, json!({ "error": refusal })).header("retry-after", "7");
    let upstream = Upstream::answering(answer);
    let home = Home::with_openai(&upstream.origin());
    for command in ["chat", "embed"] {
        let ran = home.run(&[command, "openai/some-model", "hi", "--json"]);
        assert_eq!(ran.stdout.lines().count(), 1, "{ran:?}");
        assert_eq!(
            ran.stderr.lines().next(),
            Some("error: provider `openai`: Slow down")
        );
        let mut error = error(&ran);
        assert!(error["body"].take().is_string(), "{ran:?}");
        assert_eq!(
            error,
            json!({
                "kind": "rate-limited",
                "message": "Slow down",
                "hint": null,
                "exit-code": 1,
                "provider": "openai",
                "status": 429,
                "code": "rate_limit_exceeded",
                "retry-after-ms": 7000,
                "body": null,
            })
        );
    }
}

#[test]
fn a_stream_that_fails_ends_with_the_error() {
    let ran = Home::new().run(&[
        "chat",
        "echo/echo-late-overloaded",
        "hi",
        "--json",
        "--stream",
    ]);
    assert_eq!(ran.code, Some(1));
    let lines: Vec<Value> = ran
        .stdout
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let texts = lines.iter().filter(|line| line["text-delta"].is_object());
    assert_eq!(texts.count(), 1, "{ran:?}");
    assert_eq!(error(&ran)["kind"], "overloaded");
}

#[test]
fn each_kind_of_failure_names_itself() {
    let home = Home::with_config(
        "[providers.echo]\ncomponent = \"bundled:echo\"\n\
         [providers.openai]\ncomponent = \"bundled:openai\"\nsecrets.api-key.env = \"ABSENT\"\n\
         [providers.broken]\ncomponent = \"broken.wasm\"\n\
         [providers.denied]\ncomponent = \"bundled:openai\"\nsecrets.api-key.env = \"KEY\"\n",
    )
    .variable("KEY", "sk-secret");
    home.write("broken.wasm", "no component");
    for (arguments, kind, message) in [
        (["chat", "ecco/x", "hi"], "usage", "no provider `ecco`"),
        (["chat", "echo/x", " "], "usage", "the prompt is empty"),
        (
            ["embed", "echo/echo-error-unauthorized", "hi"],
            "unauthorized",
            "the model `echo-error-unauthorized` always fails",
        ),
        (
            ["chat", "broken/x", "hi"],
            "component",
            "`broken.wasm` is no WebAssembly at all",
        ),
        (
            ["chat", "denied/x", "hi"],
            "denied",
            "provider `denied` may not reach `https://api.openai.com`",
        ),
    ] {
        let ran = home.run(&[&arguments[..], &["--json"]].concat());
        let error = error(&ran);
        assert_eq!(error["kind"], kind, "{error}");
        let first = error["message"].as_str().unwrap().lines().next();
        assert_eq!(first, Some(message));
    }
    let ran = home.run(&["chat", "openai/x", "hi", "--json"]);
    let problem = json!({
        "message": "the environment variable `ABSENT` is not set",
        "hint": "set it, or change `providers.openai.secrets.api-key.env`",
        "file": "tidegate.toml",
        "line": 5,
        "column": 23,
    });
    assert_eq!(
        error(&ran),
        json!({
            "kind": "configuration",
            "message": problem["message"],
            "hint": problem["hint"],
            "exit-code": 2,
            "problems": [problem],
        })
    );
}

#[test]
fn models_and_providers_that_fail_stand_beside_those_that_do_not() {
    let absent = Upstream::absent();
    let home = Home::with_config(&format!(
        r#"
[providers.echo]
component = "bundled:echo"

[providers.local]
component = "bundled:openai-compatible"
allow = ["{0}/*"]
settings.base-url = "{0}"

[providers.zero]
component = "zero.wasm"
"#,
        absent.origin()
    ));
    home.write("zero.wasm", "");
    let ran = home.run(&["models", "--json"]);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let models: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(models[0]["model"]["id"], "echo-1");
    assert_eq!(models[1]["provider"], "local");
    assert_eq!(models[1]["error"]["kind"], "unreachable");
    assert_eq!(models[2]["error"]["kind"], "component");

    let ran = home.run(&["models", "local", "--json"]);
    assert_eq!(error(&ran)["kind"], "unreachable");

    let ran = home.run(&["providers", "--json"]);
    assert_eq!(ran.code, Some(3));
    let providers: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        providers["providers"][2]["error"]["message"],
        "`zero.wasm` is empty"
    );
}

#[test]
fn the_readme_names_every_key() {
    let readme = include_str!("../../README.md");
    let written = |key: &str| {
        let key = format!("`{key}`");
        assert!(readme.contains(&key), "`README.md` has no {key}");
    };
    let home = Home::with_config(
        "[providers.echo]\ncomponent = \"bundled:echo\"\n[admin]\nkey.env = \"KEY\"\n",
    );
    let home = home.variable("KEY", "tg-admin");
    for arguments in [
        &["inspect", "echo", "--json"][..],
        &["providers", "--json"],
        &["check-config", "--json"],
    ] {
        for (key, value) in home.run(arguments).json().as_object().unwrap() {
            written(key);
            // What stands in `info` is the contract's.
            let inner = value.as_object().filter(|_| key != "info");
            let inner = inner.or_else(|| value.get(0)?.as_object());
            inner
                .into_iter()
                .flatten()
                .for_each(|(key, _)| written(key));
        }
    }
    let failed = home.run(&["chat", "echo/echo-error-overloaded", "hi", "--json"]);
    for (key, _) in error(&failed).as_object().unwrap() {
        written(key);
    }
}
