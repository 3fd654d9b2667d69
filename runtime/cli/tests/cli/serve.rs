//! The gateway as a process: it says where it listens, answers, and ends when it is told to.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command};

use crate::support::Home;

/// A gateway, and where it listens.
fn serve(home: &Home) -> (Child, String) {
    let mut child = home
        .command(&["serve", "--listen", "127.0.0.1:0"])
        .spawn()
        .unwrap();
    let mut line = String::new();
    let stdout = child.stdout.take().unwrap();
    BufReader::new(stdout).read_line(&mut line).unwrap();
    let address = line.trim().strip_prefix("listening on http://");
    (child, address.expect("where it listens").to_owned())
}

fn ask(address: &str, body: &str) -> String {
    let mut socket = TcpStream::connect(address).unwrap();
    let length = body.len();
    write!(
        socket,
        "POST /v1/chat/completions HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
    )
    .unwrap();
    let mut answer = String::new();
    socket.read_to_string(&mut answer).unwrap();
    answer
}

#[cfg(unix)]
#[test]
fn it_answers_until_it_is_told_to_stop() {
    let home = Home::with_config("[providers.echo]\ncomponent = \"bundled:echo\"\n");
    let (mut child, address) = serve(&home);
    let answer = ask(
        &address,
        r#"{"model": "echo/echo-1", "messages": [{"role": "user", "content": "Hello"}]}"#,
    );
    assert!(answer.contains(r#""content":"Hello""#), "{answer}");
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-TERM", &id])
            .status()
            .unwrap()
            .success()
    );
    assert_eq!(child.wait().unwrap().code(), Some(0));
}

#[test]
fn without_keys_it_refuses_to_listen_to_everyone() {
    let home = Home::with_config("[providers.echo]\ncomponent = \"bundled:echo\"\n");
    let ran = home.run(&["serve", "--listen", "0.0.0.0:0"]);
    assert_eq!(ran.code, Some(2));
    assert!(
        ran.stderr.contains("listens on loopback only"),
        "{}",
        ran.stderr
    );
}
