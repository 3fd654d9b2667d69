//! Profiles on the command line: every bundled one, one of the operator's own against an upstream of the
//! test's, and what is told where one is named and not granted.

use std::path::Path;

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Upstream};

use crate::serving::Serving;
use crate::support::Home;

const CHUNKS: [&str; 3] = [
    r#"{"id":"c1","model":"m","choices":[{"index":0,"delta":{"role":"assistant","content":"Hello"}}]}"#,
    r#"{"id":"c1","model":"m","choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"usage":{"prompt_tokens":3,"completion_tokens":1}}"#,
    "[DONE]",
];

/// A profile of a service at this origin.
fn profile(origin: &str) -> String {
    format!(
        r#"description = "The test's own"
vendor = "Test"
base-url = "{origin}/v1"
credential = {{ environment = "MINE_API_KEY", obtain = "https://example.com/keys" }}

[settings]
max-tokens-field = "max_completion_tokens"
stream-usage = false
"#
    )
}

const CONFIG: &str = r#"
[providers.mine]
profile = "./mine.toml"
secrets = { api-key = { env = "MINE_API_KEY" } }
"#;

/// The origin of a URL.
fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

#[test]
fn every_bundled_profile_fits_its_component_and_wants_what_is_below_its_base_url() {
    let folder =
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../guests/openai-compatible/profiles");
    let files = std::fs::read_dir(folder).unwrap();
    let mut files: Vec<String> = files
        .map(|file| {
            file.unwrap()
                .path()
                .file_stem()
                .unwrap()
                .to_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    files.sort();

    let home = Home::new();
    let all = home.run(&["providers", "--json"]).json();
    let listed: Vec<&Value> = all["providers"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|provider| !provider["profile"].is_null())
        .collect();
    let names: Vec<&str> = listed
        .iter()
        .map(|it| it["name"].as_str().unwrap())
        .collect();
    assert_eq!(names, files);
    for provider in listed {
        let name = provider["name"].as_str().unwrap();
        assert_eq!(provider["error"], Value::Null, "{name}");
        assert_eq!(provider["component"], "bundled:openai-compatible", "{name}");
        let allow = provider["allow"].as_array().unwrap();
        let chat = allow[0].as_str().unwrap();
        let base_url = chat
            .strip_prefix("POST ")
            .and_then(|it| it.strip_suffix("/chat/completions"));
        let base_url = base_url.unwrap_or_else(|| panic!("{name}: {chat}"));
        let own = base_url.starts_with("http://127.0.0.1:");
        assert!(
            own || base_url.starts_with("https://"),
            "{name}: {base_url}"
        );
        assert!(
            allow
                .iter()
                .all(|line| line.as_str().unwrap().contains(base_url)),
            "{name}"
        );
        assert!(allow.iter().all(
            |line| origin(line.as_str().unwrap().split_once(' ').unwrap().1) == origin(base_url)
        ));
        // A server of one's own takes calls without a key; a service does not, and says where one is had.
        let missing = provider["missing"].as_array().unwrap();
        assert_eq!(missing.is_empty(), own, "{name}: {missing:?}");
        if let [missing] = missing.as_slice() {
            let variable = missing["environment"].as_str().unwrap();
            assert!(variable.ends_with("_API_KEY"), "{name}: {variable}");
        }
    }
}

#[test]
fn with_its_key_in_the_environment_a_profile_needs_no_configuration() {
    let home = Home::new().variable("GROQ_API_KEY", "gsk-test");
    let providers = home.run(&["providers", "--json"]).json();
    let groq = providers["providers"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "groq");
    let groq = groq.unwrap();
    assert_eq!(groq["secrets"], json!(["api-key"]));
    assert_eq!(groq["missing"], json!([]));
    assert_eq!(
        groq["allow"][3],
        "GET https://api.groq.com/openai/v1/models"
    );

    Home::new().run(&["chat", "groq/llama", "Hi"]).fails(
        2,
        "error: provider `groq` has no `api-key`: An API key from https://console.groq.com/keys\n\
         hint: set the environment variable `GROQ_API_KEY`",
    );
}

#[test]
fn a_server_of_ones_own_needs_no_key() {
    // It wants this machine only: whether a server runs here makes no difference to the note.
    let ran = Home::new().run(&["chat", "lm-studio/no-such-model", "Hi"]);
    let note = "note: without a `tidegate.toml`, `lm-studio` is granted what it wants: 5 patterns on `http://127.0.0.1:1234`\n";
    assert!(ran.stderr.starts_with(note), "{}", ran.stderr);
}

#[test]
fn a_gateway_without_a_configuration_has_the_profiles_whose_keys_are_there_and_no_others() {
    let home = Home::new().variable("GROQ_API_KEY", "gsk-test");
    let said = Serving::start(&home).wait_for("note: providers: ");
    let line = said
        .lines()
        .find_map(|line| line.strip_prefix("note: providers: "));
    let providers: Vec<&str> = line.unwrap().split(", ").collect();
    assert!(providers.contains(&"groq"), "{said}");
    // One lacks its key, and the other is a server that nobody asked for.
    for absent in ["deepseek", "llama-cpp"] {
        assert!(!providers.contains(&absent), "{said}");
    }
}

#[test]
fn a_profile_is_shown_with_what_it_is_of() {
    let home = Home::new();
    let providers = home.run(&["providers"]).stdout;
    assert!(
        providers.contains("\ngroq  Groq: open models on chips of its own\n  profile    groq, of bundled:openai-compatible\n"),
        "{providers}"
    );
    let inspected = home.run(&["inspect", "groq", "--json"]).json();
    assert_eq!(inspected["profile"], "groq");
    assert_eq!(inspected["component"], "bundled:openai-compatible");
    assert_eq!(inspected["info"]["vendor"], "Groq");
    let settings = inspected["info"]["settings"].as_array().unwrap();
    assert_eq!(settings[0]["default"], "https://api.groq.com/openai/v1");
    assert_eq!(home.run(&["inspect", "groq"]).code, Some(0));
}

#[test]
fn models_that_a_profile_writes_down_are_listed_without_asking_anybody() {
    let home = Home::new().variable("PERPLEXITY_API_KEY", "pplx-test");
    let ran = home.run(&["models", "perplexity"]);
    assert_eq!(
        ran.stdout.lines().next(),
        Some("perplexity/sonar"),
        "{ran:?}"
    );
}

#[test]
fn a_profile_of_ones_own_is_asked_as_it_says() {
    let upstream = Upstream::answering(Answer::sse(CHUNKS));
    let origin = upstream.origin();
    let home = Home::with_config(&format!("{CONFIG}allow = [\"{origin}/v1/*\"]\n"))
        .variable("MINE_API_KEY", "sk-mine");
    home.write("mine.toml", profile(&origin));
    home.run(&["chat", "mine/m", "Hi", "--max-tokens", "7"])
        .prints("Hello\n");
    let request = &upstream.requests()[0];
    assert_eq!(request.target, "/v1/chat/completions");
    assert_eq!(request.header("authorization"), Some("Bearer sk-mine"));
    let body = request.json();
    assert_eq!(body["max_completion_tokens"], 7);
    assert_eq!(
        (&body["max_tokens"], &body["stream_options"]),
        (&Value::Null, &Value::Null)
    );

    // What the operator writes wins.
    let config = std::fs::read_to_string(home.path().join("tidegate.toml")).unwrap();
    home.write(
        "tidegate.toml",
        config + "settings = { max-tokens-field = \"max_tokens\" }\n",
    );
    home.run(&["chat", "mine/m", "Hi", "--max-tokens", "7"])
        .prints("Hello\n");
    assert_eq!(upstream.requests()[1].json()["max_tokens"], 7);

    let checked = home.run(&["check-config"]);
    assert_eq!(checked.code, Some(0), "{checked:?}");
    assert!(
        checked
            .stdout
            .contains("\n  profile    mine, of bundled:openai-compatible\n"),
        "{checked:?}"
    );
}

#[test]
fn a_profile_without_a_grant_is_told_with_the_lines_that_it_wants() {
    let home = Home::with_config(CONFIG).variable("MINE_API_KEY", "sk-mine");
    home.write("mine.toml", profile("https://llm.example.com"));
    home.run(&["chat", "mine/m", "Hi"]).fails(
        2,
        r#"
error: provider `mine` may reach nothing: it has no `allow`
 --> tidegate.toml:2:12
  |
2 | [providers.mine]
  |            ^^^^
hint: add what profile `mine` wants: `allow = ["POST https://llm.example.com/v1/chat/completions", "POST https://llm.example.com/v1/completions", "POST https://llm.example.com/v1/embeddings", "GET https://llm.example.com/v1/models", "POST https://llm.example.com/v1/responses"]`
"#,
    );
}

#[test]
fn a_quirk_that_the_component_does_not_know_is_pointed_at_in_the_profile() {
    let home =
        Home::with_config(&format!("{CONFIG}allow = []\n")).variable("MINE_API_KEY", "sk-mine");
    home.write(
        "mine.toml",
        profile("https://llm.example.com") + "top-q = true\n",
    );
    home.run(&["chat", "mine/m", "Hi"]).fails(
        2,
        r#"
error: profile `mine` has the setting `top-q`, and its component `openai-compatible` has not
 --> ./mine.toml:9:1
  |
9 | top-q = true
  | ^^^^^
hint: did you mean `top-k`?
"#,
    );
}

#[test]
fn a_bundled_profile_that_is_not_configured_is_offered() {
    let home = Home::with_config("[providers.echo]\ncomponent = \"bundled:echo\"\n");
    home.run(&["chat", "groq/llama", "Hi"]).fails(
        2,
        "error: no provider `groq`\n\
         hint: it is a bundled profile; to use it, add `[providers.groq]` with `profile = \"groq\"` and what it may reach to `tidegate.toml`",
    );
    let providers = home.run(&["providers"]).stdout;
    assert!(
        providers.contains("\nbundled profiles, not configured: cerebras, deepseek, "),
        "{providers}"
    );
}
