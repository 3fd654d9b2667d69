//! What there is, what it may reach and what it lacks.

use serde_json::json;

use crate::support::Home;

#[test]
fn bundled_providers_say_which_key_is_missing() {
    let ran = Home::new().run(&["providers"]);
    assert_eq!(ran.code, Some(0));
    assert_eq!(
        ran.stderr,
        "note: without a `tidegate.toml`, bundled providers are granted what they want\n"
    );
    assert!(
        ran.stdout
            .contains("\n  missing    api-key, usually in `OPENAI_API_KEY`\n"),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("hostile"), "{}", ran.stdout);

    let providers = Home::new()
        .variable("OPENAI_API_KEY", "sk-secret")
        .run(&["providers", "--json"]);
    assert!(!providers.stdout.contains("sk-secret"));
    let providers = providers.json();
    let of = |name: &str| {
        let providers = providers["providers"].as_array().unwrap();
        providers
            .iter()
            .find(|provider| provider["name"] == name)
            .unwrap()
            .clone()
    };
    assert_eq!(of("openai")["missing"], json!([]));
    assert_eq!(of("openai")["secrets"], json!(["api-key"]));
    let missing = json!([{ "credential": "api-key", "environment": "ANTHROPIC_API_KEY" }]);
    assert_eq!(of("anthropic")["missing"], missing);
    assert!(
        of("echo")["digest"]
            .as_str()
            .unwrap()
            .starts_with("sha256:")
    );
}

#[test]
fn configured_providers_show_their_grant_and_one_that_does_not_load_is_reported() {
    let home = Home::with_config(
        r#"
[providers.broken]
component = "broken.wasm"

[providers.work]
component = "bundled:echo"
allow = ["GET https://status.example.com/*"]
"#,
    );
    home.write("broken.wasm", "no component");
    let ran = home.run(&["providers"]);
    assert!(
        ran.stdout
            .starts_with("work  Answers with what it was told"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("\n  may reach  GET https://status.example.com/*\n"),
        "{}",
        ran.stdout
    );
    assert!(
        ran.stdout
            .contains("bundled and not configured: anthropic, "),
        "{}",
        ran.stdout
    );
    ran.fails(
        3,
        "error: `broken.wasm` is no WebAssembly at all\nhint: give the path of a `.wasm` file",
    );
}
