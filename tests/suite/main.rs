//! How the host behaves: real components in the real host against a real local server.
#![expect(clippy::unwrap_used, reason = "a panic is the test's failure")]

// The path of a request, and how it ends badly.
mod answers;

mod upstream_failures;

mod cancelling;

mod folding;

// Who answers, and what becomes of a failure.
mod routing;

mod retrying;

mod resting;

mod chaos;

mod applying;

// What a component must be.
mod loading;

mod cache;

mod swapping;

// What a guest may do.
mod contract;

mod guest_limits;

mod trusted;

mod http_limits;

mod isolation;

mod callers;

mod buffers;

mod trimming;

// What a guest may reach.
mod grants;

mod host_spellings;

mod addresses;

mod headers;

mod redirects;

mod encodings;

mod tls;

mod http2;

mod secrets;

mod signatures;

mod tokens;

mod echoed_secrets;

mod wasi;

mod wasi_requests;

mod operating_system;

// What the operator sees, and says.
mod operating;

mod audit;

mod tapping;

mod records;

mod logs;

mod leaks;
