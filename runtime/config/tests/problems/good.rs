//! What is read where nothing is wrong, and where paths begin.

use tidegate_config::{Config, Environment, Strategy};
use tidegate_host::{Isolation, SecretValue};

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
buffers = "1 GiB"

[providers.openai]
component = "bundled:openai"
allow = ["https://api.openai.com/v1/*"]
private = true
secrets = { api-key = { env = "KEY", to = ["https://api.openai.com"], expose = true } }
settings = { base-url = "https://api.openai.com/v1", tries = 0x10, fast = true, share = 1_000.50 }
limits = { memory = "128 MiB", cpu = "500 ms", fetches = 0 }
isolation = "caller"

[providers.quiet]
component = "bundled:echo"

[providers.said]
component = "bundled:echo"
isolation = "call"

[models.fast]
route = ["openai/gpt-5-mini"]

[admin]
key = { env = "KEY" }
"#,
    );
    let config = config.unwrap();
    assert_eq!(config.engine.memory, 256 << 20);
    assert_eq!(config.engine.buffers, 1 << 30);
    let openai = &config.providers["openai"];
    assert_eq!(openai.component.to_string(), "bundled:openai");
    assert_eq!(openai.config.allow, ["https://api.openai.com/v1/*"]);
    assert!(openai.config.private);
    let [secret] = openai.config.secrets.as_slice() else {
        panic!("one secret");
    };
    assert_eq!(secret.value, "sk-123".into());
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
    assert_eq!(openai.config.isolation, Isolation::Caller);
    // Nothing is granted that is not written, and nothing shared.
    assert!(config.providers["quiet"].config.allow.is_empty());
    for name in ["quiet", "said"] {
        assert_eq!(config.providers[name].config.isolation, Isolation::Call);
    }
}

#[test]
fn the_sections_of_the_gateway_are_data() {
    let config = read(
        r#"
[providers.openai]
component = "bundled:openai"
rpm = 600
tpm = 2_000_000
breaker = { failures = 0, cool-down = "1 min" }
prices = { "gpt-5-mini" = { input = "0.25 USD", output = "2 USD", cache-read = "0.025 USD" } }

[models.fast]
route = ["openai/gpt-5-mini", { model = "openai/meta/llama", weight = 0 }]
strategy = "weighted"
retries = 0
timeout = "30 s"

[models."openai/gpt-4"]
route = ["openai/gpt-4", "openai/gpt-5-mini"]

[gateway]
listen = "[::]:80"
cors-origins = ["https://app.example.com:8443"]
body = "1 MiB"
drain = "2 min"

[[gateway.keys]]
name = "team-a"
secret = [{ env = "KEY" }, { env = "NEXT_KEY" }]
models = ["fast", "openai/gpt-*"]
tpm = 1000
budget = { day = "2.50 USD" }

[admin]
key.env = "OTHER"

[telemetry]
otlp = "http://127.0.0.1:4318"
json-logs = true
"#,
    );
    let config = config.unwrap();
    let openai = &config.providers["openai"];
    assert_eq!(openai.rate.requests, Some(600));
    assert_eq!(openai.rate.tokens, Some(2_000_000));
    assert_eq!(
        (openai.breaker.failures, openai.breaker.cool_down.as_secs()),
        (0, 60)
    );
    let prices = &openai.prices["gpt-5-mini"];
    assert_eq!(prices.input.to_string(), "0.25 USD");
    assert_eq!(prices.output.millionths(), 2_000_000);
    assert_eq!(prices.cache_read.unwrap().dollars(), 0.025);
    assert_eq!(prices.cache_write, None);
    // What the host goes by.
    let host = &openai.config;
    assert_eq!(host.rates.requests_per_minute, Some(600));
    assert_eq!(host.rates.tokens_per_minute, Some(2_000_000));
    assert_eq!(
        (host.breaker.failures, host.breaker.cool_down.as_secs()),
        (0, 60)
    );
    let price = host.prices["gpt-5-mini"];
    assert_eq!((price.input, price.output), (0.25, 2.0));
    assert_eq!((price.cache_read, price.cache_write), (Some(0.025), None));

    let fast = &config.models["fast"];
    let route: Vec<(String, u32)> = fast
        .route
        .iter()
        .map(|entry| (entry.to_string(), entry.weight))
        .collect();
    let expected = [("openai/gpt-5-mini", 1), ("openai/meta/llama", 0)];
    assert_eq!(
        route,
        expected.map(|(name, weight)| (name.to_owned(), weight))
    );
    assert_eq!((fast.strategy, fast.retries), (Strategy::Weighted, 0));
    assert_eq!(fast.timeout.unwrap().as_secs(), 30);
    assert_eq!(config.models["openai/gpt-4"].strategy, Strategy::Fallback);

    let gateway = &config.gateway;
    assert_eq!(gateway.listen.to_string(), "[::]:80");
    assert_eq!(gateway.cors_origins, ["https://app.example.com:8443"]);
    assert_eq!((gateway.body, gateway.drain.as_secs()), (1 << 20, 120));
    let [key] = gateway.keys.as_slice() else {
        panic!("one key");
    };
    assert_eq!(key.name, "team-a");
    assert!(key.models.iter().any(|it| it.matches("openai/gpt-5")));
    assert!(!key.models.iter().any(|it| it.matches("openai/o3")));
    assert_eq!((key.rate.requests, key.rate.tokens), (None, Some(1000)));
    let day = key.budget.day.unwrap();
    assert_eq!((day.millionths(), day.dollars()), (2_500_000, 2.5));
    // The old one is there; the new one is missed by whoever needs all.
    assert_eq!(key.secret.values.len(), 1);
    assert_eq!(key.secret.missing[0].variable.as_deref(), Some("NEXT_KEY"));

    let admin = config.admin.as_ref().unwrap();
    assert_eq!(admin.listen.to_string(), "127.0.0.1:8081");
    assert_eq!(admin.key.values[0].expose(), "sk-456");
    assert_eq!(
        config.telemetry.otlp.as_deref(),
        Some("http://127.0.0.1:4318")
    );
    assert!(config.telemetry.json_logs && !config.telemetry.log_prompts);
    // Nothing of it is printed by accident.
    let printed = format!("{:?} {admin:?}", gateway.keys);
    assert!(!printed.contains("sk-"), "{printed}");
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
    let secrets: Vec<SecretValue> = mine
        .config
        .secrets
        .iter()
        .map(|it| it.value.clone())
        .collect();
    let expected = ["sk-from-file", "sk from windows", "a\n"];
    assert_eq!(secrets, expected.map(SecretValue::from));

    write("tidegate.toml", &text.replace("key.txt", "empty.txt"));
    let config = Config::load(&file, &environment).unwrap();
    let error = config.require_secrets("mine").unwrap_err().to_string();
    assert!(error.contains("empty.txt` is empty"), "{error}");
}
