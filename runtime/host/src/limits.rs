//! What one provider may use. Every limit has a default and a name in the configuration.

use std::time::Duration;

/// Limits of one provider; all hold per call unless they say otherwise.
#[derive(Debug, Clone, PartialEq)]
pub struct Limits {
    /// Linear memory of all memories together, in bytes. At most the engine's `memory`. What earlier
    /// calls have left in an instance per caller, 1 MiB at most, is not counted.
    pub memory: usize,
    /// Elements of all tables together.
    pub table_elements: usize,
    /// CPU time of the guest. A tick of the epoch clock (5 ms) is the resolution.
    pub cpu: Duration,
    /// Wall-clock time from start to last output.
    pub timeout: Duration,
    /// Time until the head of an upstream's answer.
    pub first_byte: Duration,
    /// Time between two pieces of an upstream's answer.
    pub idle: Duration,
    /// Body of one request, in bytes.
    pub request: usize,
    /// Decoded body of one answer, in bytes.
    pub response: usize,
    /// One frame of a streamed answer, in bytes.
    pub frame: usize,
    /// Headers of a request or answer: how many.
    pub headers: usize,
    /// Headers of a request or answer: bytes of names and values together.
    pub header_bytes: usize,
    /// Requests, redos and polls included.
    pub fetches: u32,
    /// Outputs, stream events included.
    pub events: u64,
    /// Bytes of all outputs together, texts and data.
    pub output: usize,
    /// Bytes of log messages, each counted with 64 more. What is beyond is dropped and counted.
    pub log: usize,
    /// `again` actions in a row.
    pub again: u32,
    /// Bytes that the guest hands over in one answer to `start` or `step`, as Rust values.
    pub handover: usize,
    /// Handles of host resources held at once, by guests that use `wasi:http`.
    pub handles: usize,
    /// Calls at once, over all callers.
    pub concurrency: usize,
}

const MIB: usize = 1 << 20;

impl Default for Limits {
    fn default() -> Self {
        Limits {
            // A conversation with a few pictures, in the guest's form and the vendor's; Python's
            // runtime takes about 20 MiB of it.
            memory: 64 * MIB,
            // CPython's function tables hold about 8,000.
            table_elements: 20_000,
            // A thousand times what translating a long conversation takes.
            cpu: Duration::from_secs(2),
            timeout: Duration::from_secs(600),
            // Reasoning models are silent for long, but send headers or pings.
            first_byte: Duration::from_secs(60),
            idle: Duration::from_secs(60),
            request: 32 * MIB,
            response: 64 * MIB,
            // A picture made by a model comes as one event.
            frame: 16 * MIB,
            headers: 100,
            header_bytes: 64 << 10,
            // A poll every two seconds for ten minutes.
            fetches: 300,
            events: 1_000_000,
            // Four times the largest answer: a picture in base64 and as bytes, and its event.
            output: 256 * MIB,
            log: 64 << 10,
            again: 10_000,
            handover: 64 * MIB,
            handles: 256,
            concurrency: 256,
        }
    }
}
