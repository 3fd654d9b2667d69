//! `tidegate check`: a report that a person and a program can read, and an exit code for each way in
//! which it can end.

use serde_json::{Value, json};

use crate::support::Home;

/// A fixture of `echo`, as it would stand in a file.
fn fixture(expected: &str) -> String {
    r#"{
  "about": "What was said comes back.",
  "source": "guests/echo/README.md",
  "operation": { "chat": { "model": "echo-1", "messages": [
    { "role": "user", "parts": [ { "content": { "text": "Hi" } } ] }
  ] } },
  "expect": { "text": "EXPECTED", "finish": "stop" }
}
"#
    .replace("EXPECTED", expected)
}

fn home(files: &[(&str, &str)]) -> Home {
    let home = Home::new();
    std::fs::create_dir(home.path().join("fixtures")).unwrap();
    for (name, text) in files {
        home.write(&format!("fixtures/{name}"), text);
    }
    home
}

const ECHO: [&str; 4] = ["check", "bundled:echo", "--fixtures", "fixtures"];

#[test]
fn a_provider_that_is_right_has_a_line_for_each_area() {
    let ran = home(&[("chat.json", &fixture("Hi"))]).run(&ECHO);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""), "{ran:?}");
    let lines: Vec<&str> = ran.stdout.lines().collect();
    assert!(lines[0].starts_with("echo ") && lines[0].ends_with("  bundled:echo"));
    assert!(
        lines[1].starts_with("nothing is wrong: ")
            && lines[1].contains("; 1 fixture of `fixtures`, 3 runs"),
        "{}",
        lines[1]
    );
    for (area, words) in [
        ("describe", "not shown: operation `complete`"),
        ("answers", "1/1"),
        ("tools", "not shown"),
        ("cuts", "does not apply"),
    ] {
        let line = lines
            .iter()
            .find(|line| line.trim_start().starts_with(area));
        assert!(line.unwrap().contains(words), "{area}: {}", ran.stdout);
    }
    assert!(
        lines.last().unwrap().starts_with("a call takes "),
        "{}",
        ran.stdout
    );
}

#[test]
fn a_failure_is_explained_and_the_answer_is_no() {
    let ran = home(&[("chat.json", &fixture("Ho"))]).run(&ECHO);
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let explained = "answers: echo/chat (in every way)\n  \
                     expect.text\n    expected: \"Ho\"\n    got:      \"Hi\"\n  hint: ";
    assert!(ran.stdout.contains("1 thing is wrong: "), "{}", ran.stdout);
    assert!(ran.stdout.contains(explained), "{}", ran.stdout);
}

#[test]
fn json_has_every_area_with_its_failures_and_the_same_exit_code() {
    let home = home(&[("chat.json", &fixture("Ho"))]);
    let ran = home.run(&[&ECHO[..], &["--json"]].concat());
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (
            &json["component"],
            &json["fixtures"],
            &json["passed"],
            &json["cases"]
        ),
        (
            &json!("bundled:echo"),
            &json!("fixtures"),
            &json!(false),
            &json!(1)
        )
    );
    let areas = json["areas"].as_array().unwrap();
    let answers = areas.iter().find(|area| area["area"] == "answers").unwrap();
    assert_eq!(
        (&answers["passed"], &answers["total"]),
        (&json!(0), &json!(1))
    );
    let failure = &answers["failures"][0];
    assert_eq!(
        (&failure["case"], &failure["how"], &failure["field"]),
        (
            &json!("echo/chat"),
            &json!("in every way"),
            &json!("expect.text")
        )
    );
    let tools = areas.iter().find(|area| area["area"] == "tools").unwrap();
    assert_eq!(
        (&tools["total"], &tools["applies"]),
        (&json!(0), &json!(true))
    );
    assert_eq!(tools["not-shown"].as_array().map(Vec::len), Some(1));
    for figure in [
        "call-cpu-ms",
        "call-memory-bytes",
        "peak-cpu-ms",
        "peak-memory-bytes",
    ] {
        assert!(json["cost"][figure].as_f64().unwrap() > 0.0, "{figure}");
    }
}

#[test]
fn a_fixture_that_cannot_be_read_names_file_line_and_column() {
    let home = home(&[
        ("a.json", "{\n  \"about\": 1\n}\n"),
        (
            "b.json",
            &fixture("Hi").replace("{ \"text\": \"Hi\" }", "{ \"texts\": \"Hi\" }"),
        ),
        (
            "c.json",
            &fixture("Hi").replace("\"finish\"", "\"finnish\""),
        ),
        ("good.json", &fixture("Hi")),
    ]);
    let ran = home.run(&ECHO);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""), "{ran:?}");
    for (place, words) in [
        ("error: fixtures/a.json:2:12: ", "invalid type: integer `1`"),
        (
            "error: fixtures/b.json:5:47: ",
            "`operation` is none: `chat.messages[0].parts[0].content",
        ),
        (
            "error: fixtures/c.json:7:40: ",
            "`expect.finnish` is not known\nhint: the names are text",
        ),
    ] {
        let at = ran.stderr.find(place);
        let at = at.unwrap_or_else(|| panic!("{place}: {}", ran.stderr));
        assert!(ran.stderr[at..].contains(words), "{words}: {}", ran.stderr);
    }
    let ran = home.run(&[&ECHO[..], &["--json"]].concat());
    let json: Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(
        (
            &json["error"]["kind"],
            &json["error"]["exit-code"],
            &json["error"]["line"]
        ),
        (&json!("fixture"), &json!(2), &json!(2))
    );
    assert_eq!(json["error"]["problems"].as_array().map(Vec::len), Some(3));
}

#[test]
fn a_component_that_does_not_load_and_a_folder_without_fixtures_are_told_apart() {
    let home = home(&[]);
    home.write("page.wasm", "<html>");
    let ran = home.run(&["check", "page.wasm"]);
    assert_eq!(ran.code, Some(3), "{ran:?}");
    home.run(&ECHO).fails(
        2,
        "error: `fixtures` has no fixtures\nhint: a fixture is a `.json` file; `runtime/kit/README.md` has its form",
    );
    let ran = home.run(&["check", "bundled:echo", "--fixtures", "none"]);
    assert!(
        ran.stderr.starts_with("error: `none` is no folder\nhint: "),
        "{ran:?}"
    );
}

#[test]
fn fixtures_are_found_in_the_folders_above_a_component() {
    let home = home(&[("chat.json", &fixture("Hi"))]);
    let folder = home.path().join("target/wasm");
    std::fs::create_dir_all(&folder).unwrap();
    let component = tidegate_tests::guests::bytes("echo");
    std::fs::write(folder.join("mine.wasm"), component).unwrap();
    let ran = home.run(&["check", "target/wasm/mine.wasm"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stdout.contains("1 fixture of `fixtures`"),
        "{}",
        ran.stdout
    );
}

#[test]
fn without_fixtures_it_says_how_little_that_shows() {
    let ran = Home::new().run(&["check", "bundled:echo"]);
    assert_eq!(ran.code, Some(0), "{ran:?}");
    assert!(
        ran.stderr
            .starts_with("note: without fixtures little can be shown"),
        "{}",
        ran.stderr
    );
    assert!(
        ran.stdout.contains("answers         not shown"),
        "{}",
        ran.stdout
    );
}
