//! What is read where nothing is wrong, and where paths begin.

use tidegate_config::{Config, Environment};

use crate::read;

#[test]
fn a_configuration_without_mistakes_is_read() {
    let config = read(
        r#"
[gateway]
listen = "127.0.0.1:8080"

[engine]
memory = "256 MiB"
compile-time = "1 min"

[providers.openai]
component = "bundled:openai"
allow = ["https://api.openai.com/v1/*"]
private = true
secrets = { api-key = { env = "KEY", to = ["https://api.openai.com"], expose = true } }
settings = { base-url = "https://api.openai.com/v1", tries = 0x10, fast = true, share = 1_000.50 }
limits = { memory = "128 MiB", cpu = "500 ms", fetches = 0 }
isolation = "call"

[providers.quiet]
component = "bundled:echo"

[models.fast]
route = ["openai/gpt-5-mini"]

[admin]
"#,
    );
    let config = config.unwrap();
    assert_eq!(config.engine.memory, 256 << 20);
    let openai = &config.providers["openai"];
    assert_eq!(openai.component.to_string(), "bundled:openai");
    assert_eq!(openai.config.allow, ["https://api.openai.com/v1/*"]);
    assert!(openai.config.private);
    let [secret] = openai.config.secrets.as_slice() else {
        panic!("one secret");
    };
    assert_eq!(secret.secret.expose(), "sk-123");
    assert_eq!(
        secret.to.as_deref(),
        Some(["https://api.openai.com".to_owned()].as_slice())
    );
    assert!(secret.expose);
    let mut settings = openai.config.settings.clone();
    settings.sort();
    let expected = [
        ("base-url", "https://api.openai.com/v1"),
        ("fast", "true"),
        ("share", "1000.50"),
        ("tries", "16"),
    ];
    assert_eq!(
        settings,
        expected.map(|(name, value)| (name.to_owned(), value.to_owned()))
    );
    assert_eq!(openai.config.limits.memory, 128 << 20);
    assert_eq!(openai.config.limits.cpu.as_millis(), 500);
    assert_eq!(openai.config.limits.fetches, 0);
    // Nothing is granted that is not written.
    assert!(config.providers["quiet"].config.allow.is_empty());
}

#[test]
fn paths_are_relative_to_the_file_and_a_secret_ends_before_the_line_break() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("mine.wasm", "");
    write("key.txt", "sk-from-file\n");
    write("windows.txt", "sk from windows\r\n");
    write("inner.txt", "a\n\n");
    write("empty.txt", "\n");
    let file = folder.path().join("tidegate.toml");
    let text = r#"
[providers.mine]
component = "mine.wasm"
secrets = { a = { file = "key.txt" }, b = { file = "windows.txt" }, c = { file = "inner.txt" } }
"#;
    write("tidegate.toml", text);
    let environment = Environment::new(|_| None);
    let config = Config::load(&file, &environment).unwrap();
    let mine = &config.providers["mine"];
    assert_eq!(
        mine.component.to_string(),
        folder.path().join("mine.wasm").display().to_string()
    );
    let secrets: Vec<&str> = mine
        .config
        .secrets
        .iter()
        .map(|it| it.secret.expose())
        .collect();
    assert_eq!(secrets, ["sk-from-file", "sk from windows", "a\n"]);

    write("tidegate.toml", &text.replace("key.txt", "empty.txt"));
    let config = Config::load(&file, &environment).unwrap();
    let error = config.require_secrets("mine").unwrap_err().to_string();
    assert!(error.contains("empty.txt` is empty"), "{error}");
}
