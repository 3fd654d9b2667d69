//! How the host behaves: real components in the real host against a real local server.
#![expect(clippy::unwrap_used, reason = "a panic is the test's failure")]

mod first_light;
