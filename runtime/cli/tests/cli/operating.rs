//! `swap`, `rollback` and `status` against a `serve` that runs: what they change there, what they print,
//! and how they end when it is refused.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};

use crate::serving::{ECHO, Serving};
use crate::support::{Home, Ran};

const KEY: &str = "tg-admin-0123456789";

/// A home with `echo`, `mine` of a file, and an admin API.
fn home() -> Home {
    let home = Home::with_config(&config("")).variable("ADMIN_KEY", KEY);
    home.write("mine.wasm", echo());
    home.write("other.wasm", other());
    home
}

fn config(limits: &str) -> String {
    format!(
        r#"{ECHO}
[providers.mine]
component = "./mine.wasm"
{limits}

[admin]
listen = "127.0.0.1:0"
key = {{ env = "ADMIN_KEY" }}
"#
    )
}

fn echo() -> &'static [u8] {
    tidegate_bundle::component("echo").unwrap()
}

/// Another component by its digest: a custom section without content, called `v2`.
fn other() -> Vec<u8> {
    [echo(), &[0, 3, 2, b'v', b'2']].concat()
}

fn run(home: &Home, admin: &str, arguments: &[&str]) -> Ran {
    home.run(&[arguments, &["--admin", admin]].concat())
}

/// Asks the admin API, and gives back status and body.
fn ask(admin: &str, request: &str) -> (u16, Value) {
    let address = admin.strip_prefix("http://").unwrap();
    let mut socket = TcpStream::connect(address).unwrap();
    write!(
        socket,
        "{request} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\nauthorization: Bearer {KEY}\r\ncontent-length: 0\r\n\r\n"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    let (head, body) = answer.split_once("\r\n\r\n").unwrap();
    let status = head.split(' ').nth(1).unwrap().parse().unwrap();
    (status, serde_json::from_str(body).unwrap())
}

#[test]
fn a_component_is_swapped_and_rolled_back_while_it_serves() {
    let home = home();
    let mut serving = Serving::start(&home);
    let admin = serving.admin();
    let swapped = run(&home, &admin, &["swap", "mine", "other.wasm"]);
    assert_eq!((swapped.code, swapped.stderr.as_str()), (Some(0), ""));
    let lines: Vec<&str> = swapped.stdout.lines().collect();
    assert_eq!(lines[0], "provider mine");
    assert!(
        lines[1].starts_with("  was  version 1, ./mine.wasm ("),
        "{}",
        lines[1]
    );
    assert!(
        lines[2].starts_with("  is   version 2, upload ("),
        "{}",
        lines[2]
    );
    serving.answers("mine/echo-1");
    // Who looks at the log of the process learns of it too.
    serving.wait_for("an operator has changed the version");

    let again = run(&home, &admin, &["swap", "mine", "./other.wasm"]);
    assert_eq!((again.code, again.stdout.as_str()), (Some(0), ""));
    assert!(
        again.stderr.contains("runs that component already"),
        "{}",
        again.stderr
    );

    let status = run(&home, &admin, &["status"]);
    let rows: Vec<Vec<&str>> = status
        .stdout
        .lines()
        .map(|line| line.split_whitespace().collect())
        .collect();
    assert_eq!(rows[0][..4], ["provider", "state", "version", "from"]);
    assert_eq!(rows[1][..5], ["echo", "enabled", "1", "configuration", "0"]);
    assert_eq!(
        rows[2],
        ["mine", "enabled", "2", "admin", "0", "closed", "upload"]
    );

    let back = run(&home, &admin, &["rollback", "mine", "--json"]).json();
    assert_eq!(
        (&back["old"]["version"], &back["new"]["version"]),
        (&json!(2), &json!(1))
    );
    let status = run(&home, &admin, &["status", "--json"]).json();
    assert_eq!(status["providers"][1]["source"], "configuration");
}

#[test]
fn refusals_have_exit_codes_of_their_own() {
    let home = home();
    let mut serving = Serving::start(&home);
    let admin = serving.admin();
    run(&home, &admin, &["swap", "mien", "bundled:echo"])
        .fails(2, "error: no provider `mien`\nhint: did you mean `mine`?");
    run(&home, &admin, &["swap", "mine", "bundled:ecko"]).fails(
        3,
        "error: no component `ecko` is bundled\nhint: did you mean `bundled:echo`?",
    );
    home.write("text.wasm", "no component");
    let none = run(&home, &admin, &["swap", "mine", "text.wasm"]);
    none.fails(
        3,
        "error: `upload` is no WebAssembly at all\nhint: give the path of a `.wasm` file",
    );
    let greedy = run(&home, &admin, &["swap", "mine", "bundled:openai", "--json"]);
    assert_eq!(greedy.code, Some(4));
    let error: Value = serde_json::from_str(&greedy.stdout).unwrap();
    assert_eq!(error["error"]["kind"], "wants");
    let hint = error["error"]["hint"].as_str().unwrap();
    assert!(hint.contains("`providers.mine.allow`"), "{hint}");
    run(&home, &admin, &["rollback", "mine"]).fails(
        1,
        "error: provider `mine` has no version to go back to\nhint: there is one after the first swap",
    );
    let file = run(&home, &admin, &["swap", "mine", "none.wasm"]);
    assert_eq!(file.code, Some(2));
    assert!(
        file.stderr.contains("`none.wasm` cannot be read"),
        "{}",
        file.stderr
    );
    let stranger = self::home().variable("TIDEGATE_ADMIN_KEY", "tg-admin-wrong");
    let stranger = run(&stranger, &admin, &["status"]);
    assert_eq!(stranger.code, Some(2));
    assert!(
        stranger.stderr.contains("the key is not the admin key"),
        "{}",
        stranger.stderr
    );
    serving.answers("mine/echo-1");
}

#[test]
fn the_key_is_sent_to_nobody_who_could_be_overheard() {
    let home = home();
    for url in [
        "http://192.0.2.1:8081",
        "http://gateway.example",
        "http://localhost.example",
    ] {
        let ran = run(&home, url, &["status"]);
        assert_eq!(ran.code, Some(2));
        assert!(
            ran.stderr.contains("the admin key is not sent to"),
            "{}",
            ran.stderr
        );
    }
    for url in ["127.0.0.1:8081", "ftp://localhost", ""] {
        let ran = run(&home, url, &["status"]);
        assert_eq!(ran.code, Some(2));
        assert!(ran.stderr.contains("which is no URL"), "{}", ran.stderr);
    }
}

#[test]
fn what_is_missing_is_said() {
    let ran = Home::with_config(ECHO).run(&["status"]);
    ran.fails(
        2,
        "error: no admin API is known: the configuration has no `[admin]`\nhint: name it with `--admin URL`, or use the `tidegate.toml` of the process with `--config FILE`",
    );
    let ran = home().run(&["status"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("`admin.listen` has port 0"),
        "{}",
        ran.stderr
    );
    let ran = run(
        &Home::with_config(&config("")),
        "http://127.0.0.1:1",
        &["status"],
    );
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr
            .contains("there is no admin key: the environment variable `ADMIN_KEY` is not set"),
        "{}",
        ran.stderr
    );
    let ran = run(&home(), "http://127.0.0.1:1", &["status"]);
    assert_eq!(ran.code, Some(1));
    assert!(
        ran.stderr
            .contains("the admin API at `http://127.0.0.1:1/` does not answer"),
        "{}",
        ran.stderr
    );
    let ran = Home::with_config(&config("")).run(&["serve"]);
    assert_eq!(ran.code, Some(2));
}

#[test]
fn a_swap_outlives_a_changed_configuration_and_not_a_changed_component() {
    let home = home();
    let mut serving = Serving::start(&home);
    let admin = serving.admin();
    assert_eq!(
        run(&home, &admin, &["swap", "mine", "other.wasm"]).code,
        Some(0)
    );
    let source = || {
        let (status, provider) = ask(&admin, "GET /admin/providers/mine");
        assert_eq!(status, 200, "{provider}");
        (provider["source"].clone(), provider["version"].clone())
    };
    home.write("tidegate.toml", config("limits = { fetches = 7 }"));
    let (status, reloaded) = ask(&admin, "POST /admin/reload");
    assert_eq!(status, 200, "{reloaded}");
    assert_eq!(
        reloaded["providers"],
        json!([{"name": "mine", "change": "reconfigured", "version": 2}])
    );
    assert_eq!(source(), (json!("admin"), json!(2)));
    serving.answers("mine/echo-1");

    home.write("mine.wasm", [echo(), &[0, 3, 2, b'v', b'3']].concat());
    let (_, reloaded) = ask(&admin, "POST /admin/reload");
    assert_eq!(
        reloaded["providers"],
        json!([{"name": "mine", "change": "swapped", "version": 3}])
    );
    assert_eq!(source().0, "configuration");
}

#[test]
fn a_reload_says_what_is_wrong_with_its_line() {
    let home = home();
    let mut serving = Serving::start(&home);
    let admin = serving.admin();
    home.write("tidegate.toml", config("alow = []"));
    let (status, refused) = ask(&admin, "POST /admin/reload");
    assert_eq!(status, 422, "{refused}");
    let error = &refused["error"];
    assert_eq!(error["type"], "configuration");
    assert_eq!(error["hint"], "did you mean `allow`?");
    assert_eq!(error["problems"][0]["line"], 6);
    serving.answers("mine/echo-1");
}

#[test]
fn another_admin_key_is_valid_at_once() {
    let home = Home::with_config(&config("").replace("env = \"ADMIN_KEY\"", "file = \"key.txt\""));
    home.write("mine.wasm", echo());
    home.write("key.txt", KEY);
    let mut serving = Serving::start(&home);
    let admin = serving.admin();
    let status = |key: &str| {
        let home = Home::new().variable("TIDEGATE_ADMIN_KEY", key);
        run(&home, &admin, &["status"]).code
    };
    assert_eq!(status(KEY), Some(0));
    home.write("key.txt", "tg-admin-another-one");
    serving.wait_for("the configuration is applied");
    assert_eq!(
        (status(KEY), status("tg-admin-another-one")),
        (Some(2), Some(0))
    );
}
