//! A `tidegate serve` under way.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, ChildStderr, ChildStdout, Command};

use crate::support::Home;

pub const ECHO: &str = "[providers.echo]\ncomponent = \"bundled:echo\"\n";

/// A gateway under way; ends with the test.
pub struct Serving {
    child: Child,
    address: String,
    stdout: BufReader<ChildStdout>,
    said: BufReader<ChildStderr>,
}

/// A gateway that may not listen yet.
pub struct Starting {
    child: Child,
    stdout: BufReader<ChildStdout>,
}

impl Starting {
    /// Waits until it listens.
    pub fn listening(mut self) -> Serving {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("listening on http://");
        Serving {
            address: address.expect("where it listens").to_owned(),
            said: BufReader::new(self.child.stderr.take().unwrap()),
            stdout: self.stdout,
            child: self.child,
        }
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Serving {
    pub fn start(home: &Home) -> Serving {
        Serving::begin(home).listening()
    }

    /// Starts, and does not wait until it listens.
    pub fn begin(home: &Home) -> Starting {
        let mut child = home
            .command(&["serve", "--listen", "127.0.0.1:0"])
            .spawn()
            .unwrap();
        Starting {
            stdout: BufReader::new(child.stdout.take().unwrap()),
            child,
        }
    }

    /// Where its admin API is.
    pub fn admin(&mut self) -> String {
        let mut line = String::new();
        self.stdout.read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("admin on ");
        address.expect("where its admin API is").to_owned()
    }

    /// Waits until it has ended, and gives back its exit code.
    pub fn ended(&mut self) -> Option<i32> {
        self.child.wait().unwrap().code()
    }

    /// Reads what it says to the operator until it says this.
    pub fn wait_for(&mut self, words: &str) -> String {
        let mut said = String::new();
        while !said.contains(words) {
            let read = self.said.read_line(&mut said).unwrap();
            assert!(read > 0, "it never said `{words}`:\n{said}");
        }
        said
    }

    /// The whole answer to a request without a body.
    pub fn get(&self, path: &str, headers: &str) -> String {
        let mut socket = TcpStream::connect(&self.address).unwrap();
        write!(
            socket,
            "GET {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}\r\n"
        )
        .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    }

    /// Reads all that it says to the operator, up to its end.
    pub fn rest(&mut self) -> String {
        let mut said = String::new();
        self.said.read_to_string(&mut said).unwrap();
        said
    }

    pub fn signal(&self, signal: &str) {
        let id = self.child.id().to_string();
        let killed = Command::new("kill").args([signal, &id]).status();
        assert!(killed.unwrap().success());
    }

    /// Asks a model, and returns the whole answer, head included.
    pub fn ask(&self, model: &str, headers: &str) -> String {
        let body = format!(
            r#"{{"model": "{model}", "messages": [{{"role": "user", "content": "Hello"}}]}}"#
        );
        let mut socket = TcpStream::connect(&self.address).unwrap();
        let length = body.len();
        write!(
            socket,
            "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n{headers}content-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        )
        .unwrap();
        let mut answer = String::new();
        socket.read_to_string(&mut answer).unwrap();
        answer
    }

    #[track_caller]
    pub fn answers(&self, model: &str) {
        let answer = self.ask(model, "");
        assert!(answer.contains(r#""content":"Hello""#), "{answer}");
    }
}
