//! What a component is; and each thing that is none.

use crate::support::Home;

#[test]
fn a_component_shows_what_it_wants_and_why() {
    let ran = Home::new().run(&["inspect", "bundled:openai"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
    for line in [
        "  imports     nothing",
        "  exports     llm:provider/provider@0.1.0",
        "  POST {base-url}/chat/completions        to answer conversations",
        "  api-key  required  authorization: Bearer …  OPENAI_API_KEY  An API key from https://platform.openai.com/api-keys",
        "  timeout         10 min   One call, from start to last output",
    ] {
        assert!(
            ran.stdout.lines().any(|it| it == line),
            "{line}\n{}",
            ran.stdout
        );
    }
}

#[test]
fn json_has_the_same_and_the_grant_of_a_configured_provider() {
    let home = Home::with_config(
        "[providers.mine]\ncomponent = \"bundled:echo\"\nallow = [\"https://a.example/*\"]\nlimits.memory = \"32 MiB\"\n",
    );
    let json = home.run(&["inspect", "mine", "--json"]).json();
    assert_eq!(json["component"], "bundled:echo");
    assert_eq!(json["info"]["name"], "echo");
    assert_eq!(
        json["grant"]["allow"],
        serde_json::json!(["https://a.example/*"])
    );
    assert_eq!(json["limits"]["memory-bytes"], 32 << 20);
    assert_eq!(json["limits"]["timeout-ms"], 600_000);
    assert_eq!(json["limits"]["header-bytes"], 64 << 10);
    assert_eq!(json["limits"]["fetches"], 300);
    assert_eq!(json["imports"], serde_json::json!([]));
    assert!(json["size-bytes"].as_u64().unwrap() > 1000);
}

#[test]
fn what_is_no_component_says_what_it_is_instead() {
    let home = Home::new();
    home.write("empty.wasm", "");
    home.write("text.wasm", "(component)");
    home.write("page.wasm", "<html>");
    home.write("module.wasm", b"\0asm\x01\0\0\0");
    home.write("other.wasm", b"\0asm\x0d\0\x01\0");
    for (file, error) in [
        (
            "none.wasm",
            "`none.wasm` cannot be read: No such file or directory (os error 2)",
        ),
        ("empty.wasm", "`empty.wasm` is empty"),
        (
            "text.wasm",
            "`text.wasm` is WebAssembly text, not a component",
        ),
        ("page.wasm", "`page.wasm` is no WebAssembly at all"),
        (
            "module.wasm",
            "`module.wasm` is a core WebAssembly module, not a component",
        ),
        (
            "other.wasm",
            "`other.wasm` does not implement the world `llm-provider`: the export `llm:provider/provider@0.1.0` is missing",
        ),
        // Says that it is empty, and would be read for ever.
        (
            "/dev/zero",
            "`/dev/zero` is no file but a device, a pipe or a socket",
        ),
    ] {
        let ran = home.run(&["inspect", file]);
        let expected = format!("error: {error}\nhint: ");
        assert_eq!(ran.code, Some(3), "{file}: {ran:?}");
        assert!(ran.stderr.starts_with(&expected), "{file}: {ran:?}");
    }
}

#[test]
fn a_component_above_the_configured_size_is_refused() {
    let home = Home::with_config("[engine]\ncomponent-size = \"1 KiB\"\n");
    let ran = home.run(&["inspect", "bundled:echo"]);
    assert_eq!(ran.code, Some(3));
    assert!(
        ran.stderr
            .contains("more than the 1024 that are accepted\nhint: "),
        "{}",
        ran.stderr
    );
}

#[test]
fn a_name_that_is_none_offers_the_nearest() {
    Home::new().run(&["inspect", "bundled:opnai"]).fails(
        2,
        "error: no component `bundled:opnai`\nhint: did you mean `bundled:openai`?",
    );
}
