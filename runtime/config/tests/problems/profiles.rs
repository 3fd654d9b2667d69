//! What a profile adds to a provider, and mistakes in profiles and in naming them.

use tidegate_config::{ComponentSource, Config, Environment, Profile};
use tidegate_host::types::{Credential, Placement, ProviderInfo, SettingInfo, SettingKind, Want};

use crate::{check, read};

/// The profile that the tests' environment has bundled.
pub const PLAIN: &str = r#"
description = "A plain service"
vendor = "Plain"
base-url = "https://plain.example/v1"
credential = { environment = "PLAIN_API_KEY", obtain = "https://plain.example/keys" }

[settings]
top-k = false

[prices]
small = { input = "1 USD", output = "2 USD" }
large = { input = "3 USD", output = "4 USD" }
"#;

/// A component for many services.
fn component() -> ProviderInfo {
    let setting = |name: &str, kind, default: Option<&str>| SettingInfo {
        name: name.into(),
        description: format!("the {name}"),
        kind,
        default: default.map(Into::into),
        required: default.is_none(),
    };
    ProviderInfo {
        name: "many".into(),
        version: "1".into(),
        description: "Many services".into(),
        vendor: "Many".into(),
        documentation: None,
        wants: vec![Want {
            pattern: "POST {base-url}/chat".into(),
            reason: "to chat".into(),
        }],
        credentials: vec![Credential {
            name: "api-key".into(),
            description: "A key".into(),
            placement: Placement::Bearer,
            required: false,
            environment: None,
        }],
        settings: vec![
            setting("base-url", SettingKind::Url, None),
            setting("top-k", SettingKind::Boolean, Some("true")),
        ],
        operations: vec![],
        features: vec![],
    }
}

/// Expects these problems of a profile, found alone or beside its component.
#[track_caller]
fn check_profile(text: &str, expected: &str) {
    let profile = Profile::parse("mine", "mine.toml", text);
    let checked = profile.and_then(|profile| profile.check(&component()));
    let problems = checked.unwrap_err().to_string();
    assert_eq!(problems, expected.trim_matches('\n'), "\n{problems}\n");
}

#[test]
fn a_profile_names_its_component_and_fills_in_what_the_operator_leaves_out() {
    let config = read(
        r#"[providers.it]
profile = "plain"
settings = { top-k = true }
prices = { large = { input = "5 USD", output = "6 USD" } }"#,
    );
    let entry = &config.unwrap().providers["it"];
    assert_eq!(entry.component, ComponentSource::Bundled("openai".into()));
    let settings: Vec<_> = entry
        .config
        .settings
        .iter()
        .map(|(name, value)| (&**name, &**value))
        .collect();
    let base_url = ("base-url", "https://plain.example/v1");
    assert_eq!(settings, [("top-k", "true"), base_url]);
    assert_eq!(entry.config.prices["large"].input, 5.0);
    assert_eq!(entry.config.prices["small"].output, 2.0);
    assert!(entry.config.allow.is_empty());
}

#[test]
fn another_component_may_be_named_beside_a_profile() {
    let config = read("[providers.it]\nprofile = \"plain\"\ncomponent = \"bundled:echo\"").unwrap();
    let entry = &config.providers["it"];
    assert_eq!(entry.component, ComponentSource::Bundled("echo".into()));
}

#[test]
fn a_component_with_a_profile_says_of_itself_what_the_profile_says() {
    let profile = Profile::parse("plain", "plain.toml", PLAIN).unwrap();
    let info = profile.overlay(&component());
    assert_eq!((&*info.name, &*info.vendor), ("plain", "Plain"));
    let key = &info.credentials[0];
    assert_eq!(key.environment.as_deref(), Some("PLAIN_API_KEY"));
    assert_eq!(
        key.description,
        "An API key from https://plain.example/keys"
    );
    assert!(key.required);
    let base_url = info.settings[0].default.as_deref();
    assert_eq!(base_url, Some("https://plain.example/v1"));
}

#[test]
fn a_profile_grants_nothing_and_whoever_forgets_to_is_told_what_it_wants() {
    let config = read("[providers.it]\nprofile = \"plain\"").unwrap();
    let error = config.check("it", &component()).unwrap_err().to_string();
    assert_eq!(
        error,
        r#"provider `it` may reach nothing: it has no `allow`
 --> tidegate.toml:1:12
  |
1 | [providers.it]
  |            ^^
hint: add what profile `plain` wants: `allow = ["POST https://plain.example/v1/chat"]`"#
    );
    // An empty list is a decision.
    let config = read("[providers.it]\nprofile = \"plain\"\nallow = []").unwrap();
    config.check("it", &component()).unwrap();
}

#[test]
fn a_profile_in_a_file_is_found_beside_the_configuration_and_watched() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("mine.toml", PLAIN);
    write("tidegate.toml", "[providers.it]\nprofile = \"./mine.toml\"");
    let environment = Environment::new(|_| None).profiles("openai", [("plain", PLAIN)]);
    let path = folder.path().join("tidegate.toml");
    let config = Config::load(&path, &environment).unwrap();
    let profile = config.providers["it"].profile.as_ref().unwrap();
    assert_eq!(profile.name, "mine");
    assert_eq!(config.files, [folder.path().join("./mine.toml")]);

    write(
        "mine.toml",
        "vendor = \"Me\"\nbase-url = \"https://me.example\"\n",
    );
    let error = Config::load(&path, &environment).unwrap_err().to_string();
    assert!(
        error.starts_with("the profile has no `description`\n --> "),
        "{error}"
    );
    assert!(error.contains("mine.toml:1:1"), "{error}");
}

#[test]
fn a_profile_that_there_is_not_is_pointed_at() {
    check(
        r#"[providers.one]
profile = "plian"

[providers.other]
profile = "no/such.toml""#,
        r#"
no profile `plian` is bundled
 --> tidegate.toml:2:11
  |
2 | profile = "plian"
  |           ^^^^^^^
hint: did you mean `plain`?

`no/such.toml` cannot be read: No such file or directory (os error 2)
 --> tidegate.toml:5:11
  |
5 | profile = "no/such.toml"
  |           ^^^^^^^^^^^^^^
hint: paths are relative to the folder of this file
"#,
    );
}

#[test]
fn every_mistake_in_a_profile_has_its_line() {
    check_profile(
        r#"description = "Mine"
vendor = ""
base-url = "api.example.com"
credential = { environment = "sk-123 456" }
price = 1
[settings]
base-url = "https://example.com"
[prices]
small = { input = "1 USD" }"#,
        r#"
`vendor` is empty
 --> mine.toml:2:10
  |
2 | vendor = ""
  |          ^^
hint: write it like `vendor = "Who runs it"`

`base-url` is no URL: `api.example.com` has no scheme
 --> mine.toml:3:12
  |
3 | base-url = "api.example.com"
  |            ^^^^^^^^^^^^^^^^^
hint: begin with `https://`

`credential.environment` is not the name of an environment variable
 --> mine.toml:4:30
  |
4 | credential = { environment = ************ }
  |                              ^^^^^^^^^^^^
hint: write it like `{ environment = "EXAMPLE_API_KEY" }`; a profile holds no key

unknown key `price`
 --> mine.toml:5:1
  |
5 | price = 1
  | ^^^^^
hint: did you mean `prices`?

`settings.base-url` has a place of its own
 --> mine.toml:7:1
  |
7 | base-url = "https://example.com"
  | ^^^^^^^^
hint: write `base-url = …` at the top of the profile

`prices.small` has no `output`
 --> mine.toml:9:1
  |
9 | small = { input = "1 USD" }
  | ^^^^^
hint: write it like `{ input = "0.25 USD", output = "2 USD" }`; what costs nothing costs `"0 USD"`
"#,
    );
}

#[test]
fn a_profile_says_where_the_service_is() {
    check_profile(
        "description = \"Mine\"\nvendor = \"Me\"",
        r#"
the profile has no `base-url`
 --> mine.toml:1:1
  |
1 | description = "Mine"
  | ^
hint: add where the service is: `base-url = "https://api.example.com/v1"`
"#,
    );
}

#[test]
fn a_quirk_that_the_component_does_not_know_offers_the_nearest_or_all() {
    check_profile(
        r#"description = "Mine"
vendor = "Me"
base-url = "https://example.com"
[settings]
top-q = true
thinks = "hard"
top-k = 7"#,
        r#"
profile `mine` has the setting `top-q`, and its component `many` has not
 --> mine.toml:5:1
  |
5 | top-q = true
  | ^^^^^
hint: did you mean `top-k`?

profile `mine` has the setting `thinks`, and its component `many` has not
 --> mine.toml:6:1
  |
6 | thinks = "hard"
  | ^^^^^^
hint: the component's settings are `base-url`, `top-k`

`top-k` is `7`, not `true` or `false`
 --> mine.toml:7:9
  |
7 | top-k = 7
  |         ^
"#,
    );
}

#[test]
fn a_profile_that_is_no_toml_is_told_where() {
    check_profile(
        "description = Mine",
        r#"
string values must be quoted, expected literal string
 --> mine.toml:1:15
  |
1 | description = Mine
  |               ^^^^
hint: this is not TOML: <https://toml.io>
"#,
    );
}
