//! A script of checks and what it says: a line for each check, and in between questions about what the
//! vendor sees, which only the test can answer.
//!
//! | line | from | means |
//! |---|---|---|
//! | `ok <check>` | script | it holds |
//! | `failed <check>` | script | it does not; why is on standard error |
//! | `wait <n>` | script | has the vendor seen that so many answers were not wanted any more? |
//! | `seen` | test | it has |
//! | `done` | script | there are no more checks |

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tidegate_tests::upstream::Upstream;

/// How long a script may say nothing. It waits for nothing that comes later than the upstream's own
/// patience, 30 s.
const PATIENCE: Duration = Duration::from_secs(90);

/// Runs a script to its end. What it found wrong is the error.
pub fn run(
    mut command: Command,
    environment: &[(&str, String)],
    upstream: &Upstream,
) -> Result<(), String> {
    // What the SDKs read beside it would change what is tested.
    for (name, _) in std::env::vars_os() {
        let upper = name.to_string_lossy().to_uppercase();
        let is_read = ["OPENAI_", "ANTHROPIC_"]
            .iter()
            .any(|it| upper.starts_with(it));
        if is_read || upper.ends_with("_PROXY") {
            command.env_remove(name);
        }
    }
    for (name, value) in environment {
        command.env(name, value);
    }
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|error| format!("it does not run: {error}"))?;
    let mut answers = child.stdin.take().ok_or("no standard input")?;
    let output = child.stdout.take().ok_or("no standard output")?;
    let mut errors = child.stderr.take().ok_or("no standard error")?;

    let told = thread::spawn(move || {
        let mut text = Vec::new();
        // What was read until then is the better half of a failure.
        let _ = errors.read_to_end(&mut text);
        String::from_utf8_lossy(&text).into_owned()
    });
    let (sender, lines) = mpsc::channel();
    thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            // Nobody listens any more where the script took too long.
            let _ = sender.send(line);
        }
    });

    let mut said = Vec::new();
    loop {
        match lines.recv_timeout(PATIENCE) {
            Ok(line) => {
                if let Some(count) = line.strip_prefix("wait ") {
                    let count = count.parse().unwrap();
                    upstream.wait_for_abandoned(count).blocking();
                    // One more would mean that this one was seen before it was caused.
                    assert_eq!(upstream.abandoned(), count, "after {said:?}");
                    writeln!(answers, "seen").map_err(|error| error.to_string())?;
                }
                said.push(line);
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => break,
            Err(mpsc::RecvTimeoutError::Timeout) => {
                said.push(format!("nothing for {PATIENCE:?}: stopped"));
                // It may have ended by itself meanwhile.
                let _ = child.kill();
                break;
            }
        }
    }
    let status = child.wait().map_err(|error| error.to_string())?;
    let told = told.join().unwrap_or_default();
    let checks = said.iter().filter(|line| line.starts_with("ok ")).count();
    match status.success() && checks > 0 && said.last().is_some_and(|last| last == "done") {
        true => Ok(()),
        false => Err(format!("{}\n{told}\n{status}", said.join("\n"))),
    }
}
