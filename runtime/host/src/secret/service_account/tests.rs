//! What is read of a service account's file, and what is signed with its key.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use serde_json::{Value, json};

use super::*;

const KEY: &str = include_str!("test-key.pem");

fn file() -> Value {
    json!({
        "type": "service_account",
        "project_id": "project",
        "private_key_id": "kid-1",
        "private_key": KEY,
        "client_email": "robot@project.example",
        "token_uri": "https://id.example/token",
    })
}

fn read(file: &Value) -> Result<ServiceAccount, String> {
    ServiceAccount::from_json(Secret::new(file.to_string()), "read write")
}

/// The expected value was made with another library (OpenSSL 3), from the claims of RFC 7523.
#[test]
fn the_assertion_is_what_another_library_signs() {
    let assertion = read(&file()).unwrap().assertion(1_440_938_160).unwrap();
    let expected = concat!(
        "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCIsImtpZCI6ImtpZC0xIn0.eyJpc3MiOiJyb2JvdEBwcm9qZWN0",
        "LmV4YW1wbGUiLCJzY29wZSI6InJlYWQgd3JpdGUiLCJhdWQiOiJodHRwczovL2lkLmV4YW1wbGUvdG9rZW4i",
        "LCJpYXQiOjE0NDA5MzgxNjAsImV4cCI6MTQ0MDk0MTc2MH0.oMeR9Aak9Y7_cjDpTqvyynmDG921MskHxf8r",
        "IZMYgDUKjIFcMrJi9XhUxwGoVDZeyMP_dYUyVmAAFcvLAZXYGBLPrCOsz81vGPPrGfntlgPZVSs4N0d7UFg6",
        "LwDfkUYp7L5rMQQYJT8fhK31ZJ4JlXEKalGePuJLkzPxQN-xuILkByoCgRWDpL6iC7LOHmwT_aEpc99YcVBJ",
        "e3L78rbOpVeho30985arVvOSWdt4FfoPdVjIL6v_yUeC9tDfLnWr9Uo9IDtxf6m3YRI3xaWXmCWWJU5g-pw2",
        "MqWrF_JD38J4BUfhho86k58iU4PQGjFgzGlU32L9fCxhO3t0kKtYPw",
    );
    assert_eq!(assertion.expose(), expected);
}

#[test]
fn what_is_wrong_with_the_file_is_said_and_nothing_of_it_repeated() {
    let with = |name: &str, value: Value| {
        let mut file = file();
        file[name] = value;
        read(&file).unwrap_err()
    };
    let error = with("type", json!("authorized_user"));
    assert!(
        error.contains("`authorized_user`, not `service_account`"),
        "{error}"
    );
    let error = with("client_email", Value::Null);
    assert!(error.contains("no `client_email`"), "{error}");
    let error = with("token_uri", json!("http://id.example/token"));
    assert!(
        error.contains("`token_uri`") && error.contains("plain `http`"),
        "{error}"
    );
    for key in [
        "sk-very-secret",
        "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----",
    ] {
        let error = with("private_key", json!(key));
        assert!(error.contains("`private_key`"), "{error}");
        assert!(
            !error.contains("sk-very") && !error.contains("AAAA"),
            "{error}"
        );
    }
    for text in [
        "\"sk-very-secret\"",
        "sk-very-secret",
        "{\"type\": 17}",
        "[]",
    ] {
        let error = ServiceAccount::from_json(Secret::new(text), "").unwrap_err();
        assert!(error.contains("is no service account"), "{error}");
        assert!(!error.contains("sk-very"), "{error}");
    }
}

#[test]
fn printing_one_shows_no_key() {
    let shown = format!("{:?}", read(&file()).unwrap());
    assert!(shown.contains("robot@project.example"), "{shown}");
    assert!(
        !shown.contains("PRIVATE") && !shown.contains("MII"),
        "{shown}"
    );
}
