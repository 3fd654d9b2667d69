//! Why a gateway does not start or stops. What goes wrong in a request is a `Failure`.

use std::io;
use std::net::SocketAddr;

/// An error of the gateway. All of them are for the operator.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// Everyone could call, from everywhere.
    #[error(
        "without keys the gateway listens on loopback only, and `{address}` is not\nhint: add a key to `gateway.keys` in `tidegate.toml`, or listen on `127.0.0.1`"
    )]
    NoKeys {
        /// Where it was to listen.
        address: SocketAddr,
    },
    /// The last key goes while the gateway serves.
    #[error(
        "without keys everyone could call\nhint: keep one in `gateway.keys`; a gateway for this machine alone has to be started as one"
    )]
    LastKey,
    /// A key that makes no sense.
    #[error("the gateway key `{name}` {problem}\nhint: {hint}")]
    Key {
        /// Its name.
        name: String,
        /// What is wrong with it.
        problem: &'static str,
        /// What would be right.
        hint: &'static str,
    },
    /// Whoever reaches it could replace providers.
    #[error("the admin key {problem}\nhint: {hint}")]
    AdminKey {
        /// What is wrong with it.
        problem: &'static str,
        /// What would be right.
        hint: &'static str,
    },
    /// An origin that makes no sense.
    #[error(
        "`{origin}` is no web origin\nhint: write scheme, host and port, `https://app.example.com`, or `*`"
    )]
    Origin {
        /// What was given.
        origin: String,
    },
    /// The listener is of no use.
    #[error("cannot listen: {0}")]
    Listen(#[from] io::Error),
}
