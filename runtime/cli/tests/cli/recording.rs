//! `tidegate record` and `tidegate replay`: a real call becomes a fixture without a credential in it,
//! and a fixture becomes the events that a component makes of it.

use serde_json::{Value, json};
use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::{Home, Ran};

const SECRET: &str = "sk-test-secret";

/// An upstream that repeats the key to whoever sent it.
fn answer() -> Answer {
    let chunk = |delta: Value, finish: Value| {
        json!({"id": "c1", "choices": [{"index": 0, "delta": delta, "finish_reason": finish}]})
            .to_string()
    };
    let answer = Answer::sse([
        chunk(json!({"content": "Grüße, "}), Value::Null),
        chunk(json!({"content": format!("{SECRET}!")}), Value::Null),
        chunk(json!({}), json!("stop")),
        "[DONE]".into(),
    ]);
    answer.header("openai-organization", "somebody")
}

fn recorded(home: &Home, name: &str) -> (String, Value) {
    let text = std::fs::read_to_string(home.path().join(format!("out/{name}.json"))).unwrap();
    let json = serde_json::from_str(&text).unwrap();
    (text, json)
}

fn record(home: &Home, more: &[&str]) -> Ran {
    let arguments = ["record", "openai/gpt-5-mini", "--out", "out"];
    home.run(&[&arguments, more].concat())
}

#[test]
fn a_call_becomes_a_fixture_that_holds_and_has_no_credential() {
    let upstream = Upstream::answering(answer());
    let home = Home::with_openai(&upstream.origin());
    record(&home, &["Hi"]).prints("out/recorded.json\n");
    let (text, fixture) = recorded(&home, "recorded");
    assert!(
        !text.contains(SECRET) && !text.contains("uthorization"),
        "{text}"
    );
    assert!(!text.contains("somebody"), "{text}");
    assert_eq!(fixture["operation"]["chat"]["model"], "gpt-5-mini");
    let turn = &fixture["upstream"][0];
    assert_eq!(turn["request"]["path"], "/v1/chat/completions");
    assert_eq!(turn["request"]["body"]["stream"], true);
    assert_eq!(
        turn["answer"]["headers"],
        json!({"content-type": "text/event-stream"})
    );
    assert_eq!(turn["answer"]["sse"].as_array().map(Vec::len), Some(4));
    assert_eq!(fixture["expect"]["text"], "Grüße, **************!");
    assert_eq!(fixture["expect"]["finish"], "stop");

    // The next one has a name of its own, and together they are the fixtures of a check.
    record(&home, &["Hi"]).prints("out/recorded-2.json\n");
    let ran = home.run(&["check", "bundled:openai", "--fixtures", "out"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(ran.stdout.contains("nothing is wrong: "), "{}", ran.stdout);
}

#[test]
fn an_operation_from_a_file_and_an_error_are_recorded_too() {
    let refusal = json!({"error": {"message": "Too fast", "code": "rate_limit_exceeded"}});
    let upstream = Upstream::answering(Answer::json(429, refusal).header("retry-after", "7"));
    let home = Home::with_openai(&upstream.origin());
    home.write(
        "embed.json",
        r#"{"embed": {"model": "m", "inputs": [{"text": "Hi"}]}}"#,
    );
    record(&home, &["--operation", "embed.json", "--name", "too-fast"])
        .prints("out/too-fast.json\n");
    let (_, fixture) = recorded(&home, "too-fast");
    assert_eq!(fixture["operation"]["embed"]["model"], "gpt-5-mini");
    let answer = &fixture["upstream"][0]["answer"];
    assert_eq!(
        (&answer["status"], &answer["headers"]["retry-after"]),
        (&json!(429), &json!("7"))
    );
    assert_eq!(fixture["expect"]["error"]["kind"], "rate-limited");
    let ran = record(&home, &["--operation", "embed.json", "--name", "too-fast"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr
            .contains("`out/too-fast.json` cannot be written: File exists"),
        "{ran:?}"
    );
}

#[test]
fn a_secret_in_the_prompt_is_not_written() {
    let upstream = Upstream::answering(answer());
    let home = Home::with_openai(&upstream.origin());
    let ran = record(&home, &[&format!("my key is {SECRET}")]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr
            .contains("the secret `api-key` stands in what was recorded"),
        "{ran:?}"
    );
    assert!(!home.path().join("out").exists());
}

/// Also where its letters are written otherwise in JSON, or only the password behind a user's name is there.
#[test]
fn neither_is_an_odd_one_or_a_part_of_it() {
    let upstream = Upstream::answering(answer());
    for (secret, prompt) in [
        ("line\"quote", "it is line\"quote"),
        ("somebody:hunter22", "it is hunter22"),
    ] {
        let home = Home::with_openai(&upstream.origin()).variable("OPENAI_API_KEY", secret);
        let ran = record(&home, &[prompt]);
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(!home.path().join("out").exists());
    }
}

#[test]
fn an_operation_that_is_none_says_where() {
    let home = Home::with_openai("http://127.0.0.1:9");
    home.write("wrong.json", r#"{"embed": {"model": "m", "imputs": []}}"#);
    let ran = record(&home, &["--operation", "wrong.json"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr.contains("`wrong.json` is no operation: `embed"),
        "{ran:?}"
    );
    assert!(ran.stderr.contains("did you mean `inputs`?"), "{ran:?}");
}

/// A fixture of `openai`, in whose folder it is not.
fn home() -> Home {
    let home = Home::new();
    let fixture = include_str!("../../../../guests/openai/fixtures/chat-whole.json");
    home.write("whole.json", fixture);
    home
}

#[test]
fn a_fixture_is_played_without_a_network_and_printed_event_by_event() {
    let home = home();
    let ran = home.run(&["replay", "whole.json", "--component", "bundled:openai"]);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("request {"), "{}", ran.stdout);
    assert!(
        lines[0].contains("\"/v1/chat/completions\""),
        "{}",
        ran.stdout
    );
    let names: Vec<&str> = lines
        .iter()
        .filter_map(|line| line.split(' ').next())
        .collect();
    for name in ["answer", "text-delta", "usage", "finish"] {
        assert!(names.contains(&name), "{name}: {}", ran.stdout);
    }
    let arguments = [
        "replay",
        "whole.json",
        "--component",
        "bundled:openai",
        "--json",
    ];
    let json = home.run(&arguments).json();
    assert_eq!(
        (&json["case"], &json["error"]),
        (&json!("whole"), &Value::Null)
    );
    assert_eq!(json["requests"][0]["method"], "POST");
    assert_eq!(
        json["events"].as_array().map(|it| it.len() + 1),
        Some(lines.len())
    );
}

#[test]
fn two_components_are_compared_line_by_line() {
    let home = home();
    let against = |component: &str| {
        let one = [
            "replay",
            "whole.json",
            "--component",
            "bundled:openai",
            "--against",
        ];
        home.run(&[&one[..], &[component]].concat())
    };
    against("bundled:openai").prints("1 fixture, the same of both\n");
    let ran = against("bundled:echo");
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(1), ""), "{ran:?}");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert_eq!(
        lines[..3],
        ["whole", "--- bundled:openai", "+++ bundled:echo"]
    );
    let has = |beginning: &str| lines.iter().any(|line| line.starts_with(beginning));
    assert!(
        has("- request {") && has("- text-delta {") && has("+ text-delta {"),
        "{}",
        ran.stdout
    );
}

#[test]
fn whoever_replays_says_to_what() {
    let home = home();
    let ran = home.run(&["replay", "whole.json"]);
    assert_eq!(ran.code, Some(2), "{ran:?}");
    assert!(
        ran.stderr
            .contains("is in no bundled provider's folder\nhint: "),
        "{ran:?}"
    );
    std::fs::create_dir_all(home.path().join("openai/fixtures")).unwrap();
    std::fs::rename(
        home.path().join("whole.json"),
        home.path().join("openai/fixtures/whole.json"),
    )
    .unwrap();
    let ran = home.run(&["replay", "openai/fixtures"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout.starts_with("whole\n  request {"),
        "{}",
        ran.stdout
    );
}
