//! Ends that nobody waits for: an interruption, and a pipe that closes.

use std::process::Command;

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
    let interrupt = Command::new("kill")
        .args(["-INT", &child.id().to_string()])
        .status();
    assert!(interrupt.unwrap().success());
    let ran = finish(child);
    assert_eq!((ran.code, ran.stderr.as_str()), (Some(130), ""));
    upstream.wait_for_abandoned(1).blocking();
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
