//! Standard input, whole.

use std::io::Read as _;

use crate::failure::Failure;

/// Reads it to its end, on a thread that an interruption does not wait for.
pub async fn text() -> Result<String, Failure> {
    let read = || {
        let mut text = String::new();
        std::io::stdin().read_to_string(&mut text).map(|_| text)
    };
    let read = tokio::task::spawn_blocking(read).await;
    let text = read.unwrap_or_else(|panic| Err(std::io::Error::other(panic)));
    text.map_err(|error| {
        Failure::usage(
            format!("standard input cannot be read: {error}"),
            "give text in UTF-8",
        )
    })
}
