//! The binary on a pseudo-terminal, and somebody who types and reads.

use std::io::{Read as _, Write as _};
use std::process::Child;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::Duration;

use pty_process::blocking::{Command, Pty};

use crate::support::Home;

/// When somebody gives up who waits for what never comes. No test takes so long.
const PATIENCE: Duration = Duration::from_secs(60);

/// A terminal with the binary on it.
pub struct Terminal {
    typed: Pty,
    child: Child,
    arrivals: Receiver<Vec<u8>>,
    /// What has been shown and not been looked for yet.
    unread: Vec<u8>,
    /// All that has been shown, for whoever looks in vain.
    shown: Vec<u8>,
}

impl Terminal {
    pub fn open(home: &Home, arguments: &[&str]) -> Self {
        let (pty, terminal) = pty_process::blocking::open().unwrap();
        let command = home.command(arguments);
        let mut on_terminal = Command::new(command.get_program())
            .args(command.get_args())
            .current_dir(home.path())
            .env_clear();
        for (name, value) in command.get_envs() {
            on_terminal = on_terminal.env(name, value.unwrap_or_default());
        }
        let child = on_terminal.spawn(terminal).unwrap();
        let mut screen: std::fs::File = std::os::fd::AsFd::as_fd(&pty)
            .try_clone_to_owned()
            .unwrap()
            .into();
        let (arrived, arrivals) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 1024];
            // A terminal that nobody holds any more fails to be read, on Linux.
            while let Ok(count @ 1..) = screen.read(&mut buffer) {
                if arrived.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Terminal {
            typed: pty,
            child,
            arrivals,
            unread: vec![],
            shown: vec![],
        }
    }

    pub fn types(&mut self, text: &str) {
        self.typed.write_all(text.as_bytes()).unwrap();
    }

    /// Reads until this has been shown, after what was looked for before.
    #[track_caller]
    pub fn shows(&mut self, text: &str) {
        loop {
            let mut places = self.unread.windows(text.len());
            if let Some(at) = places.position(|bytes| bytes == text.as_bytes()) {
                self.unread.drain(..at + text.len());
                return;
            }
            assert!(self.arrives(), "`{text}` is not shown in:\n{}", self.seen());
        }
    }

    /// The exit code, when it has ended.
    #[track_caller]
    pub fn ends(mut self) -> Option<i32> {
        while self.arrives() {}
        self.child.wait().unwrap().code()
    }

    /// Waits for more; `false` where no more comes.
    fn arrives(&mut self) -> bool {
        match self.arrivals.recv_timeout(PATIENCE) {
            Ok(bytes) => {
                // The terminal puts a return before every line feed.
                let bytes = bytes.iter().copied().filter(|byte| *byte != b'\r');
                self.shown.extend(bytes.clone());
                self.unread.extend(bytes);
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => {
                let _ = self.child.kill();
                panic!("nothing is shown for {PATIENCE:?} after:\n{}", self.seen());
            }
        }
    }

    fn seen(&self) -> String {
        String::from_utf8_lossy(&self.shown).into_owned()
    }
}
