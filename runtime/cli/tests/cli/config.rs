//! Mistakes in `tidegate.toml` as the command line tells them; `runtime/config` has the rest.

use crate::support::Home;

#[test]
fn every_problem_is_an_error_of_its_own() {
    let home = Home::with_config(
        r#"[providers.openai]
component = "bundled:openai"
alow = []
limits = { memory = "64 megs" }
"#,
    );
    home.run(&["chat", "openai/gpt-5-mini", "hi"]).fails(
        2,
        r#"
error: unknown key `alow` in `providers.openai`
 --> tidegate.toml:3:1
  |
3 | alow = []
  | ^^^^
hint: did you mean `allow`?
error: `providers.openai.limits.memory` is `64 megs`, which is no size
 --> tidegate.toml:4:21
  |
4 | limits = { memory = "64 megs" }
  |                     ^^^^^^^^^
hint: units are `B`, `kB`, `MB`, `GB`, `KiB`, `MiB`, `GiB`
"#,
    );
}

#[test]
fn a_secret_that_is_not_set_stops_the_calls_that_need_it_and_nothing_else() {
    let home = Home::with_config(
        r#"[providers.openai]
component = "bundled:openai"
allow = ["https://api.openai.com/v1/*"]
secrets = { api-key = { env = "OPENAI_API_KEY" } }

[providers.echo]
component = "bundled:echo"
"#,
    );
    let error = r#"error: the environment variable `OPENAI_API_KEY` is not set
 --> tidegate.toml:4:31
  |
4 | secrets = { api-key = { env = "OPENAI_API_KEY" } }
  |                               ^^^^^^^^^^^^^^^^
hint: set it, or change `providers.openai.secrets.api-key.env`"#;
    home.run(&["chat", "openai/gpt-5-mini", "hi"])
        .fails(2, error);
    home.run(&["models", "openai"]).fails(2, error);

    home.run(&["chat", "echo/echo-1", "hi"]).prints("hi\n");
    let note = "note: provider `openai` has no `api-key`: the environment variable `OPENAI_API_KEY` is not set\n";
    let models = home.run(&["models"]);
    assert_eq!((models.code, models.stderr.as_str()), (Some(0), note));
    home.run(&[
        "allows",
        "--provider",
        "openai",
        "https://api.openai.com/v1/models",
    ])
    .prints("allowed by `https://api.openai.com/v1/*`\n  if the name leads to a public address\n");
    assert_eq!(home.run(&["inspect", "openai"]).code, Some(0));
    let providers = home.run(&["providers"]);
    assert_eq!((providers.code, providers.stderr.as_str()), (Some(0), ""));
    assert!(
        providers.stdout.contains(
            "\n  missing    api-key: the environment variable `OPENAI_API_KEY` is not set\n"
        ),
        "{}",
        providers.stdout
    );
    let json = home.run(&["providers", "--json"]).json();
    assert_eq!(
        json["providers"][1]["missing"],
        serde_json::json!([{
            "credential": "api-key",
            "environment": "OPENAI_API_KEY",
            "reason": "the environment variable `OPENAI_API_KEY` is not set",
        }])
    );
}

#[test]
fn what_the_component_does_not_declare_is_pointed_at_too() {
    let home = Home::with_config(
        r#"[providers.openai]
component = "bundled:openai"
settings = { base-ur = "https://api.openai.com/v1" }
secrets = { api-kye = { env = "HOME" } }

[providers.echo]
component = "bundled:echo"
settings = { pace-ms = "slow" }

[providers.local]
component = "bundled:openai-compatible"
"#,
    );
    home.run(&["chat", "openai/gpt-5-mini", "hi"]).fails(
        2,
        r#"
error: provider `openai` has no setting `base-ur`
 --> tidegate.toml:3:14
  |
3 | settings = { base-ur = "https://api.openai.com/v1" }
  |              ^^^^^^^
hint: did you mean `base-url`?
error: provider `openai` has no credential `api-kye`
 --> tidegate.toml:4:13
  |
4 | secrets = { api-kye = { env = "HOME" } }
  |             ^^^^^^^
hint: did you mean `api-key`?
"#,
    );
    home.run(&["chat", "echo/echo-1", "hi"]).fails(
        2,
        r#"
error: `providers.echo.settings.pace-ms` is `slow`, not a whole number
 --> tidegate.toml:8:24
  |
8 | settings = { pace-ms = "slow" }
  |                        ^^^^^^
"#,
    );
    home.run(&["chat", "local/x", "hi"]).fails(
        2,
        r#"
error: provider `local` needs the setting `base-url`
  --> tidegate.toml:10:12
   |
10 | [providers.local]
   |            ^^^^^
hint: add `settings.base-url = …`: What stands before `/chat/completions` in the service's URLs
"#,
    );
}

#[test]
fn a_key_that_is_not_configured_is_told_before_the_call() {
    let home = Home::with_config("[providers.openai]\ncomponent = \"bundled:openai\"\n");
    home.run(&["chat", "openai/gpt-5-mini", "hi"]).fails(
        2,
        "error: provider `openai` has no `api-key`: An API key from https://platform.openai.com/api-keys\n\
         hint: add `secrets.api-key = { env = \"OPENAI_API_KEY\" }` to `[providers.openai]`",
    );
}

#[test]
fn a_file_that_is_named_and_not_there_is_an_error() {
    let home = Home::new();
    let error = "error: the configuration `no.toml` cannot be read: No such file or directory (os error 2)\n\
                 hint: give the path of a `tidegate.toml` with `--config` or in `$TIDEGATE_CONFIG`";
    home.run(&["--config", "no.toml", "providers"])
        .fails(2, error);
    home.variable("TIDEGATE_CONFIG", "no.toml")
        .run(&["providers"])
        .fails(2, error);
}

#[test]
fn the_argument_wins_over_the_file_in_the_folder() {
    let home = Home::with_config("[providers.a]\ncomponent = \"bundled:echo\"\n");
    home.write(
        "other.toml",
        "[providers.b]\ncomponent = \"bundled:echo\"\n",
    );
    home.run(&["chat", "a/x", "hi"]).prints("hi\n");
    home.run(&["chat", "b/x", "hi", "--config", "other.toml"])
        .prints("hi\n");
    home.run(&["chat", "openai/x", "hi"]).fails(
        2,
        "error: no provider `openai`\n\
         hint: it is bundled; to use it, add `[providers.openai]` with `component = \"bundled:openai\"` to `tidegate.toml`",
    );
}
