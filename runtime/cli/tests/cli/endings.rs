//! Ends that nobody waits for: an interruption, and a pipe that closes.

use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use tidegate_tests::upstream::{Answer, Upstream};

use crate::support::{Home, finish};

#[test]
fn an_interruption_hangs_up_on_the_upstream() {
    let answer = Answer::sse(["{}", "{}"]).stall_after(4);
    let upstream = Upstream::answering(answer);
    let home = Home::with_openai(&upstream.origin());
    let child = home
        .command(&["chat", "openai/gpt-5-mini", "Hi"])
        .spawn()
        .unwrap();
    upstream.wait_for_requests(1).blocking();
    interrupt(&child);
    let ran = finish(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(130), ""));
    upstream.wait_for_abandoned(1).blocking();
}

#[test]
fn an_interrupted_stream_of_json_says_so_in_its_last_line() {
    let answer = Answer::sse(["{}", "{}"]).stall_after(4);
    let upstream = Upstream::answering(answer);
    let home = Home::with_openai(&upstream.origin());
    let child = home
        .command(&["chat", "openai/gpt-5-mini", "Hi", "--json", "--stream"])
        .spawn()
        .unwrap();
    upstream.wait_for_requests(1).blocking();
    interrupt(&child);
    let ran = finish(child);
    assert_eq!(ran.code, Some(130));
    let error =
        r#"{"error":{"exit-code":130,"hint":null,"kind":"interrupted","message":"interrupted"}}"#;
    assert_eq!(ran.stdout.lines().last(), Some(error));
}

#[test]
fn an_interruption_does_not_wait_for_input() {
    // Before it listens the system ends it, unless interruptions are ignored, as they are in the
    // background of a shell; after that it ends itself. So it is interrupted until it has ended.
    let home = Home::new();
    let mut child = home
        .command(&["embed", "echo/echo-1"])
        .stdin(Stdio::piped())
        .spawn()
        .unwrap();
    let stdin = child.stdin.take();
    let asked = Instant::now();
    while child.try_wait().unwrap().is_none() {
        assert!(asked.elapsed() < Duration::from_secs(30), "it stays");
        interrupt(&child);
    }
    let ran = finish(child);
    drop(stdin);
    assert!(matches!(ran.code, Some(130) | None), "{ran:?}");
}

#[test]
fn a_closed_pipe_ends_quietly() {
    let home = Home::new();
    let mut child = home
        .command(&["chat", "echo/echo-1", "hi"])
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let ran = finish(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(0), ""));
}

fn interrupt(child: &Child) {
    let process = child.id().to_string();
    let sent = Command::new("kill").args(["-INT", &process]).status();
    assert!(sent.unwrap().success());
}
