//! Each mistake in a configuration tells where it is, what it is, and what would be right: the
//! whole text, as the operator sees it.
#![expect(
    clippy::unwrap_used,
    reason = "a test whose folders cannot be made fails"
)]

mod good;

mod text;

mod profiles;
mod providers;

mod secrets;

mod credentials;

mod limits;

mod models;

mod gateway;

mod keys;

use tidegate_config::{Config, Environment};

/// Reads `text` in an environment with two keys and two bundled components.
fn read(text: &str) -> Result<Config, String> {
    let environment = Environment::new(|name| match name {
        "KEY" => Some("sk-123".into()),
        "OTHER" => Some("sk-456".into()),
        "SPACED" => Some("two words".into()),
        "EMPTY" => Some(String::new()),
        _ => None,
    });
    let environment = environment
        .bundled(["echo", "openai"])
        .profiles("openai", [("plain", profiles::PLAIN)]);
    Config::parse("tidegate.toml", text, &environment).map_err(|error| error.to_string())
}

/// The problems of whoever needs every secret.
fn read_with_secrets(text: &str) -> Result<Config, String> {
    let config = read(text)?;
    let secrets = config.require_all_secrets();
    secrets.map(|()| config).map_err(|error| error.to_string())
}

/// Expects these problems, and no others.
#[track_caller]
fn check(text: &str, expected: &str) {
    let problems = read_with_secrets(text).unwrap_err();
    assert_eq!(problems, expected.trim_matches('\n'), "\n{problems}\n");
}
