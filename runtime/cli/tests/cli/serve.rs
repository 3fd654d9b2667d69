//! The gateway as a process: it says where it listens, answers, and ends when it is told to.

#[cfg(unix)]
use std::io::{BufRead as _, BufReader};
use std::net::TcpListener;
#[cfg(unix)]
use std::process::Command;

use crate::serving::{ECHO, Serving};
use crate::support::Home;

#[cfg(unix)]
#[test]
fn it_answers_until_it_is_told_to_stop() {
    let mut serving = Serving::start(&Home::with_config(ECHO));
    serving.answers("echo/echo-1");
    serving.signal("-TERM");
    assert_eq!(serving.ended(), Some(0));
}

/// As the first process of a container it would otherwise not end at all: there the system ignores what a
/// process does not listen for.
#[cfg(unix)]
#[test]
fn it_listens_for_the_word_to_stop_before_it_is_ready() {
    let home = Home::with_config(&format!(
        r#"[providers.a]
component = "bundled:openai"
allow = ["https://api.openai.com/v1/*"]
secrets = {{ api-key = {{ env = "NOT_SET" }} }}

{ECHO}"#
    ));
    let mut child = home
        .command(&["serve", "--listen", "127.0.0.1:0", "--no-cache"])
        .spawn()
        .unwrap();
    let mut said = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    // Said once the first of two providers is compiled.
    while !line.contains("NOT_SET") && !line.contains("provider `a`") {
        line.clear();
        assert!(said.read_line(&mut line).unwrap() > 0, "it said nothing");
    }
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    // Interrupted; or stopped, should it have been quicker than the signal. Not ended by the system.
    let code = child.wait().unwrap().code();
    assert!(matches!(code, Some(130 | 0)), "{code:?}");
}

#[cfg(unix)]
#[test]
fn what_is_configured_is_not_said_to_be_granted_by_itself() {
    let home = Home::with_openai("https://api.openai.com");
    let mut serving = Serving::start(&home);
    serving.signal("-TERM");
    let said = serving.rest();
    assert!(said.contains("providers: openai"), "{said}");
    assert!(!said.contains("granted what it wants"), "{said}");
}

#[test]
fn without_keys_it_refuses_to_listen_to_everyone() {
    let home = Home::with_config(ECHO);
    let ran = home.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("listens on loopback only"),
        "{}",
        ran.stderr
    );
}

/// Whoever waits for the word that it listens would otherwise find nobody there.
#[test]
fn it_says_that_it_listens_once_it_does_everywhere() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap();
    let home = Home::with_config(&format!(
        "{ECHO}[admin]\nlisten = \"{address}\"\nkey = {{ env = \"ADMIN\" }}\n"
    ))
    .variable("ADMIN", "tg-admin");
    let ran = home.run(&["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!((ran.code, ran.stdout.as_str()), (Some(2), ""));
    let said = format!("cannot listen on `{address}`");
    assert!(ran.stderr.contains(&said), "{}", ran.stderr);
}

#[test]
fn keys_and_routes_are_those_of_the_configuration() {
    let home = Home::with_config(&format!(
        r#"{ECHO}
[gateway]
keys = [{{ name = "team-a", secret = {{ env = "KEY_A" }}, models = ["fast"] }}]

[models.fast]
route = ["echo/echo-error-overloaded", "echo/echo-1"]
retries = 0
"#
    ))
    .variable("KEY_A", "tg-team-a");
    let serving = Serving::start(&home);
    let key = "authorization: Bearer tg-team-a\r\n";
    assert!(serving.ask("fast", "").starts_with("HTTP/1.1 401"));
    let refused = serving.ask("echo/echo-1", key);
    assert!(refused.starts_with("HTTP/1.1 403"), "{refused}");
    let answer = serving.ask("fast", key);
    assert!(answer.contains(r#""content":"Hello""#), "{answer}");
}

#[test]
fn what_cannot_be_held_to_is_refused() {
    let with = |key: &str| Home::with_config(&format!("{ECHO}[gateway]\nkeys = [{key}]\n"));
    let ran = with(r#"{ name = "a", secret = { env = "A" } }"#).run(&["serve"]);
    assert_eq!(ran.code, Some(2));
    assert!(ran.stderr.contains("has no secret"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn a_changed_configuration_is_applied_whole_or_not_at_all() {
    let home = Home::with_config(ECHO);
    let mut serving = Serving::start(&home);
    assert!(serving.ask("other/echo-1", "").starts_with("HTTP/1.1 404"));

    let more = format!("{ECHO}[providers.other]\ncomponent = \"bundled:echo\"\n");
    home.write("tidegate.toml", &more);
    serving.signal("-HUP");
    serving.wait_for("the configuration is applied");
    serving.answers("other/echo-1");

    home.write(
        "tidegate.toml",
        format!("{more}[providers.third]\ncomponent = 3\n"),
    );
    serving.signal("-HUP");
    serving.wait_for("the configuration is not applied");
    serving.answers("other/echo-1");

    home.write("tidegate.toml", ECHO);
    serving.signal("-HUP");
    serving.wait_for("the configuration is applied");
    serving.answers("echo/echo-1");
    assert!(serving.ask("other/echo-1", "").starts_with("HTTP/1.1 404"));
}

#[test]
fn a_changed_component_is_swapped_in() {
    let echo = tidegate_bundle::component("echo").unwrap();
    let home = Home::with_config("[providers.mine]\ncomponent = \"./mine.wasm\"\n");
    home.write("mine.wasm", echo);
    let mut serving = Serving::start(&home);
    serving.answers("mine/echo-1");

    home.write("mine.wasm", "half a file");
    serving.wait_for("the configuration is not applied");
    serving.answers("mine/echo-1");

    // Another component by its digest: a custom section without content, called `v2`.
    let other = [echo, &[0, 3, 2, b'v', b'2']].concat();
    home.write("mine.wasm", other);
    serving.wait_for("provider `mine` is at version 2");
    serving.answers("mine/echo-1");
}

#[test]
fn a_provider_goes_together_with_its_file() {
    let echo = tidegate_bundle::component("echo").unwrap();
    let mine = format!("{ECHO}[providers.mine]\ncomponent = \"./mine.wasm\"\n");
    let home = Home::with_config(&mine);
    let file = home.write("mine.wasm", echo);
    let mut serving = Serving::start(&home);
    serving.answers("mine/echo-1");
    std::fs::remove_file(file).unwrap();
    home.write("tidegate.toml", ECHO);
    serving.wait_for("the configuration is applied");
    assert!(serving.ask("mine/echo-1", "").starts_with("HTTP/1.1 404"));
    serving.answers("echo/echo-1");
}

#[test]
fn a_changed_secret_file_is_applied() {
    let home = Home::with_config(&format!(
        "{ECHO}[gateway]\nkeys = [{{ name = \"a\", secret = {{ file = \"key.txt\" }} }}]\n"
    ));
    home.write("key.txt", "tg-first");
    let mut serving = Serving::start(&home);
    let with = |serving: &Serving, key: &str| {
        serving.ask("echo/echo-1", &format!("authorization: Bearer {key}\r\n"))
    };
    assert!(with(&serving, "tg-first").starts_with("HTTP/1.1 200"));
    home.write("key.txt", "tg-second\n");
    serving.wait_for("the configuration is applied");
    assert!(with(&serving, "tg-first").starts_with("HTTP/1.1 401"));
    assert!(with(&serving, "tg-second").starts_with("HTTP/1.1 200"));
}

#[test]
fn what_a_bad_configuration_names_is_waited_for() {
    let home = Home::with_config(ECHO);
    let mut serving = Serving::start(&home);
    home.write(
        "tidegate.toml",
        format!("{ECHO}[providers.mine]\ncomponent = \"./mine.wasm\"\n"),
    );
    serving.wait_for("the configuration is not applied");
    home.write("mine.wasm", tidegate_bundle::component("echo").unwrap());
    serving.wait_for("the configuration is applied");
    serving.answers("mine/echo-1");
}

#[test]
fn what_is_changed_while_it_starts_is_applied() {
    let home = Home::with_config(ECHO);
    let starting = Serving::begin(&home);
    home.write(
        "tidegate.toml",
        format!("{ECHO}[providers.other]\ncomponent = \"bundled:echo\"\n"),
    );
    // Read at the start or noticed after it, whichever it was.
    let serving = starting.listening();
    while serving.ask("other/echo-1", "").starts_with("HTTP/1.1 404") {}
    serving.answers("other/echo-1");
}
