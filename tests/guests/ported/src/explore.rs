//! Tries whatever an operating system gives, and says what came of it, a line for each.

use std::collections::hash_map::RandomState;
use std::fmt::Debug;
use std::hash::BuildHasher as _;
use std::net::{TcpListener, TcpStream, ToSocketAddrs as _, UdpSocket};
use std::time::{Instant, SystemTime};
use std::{env, fs};

/// `address` is where somebody listens: `127.0.0.1:8080`.
pub fn report(address: &str) -> String {
    let lines = [
        line("read-file", fs::read("/etc/hostname")),
        line("read-here", fs::read("Cargo.toml")),
        line("write-file", fs::write("/tmp/out", "loot")),
        line("list-folder", fs::read_dir("/").map(Iterator::count)),
        line("make-folder", fs::create_dir("/loot")),
        line("connect", TcpStream::connect(address)),
        line("listen", TcpListener::bind("127.0.0.1:0")),
        line("datagrams", UdpSocket::bind("127.0.0.1:0")),
        line(
            "look-up",
            ("localhost", 80).to_socket_addrs().map(Iterator::count),
        ),
        format!("environment: {} variables", env::vars_os().count()),
        format!("arguments: {}", env::args_os().count()),
        format!("random: {}", RandomState::new().hash_one(0) != 0),
        format!("clock: {}", SystemTime::now() > SystemTime::UNIX_EPOCH),
        format!("monotonic: {}", Instant::now().elapsed().as_secs() < 1),
    ];
    lines.join("\n")
}

fn line<T: Debug, E: Debug>(what: &str, result: Result<T, E>) -> String {
    match result {
        Ok(loot) => format!("{what}: works, {loot:?}"),
        Err(_) => format!("{what}: refused"),
    }
}
