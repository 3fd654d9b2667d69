//! Everything else of WASI 0.2 is there and holds nothing: no files, no sockets, no programs, no
//! environment. Time and randomness are real.

use std::collections::BTreeMap;
use std::net::TcpListener;

use tidegate_host::ProviderConfig;
use tidegate_tests::calls::{ask, runtime_with};
use tidegate_tests::guests::with_operating_system;

/// What every language with files can try of them.
const FILES: [&str; 5] = [
    "read-file",
    "read-here",
    "write-file",
    "list-folder",
    "make-folder",
];

/// What a guest tries, by the means of its language, and is refused.
fn refused(guest: &str) -> Vec<&'static str> {
    let more: &[&str] = match guest {
        "ported-wasip2" => &["connect", "listen", "datagrams", "look-up"],
        "ported-python" => &[
            "connect",
            "listen",
            "datagrams",
            "look-up",
            "client",
            "program",
        ],
        // Go speaks WASI 0.1 by an adapter, which has no sockets: to listen works, in a network that
        // exists inside the guest alone.
        "ported-go" => &["connect", "look-up", "client", "program"],
        // The engine has no files and no sockets, though it imports the interfaces of files.
        "ported-javascript" => return vec!["read-file", "deno", "process", "require", "websocket"],
        other => panic!("what does `{other}` try?"),
    };
    FILES.iter().chain(more).copied().collect()
}

#[tokio::test]
async fn an_operating_system_is_there_and_holds_nothing() {
    for guest in with_operating_system() {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let address = listener.local_addr().unwrap().to_string();
        // Everything is granted, and still only `wasi:http` leads out.
        let config = ProviderConfig::new().allow(format!("http://{address}/*"));
        let runtime = runtime_with(guest, config).await;
        let answer = ask(&runtime, &format!("{guest}/explore"), &address)
            .await
            .unwrap();

        let mut expected: BTreeMap<&str, &str> =
            [("random", "true"), ("clock", "true"), ("monotonic", "true")].into();
        expected.extend(refused(guest).into_iter().map(|what| (what, "refused")));
        // JavaScript has neither; what `process` would have is tried instead.
        if guest != "ported-javascript" {
            expected.extend([("environment", "0 variables"), ("arguments", "0")]);
        }
        let text = answer.text();
        let said: BTreeMap<&str, &str> = text
            .lines()
            .filter_map(|line| line.split_once(": "))
            .collect();
        assert_eq!(said, expected, "{guest}");
        assert!(listener.accept().is_err(), "{guest}: somebody connected");
    }
}
