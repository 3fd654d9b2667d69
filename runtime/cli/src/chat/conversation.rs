//! Turn by turn on a terminal. Ctrl-C ends an answer, or the conversation where none is being made;
//! so does the end of input.

use std::io::Write as _;

use tidegate_host::types::{ChatRequest, Part};
use tokio::io::{AsyncBufReadExt as _, BufReader, Lines, Stdin};

use super::{Talk, user};
use crate::failure::{Exit, Failure, print_note};
use crate::interrupt::Interrupt;

pub(super) async fn hold(
    mut talk: Talk,
    mut request: ChatRequest,
    mut images: Vec<Part>,
    mut interrupt: Interrupt,
) -> Result<Exit, Failure> {
    print_note("Ctrl-C stops an answer, Ctrl-D ends the conversation");
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Some(line) = interrupt.ends(prompt(&mut lines)).await? {
        if line.trim().is_empty() {
            continue;
        }
        request.messages.push(user(line, images.clone()));
        match interrupt.ends(talk.answer(request.clone())).await {
            Ok(message) => {
                request.messages.push(message);
                images.clear();
            }
            // What failed may be asked again in other words, of the same images; the conversation is
            // not lost with it.
            Err(failure @ (Failure::Call { .. } | Failure::Denied(_) | Failure::Interrupted)) => {
                talk.output.end_line()?;
                let _ = failure.report(talk.setup.common.verbose);
                request.messages.pop();
            }
            Err(failure) => return Err(failure),
        }
    }
    Ok(Exit::Done)
}

async fn prompt(lines: &mut Lines<BufReader<Stdin>>) -> Result<Option<String>, Failure> {
    // On standard error: standard output has nothing but answers.
    let mut stderr = std::io::stderr();
    let _ = stderr.write_all(b"> ").and_then(|()| stderr.flush());
    let line = lines.next_line().await?;
    if line.is_none() {
        // Ctrl-D leaves the cursor behind the prompt, where the shell's own would follow.
        let _ = stderr.write_all(b"\n");
    }
    Ok(line)
}
