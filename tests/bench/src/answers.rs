//! What the upstream says, in the dialects of OpenAI and Anthropic: written once, sent many times.

use std::fmt::Write as _;
use std::time::Duration;

/// Chunks of a stream that comes all at once.
pub const BURST: usize = 1_000;
/// Chunks of a stream that takes its time.
pub const PACED: usize = 150;
/// The time between two of these.
pub const PACE: Duration = Duration::from_millis(20);

/// The models, by what the upstream does for them.
pub const WHOLE: &str = "bench-whole";
pub const BURSTING: &str = "bench-burst";
pub const PACING: &str = "bench-paced";
pub const HOLDING: &str = "bench-hold";

/// What all answers contain, once per chunk: one byte, which no piece can split.
pub const WORD: &str = "~";

const TEXT: &str = "The tide comes in ~ twice a day, and a gate decides what comes with it.";

/// One dialect's answers, as they go over the wire.
pub struct Answers {
    pub whole: Vec<u8>,
    pub burst: Vec<u8>,
    /// The head of a stream, and everything before the first chunk.
    pub opening: Vec<u8>,
    pub chunk: Vec<u8>,
    /// Everything after the last chunk.
    pub ending: Vec<u8>,
}

impl Answers {
    pub fn openai() -> Self {
        let event = |choices: &str, usage: &str| {
            format!(
                r#"data: {{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1760000000,"model":"gpt-5-mini","service_tier":"default","system_fingerprint":null,"choices":[{choices}],"usage":{usage}}}{}"#,
                "\n\n"
            )
        };
        let choice = |delta: &str, finish: &str| {
            format!(r#"{{"index":0,"delta":{delta},"logprobs":null,"finish_reason":{finish}}}"#)
        };
        let first = choice(
            r#"{"role":"assistant","content":"","refusal":null}"#,
            "null",
        );
        let usage = r#"{"prompt_tokens":42,"completion_tokens":1000,"total_tokens":1042}"#;
        Answers::new(
            format!(
                r#"{{"id":"chatcmpl-1","object":"chat.completion","created":1760000000,"model":"gpt-5-mini","choices":[{{"index":0,"message":{{"role":"assistant","content":"{TEXT}","refusal":null,"annotations":[]}},"logprobs":null,"finish_reason":"stop"}}],"usage":{{"prompt_tokens":42,"completion_tokens":17,"total_tokens":59,"prompt_tokens_details":{{"cached_tokens":0,"audio_tokens":0}},"completion_tokens_details":{{"reasoning_tokens":0,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}}}},"service_tier":"default","system_fingerprint":null}}"#
            ),
            &[event(&first, "null")],
            &event(
                &choice(&format!(r#"{{"content":" tide{WORD}"}}"#), "null"),
                "null",
            ),
            &[
                event(&choice("{}", r#""stop""#), "null"),
                event("", usage),
                "data: [DONE]\n\n".into(),
            ],
        )
    }

    pub fn anthropic() -> Self {
        let event = |kind: &str, rest: &str| {
            format!("event: {kind}\ndata: {{\"type\":\"{kind}\",{rest}}}\n\n")
        };
        Answers::new(
            format!(
                r#"{{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5","content":[{{"type":"text","text":"{TEXT}"}}],"stop_reason":"end_turn","stop_sequence":null,"usage":{{"input_tokens":42,"cache_creation_input_tokens":0,"cache_read_input_tokens":0,"output_tokens":17}}}}"#
            ),
            &[
                event(
                    "message_start",
                    r#""message":{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-5","content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":42,"output_tokens":1}}"#,
                ),
                event(
                    "content_block_start",
                    r#""index":0,"content_block":{"type":"text","text":""}"#,
                ),
            ],
            &event(
                "content_block_delta",
                &format!(r#""index":0,"delta":{{"type":"text_delta","text":" tide{WORD}"}}"#),
            ),
            &[
                event("content_block_stop", r#""index":0"#),
                event(
                    "message_delta",
                    r#""delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":1000}"#,
                ),
                event("message_stop", r#""done":true"#),
            ],
        )
    }

    fn new(whole: String, first: &[String], chunk: &str, last: &[String]) -> Self {
        let framed = |events: &[String]| {
            let mut out = String::new();
            for event in events {
                let _ = write!(out, "{:x}\r\n{event}\r\n", event.len());
            }
            out.into_bytes()
        };
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n";
        let opening = [head.as_bytes(), &framed(first)].concat();
        let chunk = framed(&[chunk.to_owned()]);
        let ending = [&framed(last)[..], b"0\r\n\r\n"].concat();
        Answers {
            whole: format!(
                "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{whole}",
                whole.len()
            )
            .into_bytes(),
            burst: [&opening[..], &chunk.repeat(BURST), &ending].concat(),
            opening,
            chunk,
            ending,
        }
    }
}
